import type { QueueEvent, QueueOrder } from '../../services/queue/queue-messages.ts';

/** Messages from the main process to the utility process of the queue. */
export type ToQueue =
  | { readonly kind: 'order'; readonly order: QueueOrder }
  /** Transfers a message port to the engine. */
  | { readonly kind: 'engine-port'; readonly engine: number }
  | { readonly kind: 'engine-ended'; readonly engine: number; readonly reason: string };

/** Messages from the utility process of the queue to the main process. */
export type FromQueue =
  | { readonly kind: 'event'; readonly event: QueueEvent }
  | { readonly kind: 'engine'; readonly engine: number }
  | { readonly kind: 'end-engine'; readonly engine: number };
