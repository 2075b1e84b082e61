import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../shared/basics/random.ts';
import { mlp } from '../model/encoder.ts';
import { writeOnnx } from '../onnx/file.ts';
import * as ort from '../runtime/onnxruntime.ts';
import { gradientsOf } from './gradients.ts';
import { Graph } from './graph.ts';
import { Tensor } from './tensor.ts';
import { elements } from './tensor-type.ts';

/** Uniform random values in low..high. */
function draw(count: number, name: string, low = -1, high = 1): Float32Array {
  const next = randomStream(11, name);
  return Float32Array.from({ length: count }, () => low + (high - low) * next());
}

interface Case {
  readonly build: (x: Tensor, y: Tensor, z: Tensor) => Tensor;
  readonly dims: readonly (readonly number[])[];
  /** Range of the inputs' values. */
  readonly low?: number;
  readonly high?: number;
}

/**
 * The loss is the sum of the outputs, each times a fixed random number, so that errors cannot cancel out. Every derivative
 * is compared with the central difference of two runs.
 */
async function check({ build, dims, low = -1, high = 1 }: Case): Promise<void> {
  const graph = new Graph('case');
  const inputs = dims.map((each, i) => graph.input(`in${i}`, each));
  const result = build(inputs[0]!, inputs[1]!, inputs[2]!);
  const weights = graph.constant(draw(elements(result.dims), 'weights'), result.dims as number[], 'weights');
  const loss = result.mul(weights).sum();
  const gradients = gradientsOf(loss, inputs);
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
const indices = ({ graph }: Tensor): Tensor => graph.integers([2, 0, 1, 3], [2, 2, 1]);

/** Keys: 'OPERATION' or 'OPERATION: special case'. */
const CASES: Readonly<Record<string, Case>> = {
  add: { build: (x, y) => x.add(y), dims: [[2, 3], [3]] },
  'add: both repeated': {
    build: (x, y) => x.add(y),
    dims: [
      [2, 1, 3],
      [4, 1],
    ],
  },
  'add: a number': { build: (x) => x.add(2), dims: [[2, 3]] },
  sub: { build: (x, y) => x.sub(y), dims: [[2, 3], [3]] },
  mul: { build: (x, y) => x.mul(y), dims: [[2, 3], [1]] },
  'mul: a value used twice': { build: (x) => x.mul(x.sigmoid()), dims: [[4]] },
  div: {
    build: (x, y) => x.div(y),
    dims: [
      [2, 3],
      [2, 1],
    ],
    ...positive,
  },
  neg: { build: (x) => x.neg(), dims: [[4]] },
  sqrt: { build: (x) => x.sqrt(), dims: [[4]], ...positive },
  exp: { build: (x) => x.exp(), dims: [[4]] },
  log: { build: (x) => x.log(), dims: [[4]], ...positive },
  sigmoid: { build: (x) => x.sigmoid(), dims: [[4]], low: -3, high: 3 },
  softplus: { build: (x) => x.softplus(), dims: [[4]], low: -3, high: 3 },
  erf: { build: (x) => x.erf(), dims: [[6]], low: -2, high: 2 },
  'erf: in two layers with a GELU': { build: (x) => x.matMul(mlp(x, 3, 5)), dims: [[4, 4]], low: -2, high: 2 },
  matMul: {
    build: (x, y) => x.matMul(y),
    dims: [
      [3, 4],
      [4, 2],
    ],
  },
  'matMul: a batch by a weight': {
    build: (x, y) => x.matMul(y),
    dims: [
      [2, 3, 4],
      [4, 2],
    ],
  },
  'matMul: two batches': {
    build: (x, y) => x.matMul(y),
    dims: [
      [2, 2, 3, 4],
      [2, 2, 4, 2],
    ],
  },
  'matMul: left repeated': {
    build: (x, y) => x.matMul(y),
    dims: [
      [1, 3],
      [2, 3, 4],
    ],
  },
  softmax: { build: (x) => x.softmax(), dims: [[3, 4]] },
  'softmax: another axis': { build: (x) => x.softmax(1), dims: [[2, 3, 2]] },
  logSoftmax: { build: (x) => x.logSoftmax(), dims: [[3, 4]] },
  layerNorm: { build: (x, weight, bias) => x.layerNorm(weight, bias, 1e-5), dims: [[3, 4], [4], [4]], ...positive },
  'layerNorm: a batch': { build: (x, weight, bias) => x.layerNorm(weight, bias, 1e-5), dims: [[2, 3, 4], [4], [4]], ...positive },
  sum: { build: (x) => x.sum([1]), dims: [[2, 3, 2]] },
  'sum: axes kept': { build: (x) => x.sum([0, 2], { keepDims: true }), dims: [[2, 3, 2]] },
  'sum: all axes': { build: (x) => x.sum(), dims: [[2, 3]] },
  mean: { build: (x) => x.mean([-1]), dims: [[2, 3, 2]] },
  'mean: all axes': { build: (x) => x.mean(), dims: [[2, 3]] },
  expandAs: {
    build: (x, y) => x.expandAs(y).mul(y),
    dims: [
      [2, 1, 3],
      [2, 4, 3],
    ],
  },
  sumToSize: { build: (x) => x.sumToSize([2, 1, 3]), dims: [[2, 4, 3]] },
  'sumToSize: fewer axes': { build: (x) => x.sumToSize([1, 3]), dims: [[2, 4, 3]] },
  'sumToSize: rows': { build: (x) => x.sumToSize([3]), dims: [[2, 4, 3]] },
  reshape: { build: (x) => x.reshape([3, 4]), dims: [[2, 6]] },
  transpose: { build: (x) => x.transpose(0, -1), dims: [[2, 3, 4]] },
  permute: { build: (x) => x.permute([2, 0, 1]), dims: [[2, 3, 4]] },
  slice: { build: (x) => x.slice(1, 1, 3), dims: [[2, 4]] },
  pad: { build: (x) => x.pad(1, 2, 1), dims: [[2, 3]] },
  concat: {
    build: (x, y) => Tensor.concat([x, y], 1),
    dims: [
      [2, 3],
      [2, 2],
    ],
  },
  split: {
    build: (x) => {
      const [a, b] = x.split([1, 2], 1);
      return a!.mul(b!);
    },
    dims: [[2, 3]],
  },
  unbind: {
    build: (x) => {
      const [a, b] = x.unbind(1);
      return a!.mul(b!);
    },
    dims: [[2, 2, 3]],
  },
  squeeze: { build: (x) => x.squeeze(1), dims: [[2, 1, 3]] },
  gatherRows: { build: (x) => x.gatherRows(indices(x)), dims: [[2, 4, 3]] },
  scatterRows: { build: (x) => x.scatterRows(indices(x), [2, 4, 3]), dims: [[2, 2, 3]] },
  'topK: values and rows': {
    build: (x, rows) => {
      const top = x.topK(x.graph.integers([2]), 'kept');
      const chosen = rows.gatherRows(top.indices.reshape([2, 'kept', 1]));
      return top.values.reshape([2, 1, 'kept']).matMul(chosen).reshape([2, 3]);
    },
    dims: [
      [2, 4],
      [2, 4, 3],
    ],
  },
};

/** Operations without a gradient. */
const WITHOUT_GRADIENT: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  minimum: (x) => x.minimum(2),
  maximum: (x) => x.maximum(2),
  ceil: (x) => x.ceil(),
  cast: (x) => x.cast('int64').cast('float32'),
  embedding: (x) => x.embedding(x.graph.integers([1, 0], [2, 1, 1])),
  scan: (x) => {
    const body = new Graph('body', 'body/');
    body.output('twice', body.input('row', [3]).mul(2));
    return Tensor.scan(body, [], [x])[0]!;
  },
};

describe('the gradient of each operation agrees with finite differences', () => {
  test.each(Object.entries(CASES))('%s', async (_, each) => check(each));

  test.each(Object.entries(WITHOUT_GRADIENT))('%s has none', (_, build) => {
    const x = new Graph('without').input('x', [2, 3]);
    expect(() => gradientsOf(build(x).sum(), [x])).toThrow(/does not depend on 'x'/);
  });
});

/** The functions in ops/; each defines one operation. */
async function definedOperations(): Promise<string[]> {
  const files = readdirSync(new URL('ops', import.meta.url));
  const modules = await Promise.all(files.map((file) => import(`./ops/${file.replace('.ts', '')}.ts`) as Promise<object>));
  return modules.flatMap((module) => Object.keys(module)).sort();
}

describe('no operation is missing', () => {
  test('of the methods of Tensor', async () => {
    const methods = [Object.getOwnPropertyNames(Tensor.prototype), Object.getOwnPropertyNames(Tensor)].flat();
    const own = ['constructor', 'length', 'name', 'prototype'];
    expect(methods.filter((name) => !own.includes(name)).sort()).toEqual(await definedOperations());
  });

  test('of the comparison with finite differences', async () => {
    const compared = Object.keys(CASES).map((name) => name.split(':')[0]!);
    expect([...new Set([...compared, ...Object.keys(WITHOUT_GRADIENT)])].sort()).toEqual(await definedOperations());
  });
});

test('operations import tensors and graphs only as types, so that there is no import cycle', () => {
  for (const file of readdirSync(new URL('ops', import.meta.url))) {
    const source = readFileSync(new URL(`ops/${file}`, import.meta.url), 'utf8');
    expect(source, file).not.toMatch(/^import (?!type ).*'\.\.\/(?:tensor|graph)\.ts'/m);
  }
});

describe('differentiation throws an error with a reason', () => {
  test('where the loss is not a scalar', () => {
    const x = new Graph('wrong').input('x', [2]);
    expect(() => gradientsOf(x.exp(), [x])).toThrow(/one number, not float32\[2\]/);
  });

  test('where the loss does not depend on a requested tensor', () => {
    const graph = new Graph('wrong');
    const [x, y] = [graph.input('x', [2]), graph.input('y', [2])];
    expect(() => gradientsOf(x.sum(), [y])).toThrow(/does not depend on 'y'/);
  });

  test('where a part of a tensor is not used', () => {
    const x = new Graph('wrong').input('x', [2, 3]);
    const [first] = x.split([1, 2], 1);
    expect(() => gradientsOf(first!.sum(), [x])).toThrow(/an output of Split has no gradient/);
  });
});
