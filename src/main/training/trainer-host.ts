/** The training process: it trains, exports and ends. Its parent shows progress, asks it to stop, or kills it. */
import { readFile } from 'node:fs/promises';
import { sentenceOf, StudioError } from '../../shared/errors.ts';
import { calibrationErrorOf, uarOf, warOf } from '../../shared/recognition.ts';
import type { Provider } from '../adatosk/engine-messages.ts';
import type { WeightSource } from '../adatosk/onnx-file.ts';
import { readOnnx } from '../adatosk/onnx-file.ts';
import { exportModel } from './export-model.ts';
import { atTemperature } from './judging.ts';
import { train } from './trainer.ts';
import type { TrainingOutcome } from './trainer.ts';
import type { TrainerMessage, TrainerRequest, TrainerTask } from './trainer-messages.ts';

const stop = new AbortController();
/** Electron's utilityProcess gives its children a port; a forked child talks through process.send. */
const parentPort = (process as unknown as { parentPort?: ElectronPort }).parentPort;
interface ElectronPort {
  on(event: 'message', listener: (event: { data: TrainerRequest }) => void): void;
  postMessage(message: TrainerMessage): void;
}

function tell(message: TrainerMessage): Promise<void> {
  if (parentPort === undefined) return new Promise((resolve) => process.send!(message, undefined, undefined, () => resolve()));
  parentPort.postMessage(message);
  return Promise.resolve();
}

/** The thread that makes batches lies beside this file, as source or as built. */
const batchWorker = new URL(`./batch-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

function receive(request: TrainerRequest): void {
  if (request.kind === 'stop') stop.abort();
  else void run(request.task);
}
if (parentPort !== undefined) parentPort.on('message', ({ data }) => receive(data));
else {
  process.on('message', receive);
  process.on('disconnect', () => process.exit(0));
  // Ctrl+C reaches the whole group; the parent asks us to stop.
  process.on('SIGINT', () => undefined);
}

/** What was told last must be out before the process goes. */
const GOODBYE_MS = 200;

async function run(task: TrainerTask): Promise<void> {
  try {
    const weights = task.from === null ? () => undefined : await weightsOf(task.from);
    const { outcome, provider } = await trainOnFirst(task, weights);
    const sha256 = outcome.stopped ? null : await exportOutcome(task, outcome);
    const { steps, seconds, best, stoppedEarly, stopped, judgements, temperature, times } = outcome;
    await tell({ kind: 'done', summary: { steps, seconds, best, stoppedEarly, stopped, judgements, temperature, times, provider, sha256 } });
  } catch (error) {
    if (error instanceof StudioError) await tell({ kind: 'failed', code: error.code, message: error.message, remedy: error.remedy });
    else await tell({ kind: 'failed', code: null, message: sentenceOf(error), remedy: '' });
  }
  if (parentPort !== undefined) await new Promise((resolve) => setTimeout(resolve, GOODBYE_MS));
  process.exit(0);
}

async function weightsOf(file: string): Promise<WeightSource> {
  const { weights } = readOnnx(await readFile(file));
  return (name) => weights.get(name)?.values;
}

/** A provider that cannot load the training graph is passed over; the last one's error is told. */
async function trainOnFirst(task: TrainerTask, weights: WeightSource): Promise<{ outcome: TrainingOutcome; provider: Provider }> {
  const { job, folder, threads, checkpointEverySeconds, resume, providers } = task;
  for (const [i, provider] of providers.entries()) {
    try {
      const place = { folder, provider, threads, checkpointEverySeconds, resume, weights, batchWorker };
      const outcome = await train(
        job,
        place,
        { onSteps: (steps) => void tell({ kind: 'steps', steps }), onValidation: (validation) => void tell({ kind: 'validation', validation }) },
        stop.signal,
      );
      return { outcome, provider };
    } catch (error) {
      if (error instanceof StudioError || i === providers.length - 1) throw error;
    }
  }
  throw new Error('no provider to train on');
}

async function exportOutcome({ exportTo, facts, job }: TrainerTask, outcome: TrainingOutcome): Promise<string> {
  const { store, temperature, judgements, steps, seconds } = outcome;
  store.arrays.average.set(outcome.weights);
  const weights: WeightSource = (name) => (store.has(name) ? store.view('average', name) : undefined);
  const calibrated = judgements.map((each) => ({ ...each, probabilities: atTemperature(each.probabilities, temperature) }));
  const results =
    judgements.length === 0
      ? 'It was never validated: the set had no clips to spare.'
      : `Validation (${judgements.length} clips, one window each): UAR ${uarOf(calibrated).toFixed(3)}, WAR ${warOf(calibrated).toFixed(3)}, expected calibration error ${calibrationErrorOf(calibrated).toFixed(3)} ${temperature === 1 ? '(not calibrated: too few clips)' : `after division of the logits by ${temperature.toFixed(3)}`}. The best weights were chosen on the same clips: an independent test set says more (\`adatosk evaluate\`).`;
  const warnings = judgements.length === 0 ? ['never validated', ...facts.warnings] : facts.warnings;
  const training = `Training: ${steps} steps in ${Math.round(seconds / 60)} minutes, seed ${job.batches.seed}.`;
  const card = `${facts.card}\n\n## Training\n\n${training}\n\n## Results\n\n${results}`;
  return (await exportModel(exportTo, weights, { ...facts, warnings, card, temperature })).sha256;
}
