import type { ProcessPort } from '../../process/process-port.ts';
import type { ProblemData } from '../../../shared/app/errors.ts';
import type { JobProgress } from '../../../shared/domain/queue.ts';

/** Orders to the process that works through a queue. */
export type QueueOrder =
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'wake' }
  | { readonly kind: 'cancel'; readonly jobs: readonly string[] }
  | { readonly kind: 'stop' };

/** Its events. */
export type QueueEvent =
  | ({ readonly kind: 'progress' } & JobProgress)
  /** The state of some job, or of the queue, is another. */
  | { readonly kind: 'changed' }
  /** Work has stopped, and the queue is paused, until a person has seen to it. */
  | ({ readonly kind: 'problem' } & ProblemData);

export type QueuePort = ProcessPort<QueueOrder, QueueEvent>;
export type QueueStarter = () => QueuePort;
