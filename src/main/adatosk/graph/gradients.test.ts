import * as ort from '../runtime/onnxruntime.ts';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../shared/domain/random.ts';
import { twoLayers } from '../model/encoder.ts';
import { gradientsOf } from './gradients.ts';
import { Graph } from './graph.ts';
import { writeOnnx } from '../onnx/file.ts';
import * as op from './ops.ts';
import type { Tensor } from './tensor.ts';
import { elements } from './tensor.ts';

/** Uniform in low..high. */
function draw(count: number, name: string, low = -1, high = 1): Float32Array {
  const next = randomStream(11, name);
  return Float32Array.from({ length: count }, () => low + (high - low) * next());
}

interface Case {
  readonly build: (graph: Graph, x: Tensor, y: Tensor, z: Tensor) => Tensor;
  readonly dims: readonly (readonly number[])[];
  /** Range of the inputs' values. */
  readonly low?: number;
  readonly high?: number;
}

/**
 * The loss is the sum of the outputs, each times a fixed random number, so that no error can cancel out. Every
 * single derivative is held against the central difference of two runs.
 */
async function check({ build, dims, low = -1, high = 1 }: Case): Promise<void> {
  const graph = new Graph('case');
  const inputs = dims.map((each, i) => graph.input(`in${i}`, each));
  const result = build(graph, inputs[0]!, inputs[1]!, inputs[2]!);
  const weights = graph.constant(draw(elements(result.dims), 'weights'), result.dims as number[], 'weights');
  const product = op.multiply(graph, result, weights);
  const loss = op.reduceSum(
    graph,
    product,
    product.dims.map((_, axis) => axis),
  );
  const gradients = gradientsOf(graph, loss, inputs);
  gradients.forEach((gradient, i) => graph.output(`gradient${i}`, gradient));
  graph.output('loss', loss);
  const session = await ort.InferenceSession.create(
    writeOnnx(graph, () => undefined, 0),
    { logSeverityLevel: 3 },
  );
  const values = dims.map((each, i) => draw(elements(each), `in${i}`, low, high));
  const run = async (): Promise<Awaited<ReturnType<ort.InferenceSession['run']>>> =>
    session.run(Object.fromEntries(values.map((each, i) => [`in${i}`, new ort.Tensor('float32', each, dims[i]!)])));
  const analytic = await run();
  for (const [i, each] of values.entries()) {
    const gradient = analytic[`gradient${i}`]!.data as Float32Array;
    expect(gradient).toHaveLength(each.length);
    expect(
      gradient.some((value) => value !== 0),
      'some derivative is not zero',
    ).toBe(true);
    for (let k = 0; k < each.length; k++) {
      const step = 5e-3;
      const at = each[k]!;
      const losses: number[] = [];
      for (const moved of [at + step, at - step]) {
        each[k] = moved;
        losses.push(((await run())['loss']!.data as Float32Array)[0]!);
      }
      each[k] = at;
      const numeric = (losses[0]! - losses[1]!) / (2 * step);
      expect(Math.abs(gradient[k]! - numeric), `input ${i}, element ${k}: ${gradient[k]} for ${numeric}`).toBeLessThan(1.5e-3 + 4e-3 * Math.abs(numeric));
    }
  }
  await session.release();
}

const positive = { low: 0.5, high: 2 };
const CASES: Readonly<Record<string, Case>> = {
  add: { build: op.add, dims: [[2, 3], [3]] },
  'add, both repeated': {
    build: op.add,
    dims: [
      [2, 1, 3],
      [4, 1],
    ],
  },
  subtract: { build: op.subtract, dims: [[2, 3], [3]] },
  multiply: { build: op.multiply, dims: [[2, 3], [1]] },
  divide: {
    build: op.divide,
    dims: [
      [2, 3],
      [2, 1],
    ],
    ...positive,
  },
  negate: { build: op.negate, dims: [[4]] },
  'square root': { build: op.squareRoot, dims: [[4]], ...positive },
  exponential: { build: op.exponential, dims: [[4]] },
  logarithm: { build: op.logarithm, dims: [[4]], ...positive },
  sigmoid: { build: op.sigmoid, dims: [[4]], low: -3, high: 3 },
  softplus: { build: op.softplus, dims: [[4]], low: -3, high: 3 },
  'error function': { build: op.errorFunction, dims: [[6]], low: -2, high: 2 },
  'two layers with a GELU': { build: (graph, x) => op.matMul(graph, x, twoLayers(graph, ['a', 'b'], x, 4, 5, 3)), dims: [[4, 4]], low: -2, high: 2 },
  'matrix product': {
    build: op.matMul,
    dims: [
      [3, 4],
      [4, 2],
    ],
  },
  'matrix product of a batch by a weight': {
    build: op.matMul,
    dims: [
      [2, 3, 4],
      [4, 2],
    ],
  },
  'matrix product of two batches': {
    build: op.matMul,
    dims: [
      [2, 2, 3, 4],
      [2, 2, 4, 2],
    ],
  },
  'matrix product, left repeated': {
    build: op.matMul,
    dims: [
      [1, 3],
      [2, 3, 4],
    ],
  },
  softmax: { build: (graph, x) => op.softmax(graph, x), dims: [[3, 4]] },
  'softmax of another axis': { build: (graph, x) => op.softmax(graph, x, 1), dims: [[2, 3, 2]] },
  'log softmax': { build: (graph, x) => op.logSoftmax(graph, x), dims: [[3, 4]] },
  'layer normalization': { build: (graph, x, scale, bias) => op.layerNormalization(graph, x, scale, bias, 1e-5), dims: [[3, 4], [4], [4]], ...positive },
  'layer normalization of a batch': {
    build: (graph, x, scale, bias) => op.layerNormalization(graph, x, scale, bias, 1e-5),
    dims: [[2, 3, 4], [4], [4]],
    ...positive,
  },
  reshape: { build: (graph, x) => op.reshape(graph, x, [3, 4]), dims: [[2, 6]] },
  transpose: { build: (graph, x) => op.transpose(graph, x, [2, 0, 1]), dims: [[2, 3, 4]] },
  slice: { build: (graph, x) => op.slice(graph, x, 1, 1, 3), dims: [[2, 4]] },
  pad: { build: (graph, x) => op.pad(graph, x, 1, 2, 1), dims: [[2, 3]] },
  concat: {
    build: (graph, x, y) => op.concat(graph, [x, y], 1),
    dims: [
      [2, 3],
      [2, 2],
    ],
  },
  split: {
    build: (graph, x) => {
      const [a, b] = op.split(graph, x, 1, [1, 2]);
      return op.multiply(graph, a!, b!);
    },
    dims: [[2, 3]],
  },
  squeeze: { build: (graph, x) => op.squeeze(graph, x, 1), dims: [[2, 1, 3]] },
  'reduce sum': { build: (graph, x) => op.reduceSum(graph, x, [1]), dims: [[2, 3, 2]] },
  'reduce sum, axes kept': { build: (graph, x) => op.reduceSum(graph, x, [0, 2], true), dims: [[2, 3, 2]] },
  'reduce mean': { build: (graph, x) => op.reduceMean(graph, x, [-1]), dims: [[2, 3, 2]] },
  'expand to': {
    build: (graph, x, y) => op.multiply(graph, op.expandTo(graph, x, y), y),
    dims: [
      [2, 1, 3],
      [2, 4, 3],
    ],
  },
  'gather rows': { build: (graph, x) => op.gatherRows(graph, x, graph.integers([2, 0, 1, 3], [2, 2, 1])), dims: [[2, 4, 3]] },
  'scatter rows': { build: (graph, x) => op.scatterRows(graph, [2, 4, 3], graph.integers([2, 0, 1, 3], [2, 2, 1]), x), dims: [[2, 2, 3]] },
  'the k largest, values and rows': {
    build: (graph, x, rows) => {
      const { values, places } = op.topK(graph, x, graph.integers([2]), 'kept');
      const chosen = op.gatherRows(graph, rows, op.reshape(graph, places, [2, 'kept', 1]));
      const each = op.matMul(graph, op.reshape(graph, values, [2, 1, 'kept']), chosen);
      return op.reshape(graph, each, [2, 3]);
    },
    dims: [
      [2, 4],
      [2, 4, 3],
    ],
  },
  'a value used twice': { build: (graph, x) => op.multiply(graph, x, op.sigmoid(graph, x)), dims: [[4]] },
};

describe('the gradient of each operation agrees with finite differences', () => {
  test.each(Object.entries(CASES))('%s', async (_, each) => check(each));

  test('no differentiable operation is left out', () => {
    const constants = ['minimum', 'maximum', 'ceiling', 'cast', 'shapeOf', 'lookUp', 'scan'];
    const covered: Readonly<Record<string, string>> = {
      squareRoot: 'square root',
      errorFunction: 'error function',
      matMul: 'matrix product',
      logSoftmax: 'log softmax',
      layerNormalization: 'layer normalization',
      reduceSum: 'reduce sum',
      reduceMean: 'reduce mean',
      expandTo: 'expand to',
      gatherRows: 'gather rows',
      scatterRows: 'scatter rows',
      topK: 'the k largest, values and rows',
    };
    for (const name of Object.keys(op)) if (!constants.includes(name)) expect(Object.keys(CASES)).toContain(covered[name] ?? name);
  });
});

describe('differentiation is refused with a reason', () => {
  test('where the loss is not one number', () => {
    const graph = new Graph('wrong');
    const x = graph.input('x', [2]);
    expect(() => gradientsOf(graph, op.exponential(graph, x), [x])).toThrow(/one number, not float32\[2\]/);
  });

  test('where the loss does not depend on a wanted tensor', () => {
    const graph = new Graph('wrong');
    const [x, y] = [graph.input('x', [2]), graph.input('y', [2])];
    expect(() => gradientsOf(graph, op.reduceSum(graph, x, [0]), [y])).toThrow(/does not depend on 'y'/);
  });
});
