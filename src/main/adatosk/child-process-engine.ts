import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
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
  const complaint = lastWordsOf(child);
  return {
    pid: child.pid,
    send: (request) => child.send(request, () => undefined), // a failed send is told by the end
    onAnswer: (listener) => child.on('message', listener as (message: unknown) => void),
    onEnd: (listener) => {
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) => listener(`${signal === null ? `exit code ${code}` : `signal ${signal}`}${complaint()}`));
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** Reads a child's standard error; gives its last line in brackets, or nothing. onnxruntime writes much there that is no failure. */
export function lastWordsOf(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  return () => {
    const line = said.trim().split('\n').at(-1) ?? '';
    return line === '' ? '' : ` (${line})`;
  };
}
