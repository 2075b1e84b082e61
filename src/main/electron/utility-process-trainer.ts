import { utilityProcess } from 'electron';
import { join } from 'node:path';
import type { TrainerPort } from '../services/choices.ts';

/** Starts the training process as Electron's utilityProcess. */
export function startUtilityProcessTrainer(): TrainerPort {
  const child = utilityProcess.fork(join(import.meta.dirname, 'trainer-host.js'), [], { serviceName: 'AdaTosk training', stdio: 'ignore' });
  return {
    send: (request) => child.postMessage(request),
    onMessage: (listener) => void child.on('message', listener),
    onEnd: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
}
