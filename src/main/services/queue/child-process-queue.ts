import { startChildProcess } from '../../process/child-process.ts';
import type { QueuePort } from './queue-messages.ts';

/** Starts the queue process as a child of this process. */
export function startChildProcessQueue(): QueuePort {
  return startChildProcess(new URL('./queue-child.ts', import.meta.url), ['--max-semi-space-size=4']);
}
