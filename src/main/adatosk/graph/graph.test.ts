import * as ort from '../runtime/onnxruntime.ts';
import { describe, expect, test } from 'vitest';
import { Graph } from './graph.ts';
import { randomStream } from '../../../shared/domain/random.ts';
import { drawInitialValues } from './initial-values.ts';
import { modelProto } from '../onnx/schema.ts';
import { readOnnx, writeOnnx } from '../onnx/file.ts';
import * as op from './ops.ts';
import type { Dim, Tensor } from './tensor.ts';

/** Builds a graph of one output, runs it in onnxruntime, and gives values and dimensions. */
async function compute(
  build: (graph: Graph, ...inputs: Tensor[]) => Tensor,
  ...feeds: { dims: number[]; symbolic?: Dim[]; data: number[] }[]
): Promise<{ dims: number[]; data: number[]; inferred: readonly Dim[] }> {
  const graph = new Graph('test');
  const inputs = feeds.map(({ dims, symbolic }, i) => graph.input(`in${i}`, symbolic ?? dims));
  const result = build(graph, ...inputs);
  graph.output('out', result);
  const session = await ort.InferenceSession.create(
    writeOnnx(graph, () => undefined, 0),
    { logSeverityLevel: 3 },
  );
  const outputs = await session.run(Object.fromEntries(feeds.map(({ dims, data }, i) => [`in${i}`, new ort.Tensor('float32', data, dims)])));
  await session.release();
  const out = outputs['out']!;
  return { dims: [...out.dims], data: Array.from(out.data as ArrayLike<number>, Number), inferred: result.dims };
}

const near = (values: number[]): unknown => values.map((value) => expect.closeTo(value, 5));

describe('each operation against values worked out by hand', () => {
  const a = { dims: [2, 2], data: [1, 2, 3, 4] };
  const row = { dims: [2], data: [10, 20] };

  test.each([
    ['add', op.add, [11, 22, 13, 24]],
    ['subtract', op.subtract, [-9, -18, -7, -16]],
    ['multiply', op.multiply, [10, 40, 30, 80]],
    ['divide', op.divide, [0.1, 0.1, 0.3, 0.2]],
    ['minimum', op.minimum, [1, 2, 3, 4]],
    ['maximum', op.maximum, [10, 20, 10, 20]],
  ] as const)('%s, with broadcasting', async (_, operation, expected) => {
    const { dims, data, inferred } = await compute((graph, x, y) => operation(graph, x!, y!), a, row);
    expect(data).toEqual(near([...expected]));
    expect(inferred).toEqual(dims);
  });

  test.each([
    ['square root', op.squareRoot, [1, 1.4142136, 1.7320508, 2]],
    ['sigmoid', op.sigmoid, [0.7310586, 0.8807971, 0.9525741, 0.9820138]],
    ['softplus', op.softplus, [1.3132617, 2.126928, 3.0485873, 4.01815]],
    ['logarithm', op.logarithm, [0, 0.6931472, 1.0986123, 1.3862944]],
    ['error function', op.errorFunction, [0.8427008, 0.9953223, 0.9999779, 1]],
    ['softmax', op.softmax, [0.2689414, 0.7310586, 0.2689414, 0.7310586]],
  ] as const)('%s', async (_, operation, expected) => {
    expect((await compute((graph, x) => operation(graph, x!), a)).data).toEqual(near([...expected]));
  });

  test('matrix product over a batch of unknown size', async () => {
    const left = { dims: [2, 1, 2], symbolic: ['batch', 1, 2], data: [1, 2, 3, 4] };
    const { dims, data, inferred } = await compute((graph, x, y) => op.matMul(graph, x!, y!), left, a);
    expect(data).toEqual([7, 10, 15, 22]);
    expect(dims).toEqual([2, 1, 2]);
    expect(inferred).toEqual(['batch', 1, 2]);
  });

  test('layer normalization', async () => {
    const { data } = await compute(
      (graph, x) => op.layerNormalization(graph, x!, graph.constant(Float32Array.of(1, 2), [2]), graph.constant(Float32Array.of(0, 5), [2]), 1e-9),
      a,
    );
    expect(data).toEqual(near([-1, 7, -1, 7]));
  });

  test('reduce, slice, concat, transpose, reshape', async () => {
    const cube = { dims: [2, 2, 2], symbolic: ['batch', 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8] };
    expect((await compute((g, x) => op.reduceSum(g, x!, [1]), cube)).data).toEqual([4, 6, 12, 14]);
    expect((await compute((g, x) => op.reduceMean(g, x!, [1, 2], true), cube)).inferred).toEqual(['batch', 1, 1]);
    expect((await compute((g, x) => op.reduceMean(g, x!, [-1]), cube)).data).toEqual([1.5, 3.5, 5.5, 7.5]);
    expect((await compute((g, x) => op.slice(g, x!, 1, 1, 2), cube)).data).toEqual([3, 4, 7, 8]);
    expect((await compute((g, x) => op.concat(g, [x!, op.slice(g, x!, 1, 0, 1)], 1), cube)).data).toEqual([1, 2, 3, 4, 1, 2, 5, 6, 7, 8, 5, 6]);
    expect((await compute((g, x) => op.transpose(g, x!, [0, 2, 1]), cube)).data).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
    expect(await compute((g, x) => op.reshape(g, x!, ['batch', 4, 1]), cube)).toMatchObject({ dims: [2, 4, 1], inferred: ['batch', 4, 1] });
  });

  test('the k largest and their rows, with k known only at run time; ties go to the first', async () => {
    const scores = { dims: [2, 3], symbolic: ['batch', 3], data: [1, 3, 3, 9, 7, 8] };
    const build = (graph: Graph, x: Tensor, rows: Tensor, k: Tensor): Tensor => {
      const { places } = op.topK(graph, x, op.cast(graph, k, 'int64'), 'kept');
      return op.gatherRows(graph, rows, op.reshape(graph, places, ['batch', 'kept', 1]));
    };
    const rows = { dims: [2, 3, 1], symbolic: ['batch', 3, 1], data: [10, 11, 12, 20, 21, 22] };
    const two = await compute((g, x, r, k) => build(g, x!, r!, k!), scores, rows, { dims: [1], data: [2] });
    expect(two).toMatchObject({ dims: [2, 2, 1], data: [11, 12, 20, 22], inferred: ['batch', 'kept', 1] });
    const one = await compute((g, x, r, k) => build(g, x!, r!, k!), scores, rows, { dims: [1], data: [1] });
    expect(one.data).toEqual([11, 20]);
  });
});

describe('a graph that does not fit is refused while it is built, with the place and the shapes', () => {
  const graph = new Graph('wrong');
  const x = graph.input('x', ['batch', 3, 4]);
  test.each([
    ['a product', () => graph.scope('head', () => op.matMul(graph, x, graph.input('y', [5, 2]))), /head\/MatMul.*\[batch, 3, 4\].*\[5, 2\]/],
    ['a sum', () => op.add(graph, x, graph.input('z', [3, 3])), /broadcast/],
    ['a reshape', () => op.reshape(graph, x, ['batch', 13]), /cannot reshape/],
    ['a slice', () => op.slice(graph, x, 1, 2, 9), /cannot take 2 to 9/],
    ['a reordering', () => op.transpose(graph, x, [0, 1, 1]), /cannot reorder/],
    [
      'a parameter of the same name',
      () => [graph.parameter('w', [1], { kind: 'constant', value: 0 }), graph.parameter('w', [1], { kind: 'constant', value: 0 })],
      /twice/,
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});

describe('a model file', () => {
  const build = (): Graph => {
    const graph = new Graph('two layers');
    const x = graph.input('x', ['batch', 2]);
    const w = graph.scope('layer', () => graph.parameter('weight', [2, 3], { kind: 'xavier', fanIn: 2, fanOut: 3 }));
    graph.output('y', op.matMul(graph, x, w));
    return graph;
  };

  test('gives back weights, names and metadata', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const contents = readOnnx(writeOnnx(build(), () => values, 0, { made: 'here' }));
    expect(contents.weights.get('layer.weight')).toEqual({ dims: [2, 3], values });
    expect(contents).toMatchObject({ inputs: ['x'], outputs: ['y'], metadata: { made: 'here' } });
  });

  test('is the same to the byte from the same seed, another from another', () => {
    expect(writeOnnx(build(), () => undefined, 1)).toEqual(writeOnnx(build(), () => undefined, 1));
    expect(writeOnnx(build(), () => undefined, 1)).not.toEqual(writeOnnx(build(), () => undefined, 2));
  });

  test('is refused where a weight has the wrong number of values', () => {
    expect(() => writeOnnx(build(), () => Float32Array.of(1), 0)).toThrow(/'layer.weight' needs 6 values, got 1/);
  });

  test('names only operations that its operator set has', () => {
    const model = modelProto().decode(writeOnnx(build(), () => undefined, 0)) as unknown as { opset_import: { version: unknown }[] };
    expect(Number(model.opset_import[0]!.version)).toBe(17);
  });
});

test('random streams are even, bounded and apart by name', () => {
  const values = Float64Array.from({ length: 20_000 }, randomStream(1, 'a'));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean).toBeGreaterThan(0.49);
  expect(mean).toBeLessThan(0.51);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(randomStream(1, 'a')()).not.toBe(randomStream(1, 'b')());
  const weights = drawInitialValues({ kind: 'xavier', fanIn: 3, fanOut: 3 }, 'w', 1000, 1);
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(1);
});
