import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EnginePort } from './engine-messages.ts';

/** Starts the engine as a child process of this one (command line and browser door). */
export function startChildProcessEngine(): EnginePort {
  const child = fork(fileURLToPath(new URL('./engine-host.ts', import.meta.url)), [], {
    serialization: 'advanced',
    // A small young generation: its size decides how much of past pictures is kept, and so the peak of memory.
    execArgv: ['--max-semi-space-size=1', '--expose-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  return {
    pid: child.pid,
    send: (request) => child.send(request, () => undefined), // a failed send is told by the end
    onAnswer: (listener) => child.on('message', listener as (message: unknown) => void),
    onEnd: (listener) => {
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) => listener(`${signal === null ? `exit code ${code}` : `signal ${signal}`}${lastLine(complaint)}`));
    },
    kill: () => child.kill('SIGKILL'),
  };
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : ` (${line})`;
}
