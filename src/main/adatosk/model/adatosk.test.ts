import * as ort from '../runtime/onnxruntime.ts';
import { describe, expect, test } from 'vitest';
import { erf, referenceNetwork } from '../../../../testing/reference-network.ts';
import { costByPart, multiplyAddsAt, parameterCount } from './cost.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { drawInitialValues } from '../graph/initial-values.ts';
import { buildInferenceGraph, INPUTS, OUTPUTS, UNITS_HEAD } from './adatosk.ts';
import { buildProcessorGraph } from './processor-graph.ts';
import { readOnnx, writeOnnx } from '../onnx/file.ts';
import type { NetworkSize } from './config.ts';
import { FRAMES_PER_CLIP, patchesOf, SIZES, SLOTS_PER_CLIP, tokensKept, tokensOf } from './config.ts';

const SMALL: NetworkSize = { name: 'tiny', width: 24, heads: 3, blocks: 4, blocksBeforeMask: 2, cropSide: 32, defaultTokenBudget: 0.5 };

/** Random values for all weights, including norms and biases, so that the test notices a weight that the graph ignores. */
function randomModel(size: NetworkSize, units = 0): Uint8Array {
  return writeOnnx(
    buildInferenceGraph(size, units),
    (name, dims) => {
      const count = dims.reduce((product, dim) => product * dim, 1);
      const values = drawInitialValues({ kind: 'uniform', range: name.endsWith('norm.weight') ? 0.5 : 0.3 }, name, count, 5);
      return name.endsWith('norm.weight') ? values.map((value) => 1 + value) : values;
    },
    0,
  );
}

function randomClip(size: NetworkSize, seed: number, batch = 1): Float32Array {
  return Float32Array.from({ length: batch * FRAMES_PER_CLIP * size.cropSide ** 2 * 3 }, randomStream(seed, 'test clip'));
}

async function runModel(bytes: Uint8Array, size: NetworkSize, clip: Float32Array, budget: number, batch = 1): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const outputs = await session.run({
    [INPUTS.clip]: new ort.Tensor('float32', clip, [batch, FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]),
    [INPUTS.tokenBudget]: new ort.Tensor('float32', [budget], [1]),
  });
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-4): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value), `value ${i}: ${actual[i]} for ${value}`).toBeLessThan(tolerance));
}

describe('the graph agrees with a direct implementation of the formulas', () => {
  const bytes = randomModel(SMALL, 5);
  const { weights } = readOnnx(bytes);

  test.each([1, 0.5, 0.25, 0.01])('at token budget %s', async (budget) => {
    const clip = randomClip(SMALL, 3);
    const outputs = await runModel(bytes, SMALL, clip, budget);
    const expected = referenceNetwork(SMALL, weights, clip, budget);
    expectClose(outputs[OUTPUTS.classAgnostic]!, expected.classAgnostic.flat());
    expectClose(outputs[OUTPUTS.classSemantic]!, expected.classSemantic.flat());
    expectClose(outputs[OUTPUTS.final]!, expected.final.flat());
    expectClose(outputs[OUTPUTS.similarity]!, expected.similarity.flat());
    expectClose(outputs[OUTPUTS.probabilities]!, expected.probabilities);
    expectClose(outputs[OUTPUTS.slotProbabilities]!, expected.slotProbabilities.flat());
    expectClose(outputs[OUTPUTS.actionUnits]!, expected.actionUnits.flat());
    expectClose(outputs[OUTPUTS.tokensKept]!, [expected.kept.length]);
  });

  test('the erf of the reference implementation is correct', () => {
    expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 14);
    expect(erf(-1)).toBeCloseTo(-0.8427007929497149, 14);
    expect(erf(3.5)).toBeCloseTo(0.9999992569016276, 14);
  });

  test('clips of a batch do not influence each other', async () => {
    const clips = randomClip(SMALL, 9, 3);
    const together = await runModel(bytes, SMALL, clips, 0.5, 3);
    const length = clips.length / 3;
    for (let i = 0; i < 3; i++) {
      const alone = await runModel(bytes, SMALL, clips.slice(i * length, (i + 1) * length), 0.5);
      for (const name of [OUTPUTS.probabilities, OUTPUTS.final]) {
        const size = alone[name]!.length;
        expectClose(together[name]!.subarray(i * size, (i + 1) * size), [...alone[name]!], 1e-5);
      }
    }
  });
});

describe('the soft masks have the properties that their names promise', () => {
  const bytes = writeOnnx(buildInferenceGraph(SMALL), () => undefined, 1);
  const perSlot = (values: Float32Array): number[] =>
    Array.from(
      { length: SLOTS_PER_CLIP },
      (_, t) => values.subarray(t * patchesOf(SMALL), (t + 1) * patchesOf(SMALL)).reduce((sum, value) => sum + value, 0) / patchesOf(SMALL),
    );

  /** A clip with one picture before a given frame and another picture from that frame on. */
  function change(at: number): Float32Array {
    const [before, after] = [randomClip(SMALL, 1), randomClip(SMALL, 2)];
    const frame = before.length / FRAMES_PER_CLIP;
    return Float32Array.from(before, (_, i) => (Math.floor(i / frame) < at ? before : after)[i % frame]!);
  }

  test('the class-agnostic weight is highest on both sides of a change', async () => {
    const weights = perSlot((await runModel(bytes, SMALL, change(8), 1))[OUTPUTS.classAgnostic]!);
    const order = weights.map((_, t) => t).sort((a, b) => weights[b]! - weights[a]!);
    expect(new Set(order.slice(0, 2))).toEqual(new Set([3, 4]));
  });

  test('a clip without motion has lower class-agnostic weights than a clip that changes', async () => {
    const still = perSlot((await runModel(bytes, SMALL, change(16), 1))[OUTPUTS.classAgnostic]!);
    const moving = perSlot((await runModel(bytes, SMALL, randomClip(SMALL, 4), 1))[OUTPUTS.classAgnostic]!);
    expect(Math.max(...still)).toBeLessThan(Math.min(...moving));
  });

  test('all weights and probabilities lie in 0..1 and probabilities add up to 1', async () => {
    const outputs = await runModel(bytes, SMALL, randomClip(SMALL, 6), 0.5);
    for (const name of [OUTPUTS.classAgnostic, OUTPUTS.classSemantic, OUTPUTS.final]) {
      for (const value of outputs[name]!) expect(value > 0 && value < 1).toBe(true);
    }
    expect(outputs[OUTPUTS.probabilities]!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(outputs[OUTPUTS.slotProbabilities]!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(SLOTS_PER_CLIP, 5);
  });
});

describe('sizes and costs', () => {
  test('base stays within its limits: 74 to 78 M parameters, 43 G multiply-adds at the default budget, 82 G at 1', () => {
    const graph = buildInferenceGraph(SIZES.base);
    expect(parameterCount(graph)).toBeGreaterThan(74e6);
    expect(parameterCount(graph)).toBeLessThan(78e6);
    expect(multiplyAddsAt(SIZES.base, SIZES.base.defaultTokenBudget, graph)).toBeLessThan(43e9);
    expect(multiplyAddsAt(SIZES.base, 1, graph)).toBeLessThan(82e9);
  });

  test('a block costs 12 n d² + 2 n² d multiply-adds, both before and after the mask', () => {
    const size = SIZES.tiny;
    const parts = new Map(costByPart(buildInferenceGraph(size), 100).map(({ part, multiplyAdds }) => [part, multiplyAdds]));
    const block = (n: number): number => 12 * n * size.width ** 2 + 2 * n ** 2 * size.width;
    expect(parts.get('blocks.0')).toBe(block(tokensOf(size)));
    expect(parts.get(`blocks.${size.blocks - 1}`)).toBe(block(100));
    expect(parts.get('patch_embed')).toBe(tokensOf(size) * 1536 * size.width);
  });

  test('the graph and tokensKept agree on the number of tokens that a budget keeps', async () => {
    const bytes = writeOnnx(buildInferenceGraph(SMALL), () => undefined, 1);
    const clip = randomClip(SMALL, 1);
    for (const budget of [0, 0.001, 0.1, 0.3, 0.5, 0.7, 0.99, 1, 2]) {
      expect((await runModel(bytes, SMALL, clip, budget))[OUTPUTS.tokensKept]![0], `budget ${budget}`).toBe(tokensKept(SMALL, budget));
    }
    expect([0.1, 0.4, 0.5].map((budget) => tokensKept(SIZES.base, budget))).toEqual([80, 320, 400]);
  });
});

describe('the graph for processors', () => {
  const bytes = randomModel(SMALL);
  const { weights } = readOnnx(bytes);
  const read = (name: string): Float32Array => weights.get(name)!.values;
  const random = randomStream(4, 'bytes of a clip');
  const { cropSide: side } = SMALL;
  const pixels = Uint8Array.from({ length: FRAMES_PER_CLIP * side ** 2 * 3 }, () => 256 * random());
  const mirrored = Uint8Array.from(pixels, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    return pixels[3 * (pixel - (pixel % side) + side - 1 - (pixel % side)) + channel]!;
  });
  const runBytes = async (isMirrored: boolean): Promise<Record<string, Float32Array>> => {
    const session = await ort.InferenceSession.create(writeOnnx(buildProcessorGraph(SMALL, read, isMirrored), read, 0), { logSeverityLevel: 3 });
    const outputs = await session.run({
      [INPUTS.clip]: new ort.Tensor('uint8', pixels, [1, FRAMES_PER_CLIP, side, side, 3]),
      [INPUTS.tokenBudget]: new ort.Tensor('float32', [0.7], [1]),
    });
    await session.release();
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  };
  const floats = (values: Uint8Array): Promise<Record<string, Float32Array>> =>
    runModel(
      bytes,
      SMALL,
      Float32Array.from(values, (value) => value / 255),
      0.7,
    );

  test('has the masks of the graph of floats, and its probabilities but for rounding', async () => {
    const [fast, exact] = [await runBytes(false), await floats(pixels)];
    for (const name of [OUTPUTS.classAgnostic, OUTPUTS.classSemantic, OUTPUTS.final, OUTPUTS.similarity]) expectClose(fast[name]!, [...exact[name]!], 2e-3);
    for (const name of [OUTPUTS.probabilities, OUTPUTS.slotProbabilities]) expectClose(fast[name]!, [...exact[name]!], 0.02);
  });

  test('returns the outputs of the mirror image after those of the clip', async () => {
    const both = await runBytes(true);
    for (const [half, values] of [pixels, mirrored].entries()) {
      const exact = await floats(values);
      for (const name of [OUTPUTS.final, OUTPUTS.probabilities]) {
        const { length } = exact[name]!;
        expectClose(both[name]!.subarray(half * length, (half + 1) * length), [...exact[name]!], 0.02);
      }
    }
  });
});

describe('the head for action units', () => {
  const UNITS = 5;
  const bytes = randomModel(SMALL, UNITS);
  const { weights, outputs: names } = readOnnx(bytes);
  const read = (name: string): Float32Array => weights.get(name)!.values;
  const random = randomStream(4, 'bytes of a clip');
  const pixels = Uint8Array.from({ length: FRAMES_PER_CLIP * SMALL.cropSide ** 2 * 3 }, () => 256 * random());
  const clip = Float32Array.from(pixels, (value) => value / 255);

  test('is one more output of slots by units, 0 to 1, and changes no other output', async () => {
    expect(names).toContain(OUTPUTS.actionUnits);
    expect(readOnnx(randomModel(SMALL)).outputs).not.toContain(OUTPUTS.actionUnits);
    expect(weights.get(UNITS_HEAD.weight)!.dims).toEqual([SMALL.width, UNITS]);
    const [outputs, without] = [await runModel(bytes, SMALL, clip, 0.7), await runModel(randomModel(SMALL), SMALL, clip, 0.7)];
    const units = outputs[OUTPUTS.actionUnits]!;
    expect(units).toHaveLength(SLOTS_PER_CLIP * UNITS);
    expect(units.every((value) => value > 0 && value < 1)).toBe(true);
    for (const [name, values] of Object.entries(without)) expectClose(outputs[name]!, [...values], 1e-6);
  });

  test('is in the graph of whole numbers, too', async () => {
    const session = await ort.InferenceSession.create(writeOnnx(buildProcessorGraph(SMALL, read, true, UNITS), read, 0), { logSeverityLevel: 3 });
    const both = await session.run({
      [INPUTS.clip]: new ort.Tensor('uint8', pixels, [1, FRAMES_PER_CLIP, SMALL.cropSide, SMALL.cropSide, 3]),
      [INPUTS.tokenBudget]: new ort.Tensor('float32', [0.7], [1]),
    });
    await session.release();
    expect(both[OUTPUTS.actionUnits]!.dims).toEqual([2, SLOTS_PER_CLIP, UNITS]);
    const exact = await runModel(bytes, SMALL, clip, 0.7);
    expectClose((both[OUTPUTS.actionUnits]!.data as Float32Array).subarray(0, SLOTS_PER_CLIP * UNITS), [...exact[OUTPUTS.actionUnits]!], 0.03);
  });
});
