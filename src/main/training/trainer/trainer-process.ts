import { fromFact, StudioError } from '../../../shared/app/errors.ts';
import { startChildProcess } from '../../process/child-process.ts';
import type { TrainerEvents } from './trainer.ts';
import type { TrainerPort, TrainerStarter, TrainerSummary, TrainerTask } from './trainer-messages.ts';

/** Starts the training process as a child process. */
export function startChildProcessTrainer(): TrainerPort {
  return startChildProcess(new URL('./trainer-host.ts', import.meta.url));
}

/**
 * Trains in a separate process. After an abort, the process finishes its current run of a few steps and saves a checkpoint.
 * @throws StudioError as `train` does, or 'engine-died' where the process ended unexpectedly
 */
export function trainInProcess(
  task: TrainerTask,
  events: TrainerEvents,
  signal: AbortSignal,
  start: TrainerStarter = startChildProcessTrainer,
): Promise<TrainerSummary> {
  const trainer = start();
  const stop = (): void => trainer.send({ kind: 'stop' });
  signal.addEventListener('abort', stop);
  return new Promise<TrainerSummary>((resolve, reject) => {
    trainer.onMessage((message) => {
      if (message.kind === 'steps') events.onSteps(message.steps);
      else if (message.kind === 'validation') events.onValidation(message.validation);
      else if (message.kind === 'done') resolve(message.summary);
      else reject(fromFact(message.fact));
    });
    trainer.onEnd((reason) => reject(new StudioError('engine-died/training', { detail: reason })));
    trainer.send({ kind: 'train', task });
  }).finally(() => {
    signal.removeEventListener('abort', stop);
    trainer.kill();
  });
}
