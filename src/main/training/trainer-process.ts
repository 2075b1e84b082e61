import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StudioError } from '../../shared/errors.ts';
import { lastWordsOf } from '../adatosk/child-process-engine.ts';
import type { TrainerEvents } from './trainer.ts';
import type { TrainerPort, TrainerStarter, TrainerSummary, TrainerTask } from './trainer-messages.ts';

/** Starts the training process as a child of this one; the desktop has a way of its own. */
export function startChildProcessTrainer(): TrainerPort {
  const child = fork(fileURLToPath(new URL('./trainer-host.ts', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const complaint = lastWordsOf(child);
  return {
    send: (request) => void child.send(request, () => undefined),
    onMessage: (listener) => void child.on('message', listener),
    onEnd: (listener) =>
      void child.once('exit', (code, killedBy) => listener(`${killedBy === null ? `exit code ${code}` : `signal ${killedBy}`}${complaint()}`)),
    kill: () => void child.kill('SIGKILL'),
  };
}

/**
 * Trains in a process of its own. A stop lets it finish its run of a few steps and save a checkpoint.
 * @throws StudioError as `train` does, or 'engine-died' where the process ended
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
      else reject(message.code === null ? new Error(message.message) : new StudioError(message.code, message.message, message.remedy));
    });
    trainer.onEnd((reason) =>
      reject(
        new StudioError(
          'engine-died',
          `The training process ended: ${reason}.`,
          'Go on with the training: it was saved. If it happens again, memory is the likely cause: close other programs, or use smaller batches.',
        ),
      ),
    );
    trainer.send({ kind: 'train', task });
  }).finally(() => {
    signal.removeEventListener('abort', stop);
    trainer.kill();
  });
}
