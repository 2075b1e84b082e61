import type { QueueEvent, QueueOrder } from '../../services/queue/queue-messages.ts';

/** Between the main process and the queue's utility process. */
export type ToQueue =
  | { readonly kind: 'order'; readonly order: QueueOrder }
  /** Comes with a message port to the engine. */
  | { readonly kind: 'engine-port'; readonly engine: number }
  | { readonly kind: 'engine-ended'; readonly engine: number; readonly reason: string };

export type FromQueue =
  | { readonly kind: 'event'; readonly event: QueueEvent }
  | { readonly kind: 'engine'; readonly engine: number }
  | { readonly kind: 'end-engine'; readonly engine: number };
