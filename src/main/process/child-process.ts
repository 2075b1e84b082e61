import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessPort } from './process-port.ts';

const LONGEST_STDERR = 2000;

/**
 * Starts a module as a child process of this process (CLI and web host).
 * @param entry URL of the module
 * @param nodeOptions command-line options for Node in the child process
 * @param environment variables of the child process in addition to those of this process
 */
export function startChildProcess<Sent extends object, Received>(
  entry: URL,
  nodeOptions: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): ProcessPort<Sent, Received> {
  const child = fork(fileURLToPath(entry), [], {
    serialization: 'advanced',
    execArgv: [...nodeOptions],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lastError = lastErrorLineOf(child);
  // Without free file handles the process does not start: it has no channel, and the error comes before anything else.
  const notStarted = new Promise<string>((resolve) => child.on('error', (error) => resolve(error.message)));
  return {
    pid: child.pid,
    send: (message) => void (child.pid === undefined ? undefined : child.send(message, () => undefined)),
    onMessage: (listener) => void child.on('message', (message) => listener(message as Received)),
    onEnd: (listener) => {
      void notStarted.then(listener);
      child.once('exit', (code, signal) => listener(`${signal === null ? `exit code ${code}` : `signal ${signal}`}${lastError()}`));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Returns a function that gives the last line of the child's standard error in brackets, or ''. onnxruntime also writes warnings there. */
function lastErrorLineOf(child: ChildProcess): () => string {
  let text = '';
  (child.stderr as ChildProcess['stderr'] | undefined)?.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-LONGEST_STDERR)));
  return () => {
    const line = text.trim().split('\n').at(-1) ?? '';
    return line === '' ? '' : ` (${line})`;
  };
}
