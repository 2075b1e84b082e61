/** Entry point of the queue process of the web host; child-process-queue.ts starts it. */
import { startChildProcessEngine } from '../../adatosk/runtime/child-process-engine.ts';
import { listenToParent, sendToParent } from '../../process/parent.ts';
import { logFatalFaults } from '../diagnostics/problem-log.ts';
import { hostQueue } from './queue-host.ts';
import type { QueueOrder } from './queue-messages.ts';

logFatalFaults('queue process');
const receive = hostQueue(
  startChildProcessEngine,
  (event) => void sendToParent(event),
  () => process.exit(0),
);
listenToParent<QueueOrder>(receive, () => receive(null));
