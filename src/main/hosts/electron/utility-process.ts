import type { UtilityProcess } from 'electron';
import { utilityProcess } from 'electron';
import { join } from 'node:path';
import type { ProcessPort } from '../../services/studio/processes.ts';

/** @param file name of a built module in the folder of this one */
export function forkUtility(file: string, serviceName: string): UtilityProcess {
  return utilityProcess.fork(join(import.meta.dirname, file), [], { serviceName, stdio: 'ignore' });
}

/** Starts a built module as a utility process of Electron. A crash in it does not affect the window. */
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
