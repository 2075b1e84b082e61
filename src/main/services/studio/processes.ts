/** The processes that a host starts: launchers for hosts without Electron, and the types for other launchers. */
import { startChildProcessEngine } from '../../adatosk/runtime/child-process-engine.ts';
import { startChildProcessTrainer } from '../../training/trainer/trainer-process.ts';
import { startChildProcessQueue } from '../queue/child-process-queue.ts';
import type { ProcessLaunchers } from './studio.ts';

export type { EngineAnswer, EnginePort, EngineRequest } from '../../adatosk/runtime/engine-messages.ts';
export type { ProcessPort } from '../../process/process-port.ts';
export { listenToParent, sendToParent } from '../../process/parent.ts';
export type { UtilityPort } from '../../process/parent.ts';
export type { TrainerPort } from '../../training/trainer/trainer-messages.ts';
export { startChildProcessEngine, startChildProcessQueue, startChildProcessTrainer };

/** Launchers for the web host and the command line. */
export const CHILD_PROCESSES: Pick<ProcessLaunchers, 'startEngine' | 'startQueue' | 'startTrainer'> = {
  startEngine: startChildProcessEngine,
  startQueue: startChildProcessQueue,
  startTrainer: startChildProcessTrainer,
};
