/** The queue's process where it is a plain child process (browser door); started by child-process-queue.ts. */
import { startChildProcessEngine } from '../adatosk/child-process-engine.ts';
import { hostQueue } from './queue-host.ts';
import type { QueueOrder } from './queue-messages.ts';

const receive = hostQueue(
  startChildProcessEngine,
  (news) => process.send?.(news),
  () => process.exit(0),
);
process.on('message', (order: QueueOrder) => receive(order));
process.on('disconnect', () => receive(null));
// Ctrl+C reaches the whole group; the parent says when to stop.
process.on('SIGINT', () => undefined);
