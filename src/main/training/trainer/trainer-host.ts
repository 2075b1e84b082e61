/** Entry point of the training process. It trains, exports the model and exits. Its parent shows progress and can stop or kill it. */
import { readFile } from 'node:fs/promises';
import { StudioError, toFact } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import { calibrationErrorOf, uarOf, warOf } from '../../../shared/statistics/recognition.ts';
import type { Provider } from '../../adatosk/runtime/engine-messages.ts';
import { UNITS_HEAD } from '../../adatosk/model/adatosk.ts';
import type { OnnxContents, WeightSource } from '../../adatosk/onnx/file.ts';
import { readOnnx } from '../../adatosk/onnx/file.ts';
import { exitAfterLastMessage, listenToParent, sendToParent } from '../../process/parent.ts';
import { exportModel } from './export-model.ts';
import { atTemperature } from '../evaluation/prediction.ts';
import { firstWeights, unitsHeadAfter } from './kept-units.ts';
import { train } from './trainer.ts';
import type { TrainingOutcome } from './trainer.ts';
import type { TrainerMessage, TrainerRequest, TrainerTask } from './trainer-messages.ts';

const stop = new AbortController();
const publish = (message: TrainerMessage): Promise<void> => sendToParent(message);
/** Entry point of the thread that makes batches: in the sources, or built beside this file. */
const batchWorker = new URL(import.meta.url.endsWith('.ts') ? '../data/batch-worker.ts' : './batch-worker.js', import.meta.url);

function receive(request: TrainerRequest): void {
  if (request.kind === 'stop') stop.abort();
  else void run(request.task);
}
listenToParent<TrainerRequest>(receive);

async function run(task: TrainerTask): Promise<void> {
  try {
    const from = task.from === null ? null : readOnnx(await readFile(task.from));
    const { outcome, provider } = await trainOnFirst(task, from === null ? () => undefined : firstWeights(from, task.facts.actionUnits));
    const sha256 = outcome.stopped ? null : await exportOutcome(task, outcome, from);
    const { steps, seconds, best, stoppedEarly, stopped, predictions, temperature, times } = outcome;
    await publish({ kind: 'done', summary: { steps, seconds, best, stoppedEarly, stopped, predictions, temperature, times, provider, sha256 } });
  } catch (error) {
    await publish({ kind: 'failed', fact: toFact(error) });
  }
  await exitAfterLastMessage();
}

/** Trains on the first provider that can load the training graph. @throws the error of the last provider where none can */
async function trainOnFirst(task: TrainerTask, weights: WeightSource): Promise<{ outcome: TrainingOutcome; provider: Provider }> {
  const { job, folder, threads, checkpointEverySeconds, resume, providers } = task;
  for (const [i, provider] of providers.entries()) {
    try {
      const place = { folder, provider, threads, checkpointEverySeconds, resume, weights, batchWorker };
      const outcome = await train(
        job,
        place,
        { onSteps: (steps) => void publish({ kind: 'steps', steps }), onValidation: (validation) => void publish({ kind: 'validation', validation }) },
        stop.signal,
      );
      return { outcome, provider };
    } catch (error) {
      if (error instanceof StudioError || i === providers.length - 1) throw error;
    }
  }
  throw new Error('no provider to train on');
}

async function exportOutcome({ exportTo, facts, job }: TrainerTask, outcome: TrainingOutcome, from: OnnxContents | null): Promise<string> {
  const { store, temperature, predictions, steps, seconds } = outcome;
  store.arrays.average.set(outcome.weights);
  const trained: WeightSource = (name) => (store.has(name) ? store.view('average', name) : undefined);
  // Where only the other heads have learned, the head for action units is kept.
  const keptUnits = from !== null && facts.actionUnits !== undefined && !store.has(UNITS_HEAD.bias) ? unitsHeadAfter(from, trained) : null;
  const weights: WeightSource = (name, dims) => trained(name, dims) ?? keptUnits?.(name, dims);
  const calibrated = predictions.map((each) => ({ ...each, probabilities: atTemperature(each.probabilities, temperature) }));
  const isUnitsAlone = job.phases.at(-1)?.settings.step.learns === 'units';
  const results = isUnitsAlone
    ? 'Only the head for action units learned. It was not validated; proposals of expressions are those of the first model.'
    : predictions.length === 0
      ? 'It was never validated: the set had no clips to spare.'
      : `Validation (${predictions.length} clips, one window each): UAR ${uarOf(calibrated).toFixed(3)}, WAR ${warOf(calibrated).toFixed(3)}, expected calibration error ${calibrationErrorOf(calibrated).toFixed(3)} ${temperature === 1 ? '(not calibrated: too few clips)' : `after division of the logits by ${temperature.toFixed(3)}`}. The best weights were chosen on the same clips: an independent test set says more (\`adatosk evaluate\`).`;
  const warnings = predictions.length === 0 && !isUnitsAlone ? [notice('model/never-validated', {}), ...facts.warnings] : facts.warnings;
  const training = `Training: ${steps} steps in ${Math.round(seconds / 60)} minutes, seed ${job.batches.seed}.`;
  const card = `${facts.card}\n\n## Training\n\n${training}\n\n## Results\n\n${results}`;
  return (await exportModel(exportTo, weights, { ...facts, warnings, card, temperature })).sha256;
}
