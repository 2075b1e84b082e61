import * as ort from 'onnxruntime-node';
import { writeOnnx, writeOnnxWithWeightsAsInputs } from './onnx-file.ts';
import { partOf } from './parameter-store.ts';
import type { ParameterGroup, ParameterStore } from './parameter-store.ts';
import type { StepSettings } from './training-graph.ts';
import { buildStepGraph, gradientName, STEP_INPUTS, STEP_OUTPUTS } from './training-graph.ts';
import { ADAMW, buildUpdateGraph, UPDATE_INPUTS, UPDATE_OUTPUTS } from './update-graph.ts';
import type { Provider } from './engine-messages.ts';

/** One micro-batch, as the step graph's inputs; what a step does not need may be left out. */
export interface MicroBatch {
  /** [clips, 16, side, side, 3] RGB in 0..1. */
  readonly clip: Float32Array;
  /** Indices of visible and hidden tokens, [clips, n], slot-major. */
  readonly visible: BigInt64Array;
  readonly hidden: BigInt64Array;
  /** [clips, 7] and [clips, 8, 7]. */
  readonly labels: Float32Array;
  readonly slotLabels: Float32Array;
  readonly tokenBudget: number;
}

export interface StepOutputs {
  /** The loss and its terms by name. */
  readonly losses: Readonly<Record<string, number>>;
  /** [clips, 7]; absent without classification. */
  readonly logits?: Float32Array;
}

export interface OptimiserSettings {
  readonly weightDecay: number;
  /** Each layer below the head learns at this share of the rate of the one above. */
  readonly layerDecay: number;
  /** Largest global norm of a step's gradient. */
  readonly largestNorm: number;
  /** Share of the moving average that stays from step to step, once it is warm. */
  readonly averageKeeps: number;
}

export interface SessionOptions {
  readonly provider: Provider;
  readonly threads: number;
}

async function load(bytes: Uint8Array, { provider, threads }: SessionOptions): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, {
    executionProviders: [provider],
    ...(provider === 'cpu' ? { intraOpNumThreads: threads, interOpNumThreads: 1 } : {}),
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
}

/** A loaded step graph that reads its weights from a store and adds its gradients up there. */
export class Step {
  readonly settings: StepSettings;
  /** Parts of the network that learn in this step. */
  readonly learningParts: ReadonlySet<string>;
  /** Time in onnxruntime and time of copying gradients on our side, since the start, in ms. */
  computing = 0;
  copying = 0;
  readonly #session: ort.InferenceSession;
  readonly #store: ParameterStore;
  readonly #parameters: readonly string[];
  readonly #learning: readonly string[];

  private constructor(
    settings: StepSettings,
    session: ort.InferenceSession,
    store: ParameterStore,
    parameters: readonly string[],
    learning: readonly string[],
  ) {
    this.settings = settings;
    this.#session = session;
    this.#store = store;
    this.#parameters = parameters;
    this.#learning = learning;
    this.learningParts = new Set(learning.map(partOf));
  }

  static async load(settings: StepSettings, store: ParameterStore, options: SessionOptions, withGradients = true): Promise<Step> {
    const { graph, learning } = buildStepGraph(settings, withGradients);
    const session = await load(writeOnnxWithWeightsAsInputs(graph), options);
    const names = withGradients ? learning.map(({ tensor }) => tensor.name) : [];
    return new Step(settings, session, store, [...graph.parameters.keys()], names);
  }

  /**
   * Runs forward and backward and adds `share` of the gradient to the store's.
   * @param share one over the number of micro-batches in a batch
   */
  async run(batch: MicroBatch, share: number): Promise<StepOutputs> {
    const begun = performance.now();
    const results = await this.#session.run(this.#feeds(batch));
    const computed = performance.now();
    for (const name of this.#learning) {
      const gradient = results[gradientName(name)]!.data as Float32Array;
      const sum = this.#store.view('gradient', name);
      for (let i = 0; i < sum.length; i++) sum[i]! += share * gradient[i]!;
    }
    this.computing += computed - begun;
    this.copying += performance.now() - computed;
    const losses: Record<string, number> = {};
    for (const [name, { dims, data }] of Object.entries(results)) if (dims.length === 0 && !name.startsWith('gradient.')) losses[name] = Number(data[0]);
    const logits = results[STEP_OUTPUTS.logits]?.data as Float32Array | undefined;
    return { losses, ...(logits === undefined ? {} : { logits: Float32Array.from(logits) }) };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #feeds(batch: MicroBatch): Record<string, ort.Tensor> {
    const { clips, size } = this.settings;
    const all: Record<string, () => ort.Tensor> = {
      [STEP_INPUTS.clip]: () => new ort.Tensor('float32', batch.clip, [clips, 16, size.cropSide, size.cropSide, 3]),
      [STEP_INPUTS.visible]: () => new ort.Tensor('int64', batch.visible, [clips, batch.visible.length / clips, 1]),
      [STEP_INPUTS.hidden]: () => new ort.Tensor('int64', batch.hidden, [clips, batch.hidden.length / clips, 1]),
      [STEP_INPUTS.labels]: () => new ort.Tensor('float32', batch.labels, [clips, batch.labels.length / clips]),
      [STEP_INPUTS.slotLabels]: () => new ort.Tensor('float32', batch.slotLabels, [clips, 8, batch.slotLabels.length / clips / 8]),
      [STEP_INPUTS.tokenBudget]: () => new ort.Tensor('float32', Float32Array.of(batch.tokenBudget), [1]),
    };
    const feeds: Record<string, ort.Tensor> = {};
    for (const name of this.#session.inputNames) {
      const make = all[name];
      feeds[name] = make === undefined ? new ort.Tensor('float32', this.#store.view('weights', name), this.#store.dims(name)) : make();
    }
    return feeds;
  }
}

/** AdamW over a store's groups: what turns a gradient into better weights. */
export class Optimiser {
  readonly #session: ort.InferenceSession;
  readonly #store: ParameterStore;
  readonly #settings: OptimiserSettings;
  readonly #blocks: number;
  /** Steps taken, by group: a part that joined later has bias corrections of its own. */
  readonly steps: number[];
  computing = 0;
  copying = 0;

  private constructor(session: ort.InferenceSession, store: ParameterStore, settings: OptimiserSettings) {
    this.#session = session;
    this.#store = store;
    this.#settings = settings;
    this.#blocks = new Set(store.groups.map(({ part }) => part).filter((part) => part.startsWith('blocks.'))).size;
    this.steps = store.groups.map(() => 0);
  }

  static async load(store: ParameterStore, settings: OptimiserSettings, options: SessionOptions): Promise<Optimiser> {
    return new Optimiser(
      await load(
        writeOnnx(buildUpdateGraph(), () => undefined, 0),
        options,
      ),
      store,
      settings,
    );
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  /**
   * Moves the weights of the parts that learned by the store's gradient, and clears it.
   * @returns the gradient's global norm before clipping
   */
  async update(rate: number, learningParts: ReadonlySet<string>): Promise<number> {
    const norm = globalNorm(this.#store.gradient);
    if (!Number.isFinite(norm)) throw new Error('the gradient is no longer finite');
    const clip = norm > this.#settings.largestNorm ? this.#settings.largestNorm / norm : 1;
    for (const [i, group] of this.#store.groups.entries()) {
      if (!learningParts.has(group.part)) continue;
      this.steps[i]! += 1;
      await this.#updateGroup(group, this.steps[i]!, rate * this.#layerShare(group.part), clip);
    }
    this.#store.gradient.fill(0);
    return norm;
  }

  async #updateGroup({ start, end, decays }: ParameterGroup, step: number, rate: number, clip: number): Promise<void> {
    const begun = performance.now();
    const { arrays, gradient } = this.#store;
    const vector = (array: Float32Array): ort.Tensor => new ort.Tensor('float32', array.subarray(start, end), [end - start]);
    const scalar = (value: number): ort.Tensor => new ort.Tensor('float32', Float32Array.of(value), [1]);
    const results = await this.#session.run({
      [UPDATE_INPUTS.weight]: vector(arrays.weights),
      [UPDATE_INPUTS.gradient]: vector(gradient),
      [UPDATE_INPUTS.first]: vector(arrays.first),
      [UPDATE_INPUTS.second]: vector(arrays.second),
      [UPDATE_INPUTS.average]: vector(arrays.average),
      [UPDATE_INPUTS.stepSize]: scalar(rate / (1 - ADAMW.firstBeta ** step)),
      [UPDATE_INPUTS.deviationScale]: scalar(1 / Math.sqrt(1 - ADAMW.secondBeta ** step)),
      [UPDATE_INPUTS.decay]: scalar(decays ? rate * this.#settings.weightDecay : 0),
      [UPDATE_INPUTS.clip]: scalar(clip),
      [UPDATE_INPUTS.averageKeeps]: scalar(Math.min(this.#settings.averageKeeps, (1 + step) / (10 + step))),
    });
    const computed = performance.now();
    arrays.weights.set(results[UPDATE_OUTPUTS.weight]!.data as Float32Array, start);
    arrays.first.set(results[UPDATE_OUTPUTS.first]!.data as Float32Array, start);
    arrays.second.set(results[UPDATE_OUTPUTS.second]!.data as Float32Array, start);
    arrays.average.set(results[UPDATE_OUTPUTS.average]!.data as Float32Array, start);
    this.computing += computed - begun;
    this.copying += performance.now() - computed;
  }

  /** The embedding is layer 0, block i layer i + 1; the head, the mask and the decoder learn at the full rate. */
  #layerShare(part: string): number {
    const above = part === 'patch_embed' ? this.#blocks + 1 : part.startsWith('blocks.') ? this.#blocks - Number(part.slice(7)) : 0;
    return this.#settings.layerDecay ** above;
  }
}

/** Root of the sum of squares. */
export function globalNorm(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}
