import * as ort from '../runtime/onnxruntime.ts';
import { describe, expect, test } from 'vitest';
import { gradientsOf } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { drawInitialValues } from '../graph/initial-values.ts';
import type { TrainingData } from './training-data.ts';
import { emptyTrainingData } from './training-data.ts';
import { Learner, loadGraph } from './learner.ts';
import { writeOnnxWithWeightsAsInputs } from '../onnx/file.ts';
import { LIKE_ADAMW } from './muon.ts';
import { ParameterStore, STATE_ARRAYS } from './parameter-store.ts';
import type { NetworkSize } from '../model/config.ts';
import { SLOTS_PER_CLIP, patchesOf, tokensOf } from '../model/config.ts';
import type { StepSettings } from '../model/training-step.ts';
import { dataTypes, stepInputs, stepLoss } from '../model/training-step.ts';
import { elements } from '../graph/tensor-type.ts';
import type { TrainingSettings } from './training-graph.ts';
import { parametersOf } from './training-graph.ts';

const SIZE: NetworkSize = { name: 'tiny', width: 24, heads: 3, blocks: 3, blocksBeforeMask: 1, cropSide: 32, defaultTokenBudget: 0.5 };
const JOINT: StepSettings = {
  size: SIZE,
  decoder: { width: 12, heads: 2, blocks: 1 },
  clips: 2,
  visibleTokens: 16,
  decodedTokens: 8,
  reconstruction: 0.5,
  classification: 1,
  masking: 'soft',
  learns: 'all',
  units: 0,
};
const DROPPING: StepSettings = { ...JOINT, visibleTokens: tokensOf(SIZE), reconstruction: 0, masking: 'drop' };
const WITH_UNITS: StepSettings = { ...JOINT, units: 5 };
const SINGLE_SLOT: StepSettings = { ...JOINT, visibleTokens: patchesOf(SIZE), decodedTokens: 0, reconstruction: 0, masking: 'single-slot', units: 5 };
const WARM_UP: StepSettings = { ...JOINT, classification: 0 };

/** Data for some clips: noise as pixels, tube masks, one label per clip, slot labels for all clips except the last. */
function someData(settings: TrainingSettings, seed = 1): TrainingData {
  const data = emptyTrainingData(settings);
  const next = randomStream(seed, 'data');
  const clips = settings.steps * settings.microBatches * settings.step.clips;
  for (let i = 0; i < data.clip.length; i++) data.clip[i] = Math.floor(256 * next());
  const patches = patchesOf(SIZE);
  for (let clip = 0; clip < clips; clip++) {
    const order = Array.from({ length: patches }, (_, i) => i).sort(() => next() - 0.5);
    if (settings.step.masking === 'single-slot') {
      // All patches of one random slot, in order.
      for (let patch = 0; patch < patches; patch++) data.visible![clip * patches + patch] = BigInt((clip % SLOTS_PER_CLIP) * patches + patch);
      data.labels![clip * 7 + (clip % 7)] = 1;
      continue;
    }
    fillTokens(data.visible, settings.step.visibleTokens, clip, order);
    fillTokens(data.hidden, settings.step.decodedTokens, clip, order.reverse());
    if (data.labels === undefined || data.slotLabels === undefined) continue;
    data.labels[clip * 7 + (clip % 7)] = 1;
    if (clip < clips - 1) for (let slot = 0; slot < SLOTS_PER_CLIP; slot++) data.slotLabels[(clip * SLOTS_PER_CLIP + slot) * 7 + ((clip + slot) % 7)] = 1;
  }
  data.unitsKnown?.forEach((_, i, known) => (known[i] = i < (clips - 1) * settings.step.units && i % 3 > 0 ? 1 : 0));
  data.slotUnits?.forEach((_, i, units) => (units[i] = next()));
  data.tokenBudget?.fill(0.5);
  return data;
}

function fillTokens(into: BigInt64Array | undefined, count: number, clip: number, patches: readonly number[]): void {
  if (into === undefined) return;
  const perSlot = count / SLOTS_PER_CLIP;
  for (let i = 0; i < count; i++) into[clip * count + i] = BigInt(Math.floor(i / perSlot) * patchesOf(SIZE) + patches[i % perSlot]!);
}

const wrap = (settings: StepSettings): TrainingSettings => ({ step: settings, steps: 1, microBatches: 1, largestNorm: 1e9 });

/** Random values for all weights, so that no gradient is zero by symmetry. */
function randomStore(settings: StepSettings): ParameterStore {
  const probe = parametersOf(settings);
  const weights = (name: string, dims: readonly number[]): Float32Array => {
    const values = drawInitialValues({ kind: 'uniform', range: 0.4 }, name, elements(dims), 3);
    return name.endsWith('norm.weight') ? values.map((value) => 1 + value) : values;
  };
  return new ParameterStore([...probe.parameters.values()], weights, 0);
}

/** A parameter that has a gradient only with a soft mask. */
const TILT = 'head.slot_tilt';

describe('the gradient of the whole network agrees with finite differences', () => {
  test.each([
    ['both branches', JOINT],
    ['both branches, with action units', WITH_UNITS],
    ['single slots', SINGLE_SLOT],
    ['self-supervised alone', WARM_UP],
    ['classification with dropped tokens', DROPPING],
    ['the head alone', { ...DROPPING, learns: 'head' } as StepSettings],
    ['the head for action units alone', { ...DROPPING, units: 5, learns: 'units' } as StepSettings],
  ])('%s', async (_, settings) => {
    const store = randomStore(settings);
    const graph = new Graph('whole');
    const { losses } = stepLoss(settings, stepInputs(graph, settings));
    const parameters = [...graph.parameters.values()]
      .map(({ tensor }) => tensor)
      .filter(({ name }) => (settings.learns === 'all' || name.startsWith(`${settings.learns}.`)) && !(settings.masking === 'single-slot' && name === TILT));
    gradientsOf(losses.get('loss')!, parameters).forEach((gradient, i) => graph.output(`gradient ${parameters[i]!.name}`, gradient));
    graph.output('loss', losses.get('loss')!);
    const session = await loadGraph(writeOnnxWithWeightsAsInputs(graph), 'cpu', 2);
    const data = someData(wrap(settings));
    const run = async (): Promise<Record<string, ort.Tensor>> => {
      const feeds: Record<string, ort.Tensor> = {};
      for (const [name, { type, dims }] of dataTypes(settings)) feeds[name] = new ort.Tensor(type as 'float32', data[name] as Float32Array, dims as number[]);
      for (const name of store.names) feeds[name] = new ort.Tensor('float32', store.view('weights', name), store.dims(name));
      return session.run(feeds) as Promise<Record<string, ort.Tensor>>;
    };
    const first = await run();
    const analytic = new Map(parameters.map(({ name }) => [name, Float32Array.from(first[`gradient ${name}`]!.data as Float32Array)]));
    for (const { name } of parameters) {
      const gradient = analytic.get(name)!;
      const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
      expect(length, `${name} has a gradient`).toBeGreaterThan(0);
      const values = store.view('weights', name);
      const before = Float32Array.from(values);
      // The slope along the gradient is its norm. In a random direction it is the scalar product.
      const random = drawInitialValues({ kind: 'uniform', range: 1 }, `direction ${name}`, values.length, 1);
      const scale = Math.sqrt(random.reduce((sum, value) => sum + value * value, 0));
      for (const direction of [gradient.map((value) => value / length), random.map((value) => value / scale)]) {
        const expected = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
        const sides: number[] = [];
        // Large enough for single precision, small enough that the set of kept tokens does not change.
        const step = settings.masking === 'drop' ? 4e-3 : 1.5e-2;
        for (const sign of [1, -1]) {
          before.forEach((value, i) => (values[i] = value + sign * step * direction[i]!));
          sides.push(Number((await run())['loss']!.data[0]));
        }
        values.set(before);
        const numeric = (sides[0]! - sides[1]!) / (2 * step);
        expect(Math.abs(numeric - expected), `${name}: ${expected} for ${numeric}`).toBeLessThan(2e-3 + 0.03 * Math.abs(expected));
      }
    }
    await session.release();
  });
});

const OPTIMISER = { weightDecay: 0.05, layerDecay: 0.75, averageKeeps: 0.99 };

async function train(settings: TrainingSettings, runs: number, rate = 0.01): Promise<{ store: ParameterStore; losses: number[]; norms: number[] }> {
  const store = randomStore(settings.step);
  const learner = await Learner.load(settings, store, OPTIMISER, 'cpu', 2);
  const losses: number[] = [];
  const norms: number[] = [];
  for (let i = 0; i < runs; i++) {
    const rates = Array.from({ length: settings.steps }, () => rate);
    const result = await learner.run(someData({ ...settings, steps: settings.steps }, 5), rates);
    losses.push(...result.losses.loss!);
    norms.push(...result.norms);
  }
  await learner.release();
  return { store, losses, norms };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

describe('the training graph', () => {
  test('takes AdamW steps as defined in the paper, with layer decay and clipping to a norm', async () => {
    const settings: TrainingSettings = { step: JOINT, steps: 1, microBatches: 1, largestNorm: 0.5 };
    const start = randomStore(JOINT);
    const expected = randomStore(JOINT);
    const learner = await Learner.load(settings, start, OPTIMISER, 'cpu', 2);
    // The first moment is a sum and begins at zero, so after one step it equals the gradient.
    const data = someData(settings);
    const { norms } = await learner.run(data, [0.01]);
    expect(norms[0]).toBeGreaterThan(0.5);
    for (const { part, decays, start: from, end } of expected.groups) {
      const layer = part === 'patch_embed' ? 4 : part.startsWith('blocks.') ? 3 - Number(part.slice(7)) : 0;
      const rate = 0.01 * 0.75 ** layer;
      for (let i = from; i < end; i++) {
        const gradient = start.arrays.first[i]!;
        const w = expected.arrays.weights[i]!;
        const m = (0.1 * gradient) / (1 - 0.9);
        const v = (0.001 * gradient * gradient) / (1 - 0.999);
        expected.arrays.weights[i] = w - (rate * m) / (Math.sqrt(v) + 1e-8) - (decays ? rate * 0.05 * w : 0);
      }
    }
    const clipped = Math.sqrt(start.arrays.first.reduce((sum, value) => sum + value ** 2, 0));
    expect(clipped).toBeCloseTo(0.5, 3);
    expect(largestDifference(start.arrays.weights, expected.arrays.weights)).toBeLessThan(2e-5);
    await learner.release();
  });

  test('takes Muon steps for the matrices of the blocks and AdamW steps for all other parameters', async () => {
    const settings: TrainingSettings = { step: JOINT, steps: 1, microBatches: 1, largestNorm: 1e9, matrices: 'muon' };
    const [store, before, adamW] = [randomStore(JOINT), randomStore(JOINT), randomStore(JOINT)];
    const learner = await Learner.load(settings, store, OPTIMISER, 'cpu', 2);
    const other = await Learner.load({ ...settings, matrices: 'adamw' }, adamW, OPTIMISER, 'cpu', 2);
    await learner.run(someData(settings), [0.01]);
    await other.run(someData(settings), [0.01]);
    for (const { name, part, decays, start, end } of store.groups) {
      if (!(decays && part.startsWith('blocks.'))) {
        expect(largestDifference(store.arrays.weights.subarray(start, end), adamW.arrays.weights.subarray(start, end))).toBeLessThan(1e-6);
        continue;
      }
      const [rows, columns] = store.dims(name) as [number, number];
      const rate = 0.01 * 0.75 ** (3 - Number(part.slice(7)));
      // The update in units in which an orthogonal matrix has the square root of its shorter side as its norm.
      const unit = rate * LIKE_ADAMW * Math.sqrt(Math.max(rows, columns));
      const step = Array.from(
        { length: end - start },
        (_, i) => (before.arrays.weights[start + i]! * (1 - rate * 0.05) - store.arrays.weights[start + i]!) / unit,
      );
      const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
      const at = (r: number, c: number): number => (rows <= columns ? step[r * columns + c]! : step[c * columns + r]!);
      const gram = Array.from({ length: short * short }, (_, i) => {
        const [a, b] = [Math.floor(i / short), i % short];
        return Array.from({ length: long }, (__, k) => at(a, k) * at(b, k)).reduce((sum, value) => sum + value, 0);
      });
      const trace = Array.from({ length: short }, (_, i) => gram[i * short + i]!).reduce((sum, value) => sum + value, 0);
      // With singular values near 1, their squares add up to the shorter side (the smallest ones may stay below 1).
      expect(trace / short, name).toBeGreaterThan(0.1);
      expect(trace / short, name).toBeLessThan(1.3);
      // The update goes down the gradient: in the first step the momentum equals the gradient.
      const along = step.reduce((sum, value, i) => sum + value * store.arrays.first[start + i]!, 0);
      expect(along, name).toBeGreaterThan(0);
    }
    await Promise.all([learner.release(), other.release()]);
  });

  test('gives the same result from one run of four steps as from four runs of one step', async () => {
    const four = { step: JOINT, steps: 4, microBatches: 1, largestNorm: 1 };
    const data = someData(four, 5);
    const single = { ...four, steps: 1 };
    const together = randomStore(JOINT);
    const apart = randomStore(JOINT);
    const [a, b] = [await Learner.load(four, together, OPTIMISER, 'cpu', 2), await Learner.load(single, apart, OPTIMISER, 'cpu', 2)];
    const result = await a.run(data, [0.01, 0.008, 0.006, 0.004]);
    const losses: number[] = [];
    for (const [i, rate] of [0.01, 0.008, 0.006, 0.004].entries()) {
      const part = Object.fromEntries(
        Object.entries(data).map(([name, values]: [string, Uint8Array]) => [name, values.slice((i * values.length) / 4, ((i + 1) * values.length) / 4)]),
      ) as unknown as TrainingData;
      losses.push(...(await b.run(part, [rate])).losses.loss!);
    }
    result.losses.loss!.forEach((loss, i) => expect(loss).toBeCloseTo(losses[i]!, 5));
    for (const array of STATE_ARRAYS) expect(largestDifference(together.arrays[array], apart.arrays[array])).toBeLessThan(1e-5);
    expect(together.stepsOf).toEqual(apart.stepsOf);
    await Promise.all([a.release(), b.release()]);
  });

  test('gives the same result from two micro-batches of two clips as from one of four clips', async () => {
    const [whole, halves] = [
      await train({ step: { ...JOINT, clips: 4 }, steps: 1, microBatches: 1, largestNorm: 1 }, 1),
      await train({ step: { ...JOINT, clips: 2 }, steps: 1, microBatches: 2, largestNorm: 1 }, 1),
    ];
    expect(halves.losses[0]).toBeCloseTo(whole.losses[0]!, 4);
    expect(halves.norms[0]! / whole.norms[0]!).toBeCloseTo(1, 4);
    expect(largestDifference(whole.store.arrays.first, halves.store.arrays.first)).toBeLessThan(1e-5);
  });

  test('learns: the loss on the same clips decreases', async () => {
    for (const step of [JOINT, WARM_UP, DROPPING]) {
      const { losses } = await train({ step, steps: 5, microBatches: 1, largestNorm: 1 }, 12, 0.005);
      expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    }
  });

  test('of the head alone does not change other weights', async () => {
    const settings: TrainingSettings = { step: { ...DROPPING, learns: 'head' }, steps: 2, microBatches: 1, largestNorm: 1 };
    const before = randomStore(settings.step);
    const { store } = await train(settings, 1);
    for (const name of store.names) {
      const moved = largestDifference(store.view('weights', name), before.view('weights', name));
      if (name.startsWith('head.')) expect(moved).toBeGreaterThan(0);
      else expect(moved).toBe(0);
    }
  });

  test('that diverges throws an error and does not change the weights', async () => {
    const settings: TrainingSettings = { step: JOINT, steps: 1, microBatches: 1, largestNorm: 1 };
    const store = randomStore(JOINT);
    store.view('weights', 'blocks.1.mlp.fc1.weight').fill(Infinity);
    const before = Float32Array.from(store.arrays.weights);
    const learner = await Learner.load(settings, store, OPTIMISER, 'cpu', 2);
    await expect(learner.run(someData(settings), [0.01])).rejects.toMatchObject({ code: 'training-diverged' });
    expect(store.arrays.weights).toEqual(before);
    await learner.release();
  });
});
