import type { UtilityProcess } from 'electron';
import { utilityProcess } from 'electron';
import { join } from 'node:path';
import type { ProcessPort } from '../../services/studio/processes.ts';

/** @param file a built module beside this one */
export function forkUtility(file: string, serviceName: string): UtilityProcess {
  return utilityProcess.fork(join(import.meta.dirname, file), [], { serviceName, stdio: 'ignore' });
}

/** Starts a built module as a utility process of Electron: a crash or a stop there leaves the window as it is. */
export function startUtilityProcess<Sent, Received>(file: string, serviceName: string): ProcessPort<Sent, Received> {
  const child = forkUtility(file, serviceName);
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onEnd: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
}
