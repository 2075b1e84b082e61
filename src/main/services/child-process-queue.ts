import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { lastWordsOf } from '../adatosk/child-process-engine.ts';
import type { QueueNews, QueuePort } from './queue-messages.ts';

/** Starts the queue's process as a child of this one. */
export function startChildProcessQueue(): QueuePort {
  const child = fork(fileURLToPath(new URL('./queue-child.ts', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=4'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const complaint = lastWordsOf(child);
  return {
    send: (order) => void child.send(order, () => undefined),
    onNews: (listener) => child.on('message', (news) => listener(news as QueueNews)),
    onEnd: (listener) => {
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) => listener(`${signal === null ? `exit code ${code}` : `signal ${signal}`}${complaint()}`));
    },
    kill: () => child.kill('SIGKILL'),
  };
}
