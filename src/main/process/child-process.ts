import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessPort } from './process-port.ts';

const LONGEST_STDERR = 2000;

/**
 * Starts a module as a child process of this one (command line and web host).
 * @param entry the module, beside the caller
 * @param nodeOptions for the child's Node
 */
export function startChildProcess<Sent extends object, Received>(entry: URL, nodeOptions: readonly string[] = []): ProcessPort<Sent, Received> {
  const child = fork(fileURLToPath(entry), [], { serialization: 'advanced', execArgv: [...nodeOptions], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const lastError = lastErrorLineOf(child);
  return {
    pid: child.pid,
    send: (message) => void child.send(message, () => undefined),
    onMessage: (listener) => void child.on('message', (message) => listener(message as Received)),
    onEnd: (listener) => {
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) => listener(`${signal === null ? `exit code ${code}` : `signal ${signal}`}${lastError()}`));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Reads a child's standard error; gives its last line in brackets, or nothing. onnxruntime writes much there that is no failure. */
function lastErrorLineOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-LONGEST_STDERR)));
  return () => {
    const line = text.trim().split('\n').at(-1) ?? '';
    return line === '' ? '' : ` (${line})`;
  };
}
