import type { UtilityProcess } from 'electron';
import { utilityProcess } from 'electron';
import { join } from 'node:path';
import type { EnginePort } from '../services/choices.ts';

export function forkEngine(): UtilityProcess {
  return utilityProcess.fork(join(import.meta.dirname, 'engine-host.js'), [], { serviceName: 'AdaTosk engine', stdio: 'ignore' });
}

/** Starts the engine as Electron's utilityProcess: a crash or a stop there leaves the window as it is. */
export function startUtilityProcessEngine(): EnginePort {
  const child = forkEngine();
  return {
    get pid() {
      return child.pid;
    },
    send: (request) => child.postMessage(request),
    onAnswer: (listener) => void child.on('message', listener),
    onEnd: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
}
