import type { StudioErrorCode } from '../../shared/errors.ts';
import type { JobProgress } from '../../shared/queue.ts';

/** What the process that works through a queue is told. */
export type QueueOrder =
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'wake' }
  | { readonly kind: 'cancel'; readonly jobs: readonly string[] }
  | { readonly kind: 'stop' };

/** What it tells. */
export type QueueNews =
  | ({ readonly kind: 'progress' } & JobProgress)
  /** The state of some job, or of the queue, is another. */
  | { readonly kind: 'changed' }
  /** Work has stopped, and the queue is paused, until a person has seen to it. */
  | { readonly kind: 'problem'; readonly code: StudioErrorCode; readonly message: string; readonly remedy: string };

/** The other end of a queue process: a child process's, or Electron's utilityProcess's. */
export interface QueuePort {
  send(order: QueueOrder): void;
  onNews(listener: (news: QueueNews) => void): void;
  /** Called once when the process has ended, with what is known of the reason. */
  onEnd(listener: (reason: string) => void): void;
  kill(): void;
}

export type QueueStarter = () => QueuePort;
