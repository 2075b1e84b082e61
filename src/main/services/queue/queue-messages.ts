import type { ProcessPort } from '../../process/process-port.ts';
import type { ProblemData } from '../../../shared/app/errors.ts';
import type { JobProgress } from '../../../shared/domain/queue.ts';

/** Orders to the queue process. */
export type QueueOrder =
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'wake' }
  | { readonly kind: 'cancel'; readonly jobs: readonly string[] }
  | { readonly kind: 'stop' };

/** Events from the queue process. */
export type QueueEvent =
  | ({ readonly kind: 'progress' } & JobProgress)
  /** The state of a job or of the queue has changed. */
  | { readonly kind: 'changed' }
  /** The queue was paused because of an error that the user must resolve. */
  | ({ readonly kind: 'problem' } & ProblemData);

export type QueuePort = ProcessPort<QueueOrder, QueueEvent>;
export type QueueStarter = () => QueuePort;
