import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StudioError } from '../../shared/errors.ts';
import { lastWordsOf } from '../adatosk/child-process-engine.ts';
import type { TrainerEvents } from './trainer.ts';
import type { TrainerMessage, TrainerRequest, TrainerSummary, TrainerTask } from './trainer-messages.ts';

/**
 * Trains in a process of its own. A stop lets it finish its run of a few steps and save a checkpoint.
 * @throws StudioError as `train` does, or 'engine-died' where the process ended
 */
export function trainInProcess(task: TrainerTask, events: TrainerEvents, signal: AbortSignal): Promise<TrainerSummary> {
  const child = fork(fileURLToPath(new URL('./trainer-host.ts', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const complaint = lastWordsOf(child);
  const send = (request: TrainerRequest): unknown => child.send(request, () => undefined);
  const stop = (): unknown => send({ kind: 'stop' });
  signal.addEventListener('abort', stop);
  return new Promise<TrainerSummary>((resolve, reject) => {
    child.on('message', (message: TrainerMessage) => {
      if (message.kind === 'steps') events.onSteps(message.steps);
      else if (message.kind === 'validation') events.onValidation(message.validation);
      else if (message.kind === 'done') resolve(message.summary);
      else reject(message.code === null ? new Error(message.message) : new StudioError(message.code, message.message, message.remedy));
    });
    child.once('exit', (code, killedBy) =>
      reject(
        new StudioError(
          'engine-died',
          `The training process ended: ${killedBy === null ? `exit code ${code}` : `signal ${killedBy}`}${complaint()}.`,
          'Run the same command with --resume; if it happens again, memory is the likely cause: use a smaller --batch.',
        ),
      ),
    );
    send({ kind: 'train', task });
  }).finally(() => {
    signal.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  });
}
