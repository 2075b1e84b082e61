import * as ort from '../runtime/onnxruntime.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import { ratesOfStep } from './adamw.ts';
import type { Provider } from '../runtime/engine-messages.ts';
import { writeOnnxWithWeightsAsInputs } from '../onnx/file.ts';
import type { ParameterGroup, ParameterStore } from './parameter-store.ts';
import { STATE_ARRAYS } from './parameter-store.ts';
import type { LossName } from '../model/training-step.ts';
import type { TrainingData } from './training-data.ts';
import { dataTypes } from '../model/training-step.ts';
import type { TrainingSettings } from './training-graph.ts';
import { buildTrainingGraph, nextName, NORM, RATE_NAMES, stateName } from './training-graph.ts';

export interface OptimiserSettings {
  readonly weightDecay: number;
  /** Ratio of a layer's learning rate to that of the layer above it. */
  readonly layerDecay: number;
  /** Share of the old moving average in the new one; the first steps use less (`ratesOfStep`). */
  readonly averageKeeps: number;
}

/** The result of one run of the training graph, which takes several steps. */
export interface RunResult {
  /** Losses of each step, [steps] each. */
  readonly losses: Readonly<Partial<Record<LossName, readonly number[]>>>;
  /** Global norm of each step's gradient before clipping. */
  readonly norms: readonly number[];
}

/** A loaded training graph that updates the parameters of a store. */
export class Learner {
  readonly settings: TrainingSettings;
  /** Total time in onnxruntime, in ms. */
  computing = 0;
  /** Total time of copying results to the store, in ms. */
  copying = 0;
  readonly #session: ort.InferenceSession;
  readonly #store: ParameterStore;
  readonly #learning: readonly ParameterGroup[];
  readonly #optimiser: OptimiserSettings;

  private constructor(
    settings: TrainingSettings,
    session: ort.InferenceSession,
    store: ParameterStore,
    learning: readonly ParameterGroup[],
    optimiser: OptimiserSettings,
  ) {
    this.settings = settings;
    this.#session = session;
    this.#store = store;
    this.#learning = learning;
    this.#optimiser = optimiser;
  }

  static async load(settings: TrainingSettings, store: ParameterStore, optimiser: OptimiserSettings, provider: Provider, threads: number): Promise<Learner> {
    const { graph, learning } = buildTrainingGraph(settings, store.groups);
    const session = await loadGraph(writeOnnxWithWeightsAsInputs(graph), provider, threads);
    return new Learner(settings, session, store, learning, optimiser);
  }

  /**
   * Runs `settings.steps` steps and updates the store.
   * @param rates learning rate of each step
   * @throws StudioError 'training-diverged' where a gradient is not finite; the store is then unchanged
   */
  async run(data: TrainingData, rates: readonly number[]): Promise<RunResult> {
    const begun = performance.now();
    const results = await this.#session.run({ ...this.#state(), ...this.#data(data), ...this.#rates(rates) });
    this.computing += performance.now() - begun;
    const norms = Array.from(results[NORM]!.data as Float32Array);
    if (norms.some((norm) => !Number.isFinite(norm))) throw new StudioError('training-diverged', {});
    this.#updateStore(results);
    const losses = Object.fromEntries(
      Object.entries(results)
        .filter(([name]) => name !== NORM && !name.startsWith('next/'))
        .map(([name, { data: values }]) => [name, Array.from(values as Float32Array)]),
    );
    return { losses, norms };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #updateStore(results: Awaited<ReturnType<ort.InferenceSession['run']>>): void {
    const begun = performance.now();
    for (const group of this.#learning) {
      for (const array of STATE_ARRAYS) this.#store.arrays[array].set(results[nextName(stateName(array, group))]!.data as Float32Array, group.start);
      this.#store.stepsOf[this.#store.groups.indexOf(group)]! += this.settings.steps;
    }
    this.copying += performance.now() - begun;
  }

  #state(): Record<string, ort.Tensor> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const group of this.#learning) {
      const { start, end } = group;
      for (const array of STATE_ARRAYS)
        feeds[stateName(array, group)] = new ort.Tensor('float32', this.#store.arrays[array].subarray(start, end), [end - start]);
    }
    for (const name of this.#session.inputNames)
      if (this.#store.has(name)) feeds[name] = new ort.Tensor('float32', this.#store.view('weights', name), this.#store.dims(name));
    return feeds;
  }

  #data(data: TrainingData): Record<string, ort.Tensor> {
    const { step, steps, microBatches } = this.settings;
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, { type, dims }] of dataTypes(step))
      feeds[name] = new ort.Tensor(type, data[name] as Float32Array, [steps, microBatches, ...(dims as readonly number[])]);
    return feeds;
  }

  #rates(rates: readonly number[]): Record<string, ort.Tensor> {
    const { weightDecay, averageKeeps } = this.#optimiser;
    const values = Object.fromEntries(RATE_NAMES.map((name) => [name, [] as number[]]));
    for (const [i, rate] of rates.entries()) {
      for (const group of this.#learning) {
        const step = this.#store.stepsOf[this.#store.groups.indexOf(group)]! + i + 1;
        const own = ratesOfStep(step, rate * this.#layerShare(group.part), group.decays ? weightDecay : 0, averageKeeps);
        for (const name of RATE_NAMES) values[name]!.push(own[name]);
      }
    }
    const dims = [rates.length, this.#learning.length];
    return Object.fromEntries(RATE_NAMES.map((name) => [name, new ort.Tensor('float32', Float32Array.from(values[name]!), dims)]));
  }

  /** Layer decay: the patch embedding is layer 0, block i layer i + 1. The head, the mask and the decoder learn at the full rate. */
  #layerShare(part: string): number {
    const { blocks } = this.settings.step.size;
    const above = part === 'patch_embed' ? blocks + 1 : part.startsWith('blocks.') ? blocks - Number(part.slice('blocks.'.length)) : 0;
    return this.#optimiser.layerDecay ** above;
  }
}

/**
 * Small blocks of work for the threads: where another program uses part of a core, the other threads wait less (up to a
 * quarter faster). Denormal numbers are set to 0, because some processors are slow at them.
 */
const SETTINGS = { session: { dynamic_block_base: '4', set_denormal_as_zero: '1' } };

/** Loads a graph in the current process, because training already runs in a separate process. */
export async function loadGraph(bytes: Uint8Array, provider: Provider, threads: number): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, {
    executionProviders: [provider],
    ...(provider === 'cpu' ? { intraOpNumThreads: threads, interOpNumThreads: 1, extra: SETTINGS } : {}),
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
}
