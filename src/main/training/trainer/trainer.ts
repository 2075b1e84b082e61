import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mean } from '../../../shared/basics/mean.ts';
import type { Prediction } from '../../../shared/statistics/recognition.ts';
import { uarOf, warOf } from '../../../shared/statistics/recognition.ts';
import type { Provider } from '../../adatosk/runtime/engine-messages.ts';
import type { OptimiserSettings, RunResult } from '../../adatosk/training/learner.ts';
import { Learner } from '../../adatosk/training/learner.ts';
import { LiveNetwork } from '../../adatosk/training/live-network.ts';
import { buildInferenceGraph } from '../../adatosk/model/adatosk.ts';
import type { WeightSource } from '../../adatosk/onnx/file.ts';
import { ParameterStore } from '../../adatosk/training/parameter-store.ts';
import { parametersOf } from '../../adatosk/training/training-graph.ts';
import type { BatchOptions } from '../data/batches.ts';
import { BatchQueue } from '../data/batch-workers.ts';
import type { Progress } from './checkpoint.ts';
import { hasCheckpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { ClipSource, ClipSourceAddress } from '../data/clip-source.ts';
import { openSource } from '../data/clip-source.ts';
import { clipShape } from '../../adatosk/model/clip-shape.ts';
import { firstEmbedding } from './first-embedding.ts';
import { fitTemperature, predict, logLossAtBest } from '../evaluation/prediction.ts';
import { MetricsLog } from './metrics-log.ts';
import type { Phase, PhaseName } from './plan.ts';
import { phaseAt, rateAt, STEPS_PER_RUN } from './plan.ts';

/** Everything that determines the course of a training. The same job on the same machine gives the same losses. */
export interface TrainingJob {
  readonly phases: readonly Phase[];
  readonly peakRate: number;
  readonly optimiser: OptimiserSettings;
  readonly batches: BatchOptions;
  readonly source: ClipSourceAddress;
  /** Validation clips of people who are not in the training set. With null there is no early stopping and no calibration. */
  readonly validation: ClipSourceAddress | null;
  /** Number of steps between validations. */
  readonly validateEvery: number;
  /** Training stops after this many validations without an improvement. */
  readonly patience: number;
  readonly tokenBudget: number;
}

export interface TrainingPlace {
  /** Folder of the checkpoint and the metrics. */
  readonly folder: string;
  readonly provider: Provider;
  readonly threads: number;
  readonly checkpointEverySeconds: number;
  readonly resume: boolean;
  /** Initial weights by name; the others are drawn from the seed. */
  readonly weights: WeightSource;
  /** Entry point of the thread that makes batches, where it is not in its place in the sources. */
  readonly batchWorker?: URL;
}

export interface TrainerEvents {
  readonly onSteps: (steps: {
    phase: PhaseName;
    /** Number of finished steps of all phases. */
    step: number;
    total: number;
    losses: Readonly<Record<string, number>>;
    clipsPerSecond: number;
    secondsLeft: number;
  }) => void;
  readonly onValidation: (validation: { step: number; uar: number; war: number; logLoss: number; isBest: boolean }) => void;
}

export interface TrainingOutcome {
  readonly store: ParameterStore;
  /** The resulting weights as a flat array of the store: those of the best validation, else the last moving average. */
  readonly weights: Float32Array;
  readonly steps: number;
  readonly seconds: number;
  readonly best: Progress['best'];
  readonly stoppedEarly: boolean;
  /** True where the user stopped the training. It must not be exported; --resume continues it. */
  readonly stopped: boolean;
  /** Predictions for the validation clips with the resulting weights, before calibration; empty without validation. */
  readonly predictions: readonly Prediction[];
  /** Temperature for calibration, a divisor of the logits; 1 without validation. */
  readonly temperature: number;
  /** Time of the training steps in ms: in onnxruntime, copying weights, waiting for data. */
  readonly times: { readonly computing: number; readonly copying: number; readonly waiting: number };
}

/** Largest number of clips in a validation. More would cost more time than the extra precision is worth. */
const LARGEST_VALIDATION = 250;

/**
 * Trains in runs of a few steps, with checkpoints, validations and early stopping. Another thread prepares the data of the
 * next run.
 * @throws StudioError where the data cannot be read, the disk is full or a checkpoint belongs to another job
 */
export async function train(job: TrainingJob, place: TrainingPlace, events: TrainerEvents, signal: AbortSignal): Promise<TrainingOutcome> {
  await mkdir(place.folder, { recursive: true });
  const trainer = await Trainer.start(job, place, events);
  try {
    return await trainer.train(signal);
  } finally {
    await trainer.close();
  }
}

interface Validation {
  readonly source: ClipSource;
  readonly network: LiveNetwork;
}

class Trainer {
  readonly #job: TrainingJob;
  readonly #place: TrainingPlace;
  readonly #events: TrainerEvents;
  readonly #store: ParameterStore;
  readonly #id: string;
  readonly #queue: BatchQueue;
  readonly #log: MetricsLog;
  readonly #validation: Validation | null;
  readonly #total: number;
  #progress: Progress = { step: 0, seconds: 0, best: null, sinceBest: 0 };
  #bestWeights: Float32Array | null = null;
  #learner: { phase: Phase; learner: Learner } | undefined;
  readonly #times = { computing: 0, copying: 0, waiting: 0 };

  private constructor(job: TrainingJob, place: TrainingPlace, events: TrainerEvents, store: ParameterStore, validation: Validation | null) {
    this.#job = job;
    this.#place = place;
    this.#events = events;
    this.#store = store;
    this.#validation = validation;
    this.#id = idOf(job);
    this.#queue = new BatchQueue({ source: job.source, options: job.batches }, place.batchWorker);
    this.#log = new MetricsLog(join(place.folder, 'metrics.jsonl'));
    this.#total = job.phases.reduce((sum, { steps }) => sum + steps, 0);
  }

  static async start(job: TrainingJob, place: TrainingPlace, events: TrainerEvents): Promise<Trainer> {
    const { size } = job.phases[0]!.settings.step;
    const store = await storeFor(job, place.weights);
    const source = job.validation === null ? null : await openSource(job.validation);
    const validation = source && { source, network: await LiveNetwork.load(size, store, 'average', place.provider, place.threads) };
    const trainer = new Trainer(job, place, events, store, validation);
    if (place.resume && hasCheckpoint(place.folder)) {
      const { progress, best } = await loadCheckpoint(place.folder, trainer.#id, store);
      trainer.#progress = progress;
      trainer.#bestWeights = best;
    }
    await trainer.#log.cutAfter(trainer.#progress.step);
    return trainer;
  }

  async train(signal: AbortSignal): Promise<TrainingOutcome> {
    const begun = performance.now() - this.#progress.seconds * 1000;
    let saved = performance.now();
    let next = this.#request(this.#progress.step);
    let stoppedEarly = false;
    while (next !== undefined && !signal.aborted && !stoppedEarly) {
      const { phase, data } = next;
      const first = this.#progress.step;
      const waiting = performance.now();
      const ready = await data;
      this.#times.waiting += performance.now() - waiting;
      next = this.#request(first + STEPS_PER_RUN);
      const rates = Array.from({ length: STEPS_PER_RUN }, (_, i) => rateAt(first + i, this.#total, this.#job.peakRate));
      const runBegun = performance.now();
      const learner = await this.#learnerFor(phase);
      const before = { computing: learner.computing, copying: learner.copying };
      const result = await learner.run(ready, rates);
      this.#times.computing += learner.computing - before.computing;
      this.#times.copying += learner.copying - before.copying;
      const perSecond = (1000 * STEPS_PER_RUN * clipsPerStep(phase)) / (performance.now() - runBegun);
      this.#progress = { ...this.#progress, step: first + STEPS_PER_RUN, seconds: (performance.now() - begun) / 1000 };
      await this.#reportSteps(phase, first, result, rates, perSecond);
      if (this.#isDue(first, phase)) stoppedEarly = await this.#validate();
      if (performance.now() - saved > this.#place.checkpointEverySeconds * 1000) {
        await this.#save();
        saved = performance.now();
      }
    }
    await this.#save();
    return this.#conclude(signal.aborted && next !== undefined && !stoppedEarly, stoppedEarly);
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await this.#learner?.learner.release();
    await this.#validation?.network.release();
  }

  #request(step: number): { phase: Phase; data: ReturnType<BatchQueue['request']> } | undefined {
    const at = phaseAt(this.#job.phases, step);
    return at && { phase: at.phase, data: this.#queue.request(at.phase.settings, step) };
  }

  async #learnerFor(phase: Phase): Promise<Learner> {
    if (this.#learner?.phase !== phase) {
      const before = this.#learner?.learner;
      // Cleared before the release: if the next learner cannot be loaded, `close` must not release the old one again.
      this.#learner = undefined;
      await before?.release();
      const { provider, threads } = this.#place;
      this.#learner = { phase, learner: await Learner.load(phase.settings, this.#store, this.#job.optimiser, provider, threads) };
    }
    return this.#learner.learner;
  }

  async #reportSteps(phase: Phase, first: number, { losses, norms }: RunResult, rates: readonly number[], clipsPerSecond: number): Promise<void> {
    const entries = norms.map((norm, i) => ({
      step: first + i + 1,
      phase: phase.name,
      rate: rates[i],
      norm,
      ...Object.fromEntries(Object.entries(losses).map(([name, values]) => [name, values[i]])),
      seconds: this.#progress.seconds,
    }));
    await this.#log.append(entries);
    const { step, seconds } = this.#progress;
    this.#events.onSteps({
      phase: phase.name,
      step,
      total: this.#total,
      losses: Object.fromEntries(Object.entries(losses).map(([name, values]) => [name, mean(values)])),
      clipsPerSecond,
      secondsLeft: (seconds / step) * (this.#total - step),
    });
  }

  /** Whether a validation is due: every `validateEvery` steps and after the last step, in phases that train the soft mask. */
  #isDue(first: number, { settings }: Phase): boolean {
    const { step } = this.#progress;
    const crossed = Math.floor(step / this.#job.validateEvery) > Math.floor(first / this.#job.validateEvery);
    // Single slots do not train the soft mask, which every prediction for a clip needs.
    return settings.step.classification > 0 && settings.step.masking !== 'single-slot' && (crossed || step >= this.#total);
  }

  /** Validates the moving average of the weights. @returns whether training must stop early */
  async #validate(): Promise<boolean> {
    if (this.#validation === null) return false;
    const predictions = await this.#predictions();
    const { step } = this.#progress;
    const [uar, war, logLoss] = [uarOf(predictions), warOf(predictions), logLossAtBest(predictions)];
    const { best } = this.#progress;
    // Log loss instead of UAR: UAR counts clips, so on a few hundred clips its noise is larger than the improvement.
    const isBest = best === null || logLoss < best.logLoss;
    if (isBest) this.#bestWeights = Float32Array.from(this.#store.arrays.average);
    this.#progress = { ...this.#progress, best: isBest ? { step, uar, logLoss } : best, sinceBest: isBest ? 0 : this.#progress.sinceBest + 1 };
    await this.#log.append([{ step, validation: true, uar, war, logLoss, isBest }]);
    this.#events.onValidation({ step, uar, war, logLoss, isBest });
    return this.#progress.sinceBest >= this.#job.patience;
  }

  async #predictions(): Promise<Prediction[]> {
    const { source, network } = this.#validation!;
    const labelled = source.clips.flatMap(({ label }, i) => (label === null ? [] : [i]));
    const every = Math.max(1, Math.ceil(labelled.length / LARGEST_VALIDATION));
    const chosen = labelled.filter((_, i) => i % every === 0);
    return predict(network, clipShape(source.side), source, chosen, { tokenBudget: this.#job.tokenBudget, windows: 1 });
  }

  async #save(): Promise<void> {
    await saveCheckpoint(this.#place.folder, this.#id, this.#store, this.#progress, this.#bestWeights);
  }

  async #conclude(stopped: boolean, stoppedEarly: boolean): Promise<TrainingOutcome> {
    const { step, seconds, best } = this.#progress;
    const weights = this.#bestWeights ?? this.#store.arrays.average;
    let predictions: Prediction[] = [];
    if (!stopped && this.#validation !== null) {
      this.#store.arrays.average.set(weights);
      predictions = await this.#predictions();
    }
    const temperature = predictions.length === 0 ? 1 : fitTemperature(predictions);
    return { store: this.#store, weights, steps: step, seconds, best, stoppedEarly, stopped, predictions, temperature, times: this.#times };
  }
}

/** Identifies a job: equal only for jobs with the same settings, data and seed. */
function idOf(job: TrainingJob): string {
  const text = JSON.stringify(job, (_, value: unknown) => (value instanceof Uint8ClampedArray ? Buffer.from(value).toString('base64') : value));
  return createHash('sha256').update(text).digest('hex');
}

function clipsPerStep({ settings }: Phase): number {
  return settings.microBatches * settings.step.clips;
}

const EMBEDDING = 'patch_embed.proj.weight';
/** The last matrix of each of a block's two residual branches. */
const RESIDUAL = /^blocks\.\d+\.(attn\.proj|mlp\.fc2)\.weight$/;
/** A store with the parameters of all phases and of the inference graph, so that a checkpoint works in every phase. */
async function storeFor({ phases, batches, source }: TrainingJob, weights: WeightSource): Promise<ParameterStore> {
  const all = new Map(phases.flatMap(({ settings }) => [...parametersOf(settings.step).parameters]));
  const { size } = phases[0]!.settings.step;
  for (const [name, parameter] of buildInferenceGraph(size).parameters) if (!all.has(name)) all.set(name, parameter);
  const store = new ParameterStore([...all.values()], weights, batches.seed);
  // Without given weights, the tube embedding begins with the principal directions of the training clips.
  if (weights(EMBEDDING, all.get(EMBEDDING)!.dims) === undefined) {
    store.view('weights', EMBEDDING).set(await firstEmbedding(await openSource(source), size.width, batches.seed));
    // Small residual branches at first (Radford et al. 2019, section 2.3), so that the embedding reaches the heads.
    for (const name of store.names)
      if (RESIDUAL.test(name)) store.view('weights', name).forEach((value, i, matrix) => (matrix[i] = value / Math.sqrt(2 * size.blocks)));
    store.arrays.average.set(store.arrays.weights);
  }
  return store;
}
