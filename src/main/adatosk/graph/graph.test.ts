import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../shared/basics/random.ts';
import { readOnnx, writeOnnx } from '../onnx/file.ts';
import { modelProto } from '../onnx/schema.ts';
import * as ort from '../runtime/onnxruntime.ts';
import { Graph } from './graph.ts';
import { drawInitialValues } from './initial-values.ts';
import { Tensor } from './tensor.ts';
import type { Dim } from './tensor-type.ts';

/** Builds a graph with one output, runs it in onnxruntime, and returns the output's values and dimensions. */
async function compute(
  build: (...inputs: [Tensor, ...Tensor[]]) => Tensor,
  ...feeds: { dims: number[]; symbolic?: Dim[]; data: number[] }[]
): Promise<{ dims: number[]; data: number[]; inferred: readonly Dim[] }> {
  const graph = new Graph('test');
  const inputs = feeds.map(({ dims, symbolic }, i) => graph.input(`in${i}`, symbolic ?? dims));
  const result = build(...(inputs as [Tensor, ...Tensor[]]));
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

describe('each operation agrees with values computed by hand', () => {
  const a = { dims: [2, 2], data: [1, 2, 3, 4] };
  const row = { dims: [2], data: [10, 20] };

  test.each([
    ['add', [11, 22, 13, 24]],
    ['sub', [-9, -18, -7, -16]],
    ['mul', [10, 40, 30, 80]],
    ['div', [0.1, 0.1, 0.3, 0.2]],
    ['minimum', [1, 2, 3, 4]],
    ['maximum', [10, 20, 10, 20]],
  ] as const)('%s, with broadcasting', async (operation, expected) => {
    const { dims, data, inferred } = await compute((x, y) => x[operation](y!), a, row);
    expect(data).toEqual(near([...expected]));
    expect(inferred).toEqual(dims);
  });

  test('a number as the second operand becomes a constant, and equal numbers share one', async () => {
    expect((await compute((x) => x.mul(2).add(0.5).sub(2), a)).data).toEqual([0.5, 2.5, 4.5, 6.5]);
    const graph = new Graph('numbers');
    graph.input('x', [2]).mul(2).add(0.5).sub(2);
    expect([...graph.constants.keys()]).toEqual(['const..2', 'const..0.5']);
  });

  test.each([
    ['neg', [-1, -2, -3, -4]],
    ['sqrt', [1, 1.4142136, 1.7320508, 2]],
    ['exp', [2.7182818, 7.3890561, 20.0855369, 54.59815]],
    ['log', [0, 0.6931472, 1.0986123, 1.3862944]],
    ['sigmoid', [0.7310586, 0.8807971, 0.9525741, 0.9820138]],
    ['softplus', [1.3132617, 2.126928, 3.0485873, 4.01815]],
    ['erf', [0.8427008, 0.9953223, 0.9999779, 1]],
    ['softmax', [0.2689414, 0.7310586, 0.2689414, 0.7310586]],
    ['logSoftmax', [-1.3132617, -0.3132617, -1.3132617, -0.3132617]],
  ] as const)('%s', async (operation, expected) => {
    expect((await compute((x) => x[operation](), a)).data).toEqual(near([...expected]));
  });

  test('matMul over a batch of unknown size', async () => {
    const left = { dims: [2, 1, 2], symbolic: ['batch', 1, 2], data: [1, 2, 3, 4] };
    const { dims, data, inferred } = await compute((x, y) => x.matMul(y!), left, a);
    expect(data).toEqual([7, 10, 15, 22]);
    expect(dims).toEqual([2, 1, 2]);
    expect(inferred).toEqual(['batch', 1, 2]);
  });

  test('layerNorm', async () => {
    const build = (x: Tensor): Tensor => x.layerNorm(x.graph.constant(Float32Array.of(1, 2), [2]), x.graph.constant(Float32Array.of(0, 5), [2]), 1e-9);
    expect((await compute(build, a)).data).toEqual(near([-1, 7, -1, 7]));
  });

  test('sum, mean, slice, concat, transpose, permute, reshape, unbind', async () => {
    const cube = { dims: [2, 2, 2], symbolic: ['batch', 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8] };
    expect((await compute((x) => x.sum([1]), cube)).data).toEqual([4, 6, 12, 14]);
    expect(await compute((x) => x.sum(), cube)).toMatchObject({ data: [36], dims: [], inferred: [] });
    expect((await compute((x) => x.mean([1, 2], { keepDims: true }), cube)).inferred).toEqual(['batch', 1, 1]);
    expect((await compute((x) => x.mean([-1]), cube)).data).toEqual([1.5, 3.5, 5.5, 7.5]);
    expect((await compute((x) => x.slice(1, 1, 2), cube)).data).toEqual([3, 4, 7, 8]);
    expect((await compute((x) => Tensor.concat([x, x.slice(1, 0, 1)], 1), cube)).data).toEqual([1, 2, 3, 4, 1, 2, 5, 6, 7, 8, 5, 6]);
    expect((await compute((x) => x.permute([0, 2, 1]), cube)).data).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
    expect((await compute((x) => x.transpose(-2, -1), cube)).data).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
    expect(await compute((x) => x.transpose(0, 1), cube)).toMatchObject({ data: [1, 2, 5, 6, 3, 4, 7, 8], inferred: [2, 'batch', 2] });
    expect(await compute((x) => x.reshape(['batch', 4, 1]), cube)).toMatchObject({ dims: [2, 4, 1], inferred: ['batch', 4, 1] });
    expect(await compute((x) => x.unbind(1)[1]!, cube)).toMatchObject({ data: [3, 4, 7, 8], inferred: ['batch', 2] });
  });

  test('topK and gatherRows with k known only at run time; of equal values the first wins', async () => {
    const scores = { dims: [2, 3], symbolic: ['batch', 3], data: [1, 3, 3, 9, 7, 8] };
    const build = (x: Tensor, rows?: Tensor, k?: Tensor): Tensor => {
      const { indices } = x.topK(k!.cast('int64'), 'kept');
      return rows!.gatherRows(indices.reshape(['batch', 'kept', 1]));
    };
    const rows = { dims: [2, 3, 1], symbolic: ['batch', 3, 1], data: [10, 11, 12, 20, 21, 22] };
    const two = await compute(build, scores, rows, { dims: [1], data: [2] });
    expect(two).toMatchObject({ dims: [2, 2, 1], data: [11, 12, 20, 22], inferred: ['batch', 'kept', 1] });
    const one = await compute(build, scores, rows, { dims: [1], data: [1] });
    expect(one.data).toEqual([11, 20]);
  });

  test('embedding and scatterRows', async () => {
    expect(await compute((x) => x.embedding(x.graph.integers([1, 0, 1], [1, 3, 1])), a)).toMatchObject({ dims: [1, 3, 2], data: [3, 4, 1, 2, 3, 4] });
    const rows = { dims: [2, 1, 1], data: [5, 6] };
    const scattered = await compute((x) => x.scatterRows(x.graph.integers([2, 0], [2, 1, 1]), [2, 3, 1]), rows);
    expect(scattered).toMatchObject({ dims: [2, 3, 1], data: [0, 0, 5, 6, 0, 0] });
  });

  test('scan that adds up rows and returns each sum', async () => {
    const build = (x: Tensor): Tensor => {
      const body = new Graph('body', 'body/');
      const [total, next] = [body.input('total', [2]), body.input('row', [2])];
      const sum = total.add(next);
      body.output('next total', sum);
      body.output('so far', sum.mul(1));
      return Tensor.scan(body, [x.graph.constant(Float32Array.of(0, 0), [2])], [x])[1]!;
    };
    expect(await compute(build, a)).toMatchObject({ dims: [2, 2], data: [1, 2, 4, 6], inferred: [2, 2] });
  });
});

describe('inputs that do not fit throw an error while the graph is built, with the node and the shapes', () => {
  const graph = new Graph('wrong');
  const x = graph.input('x', ['batch', 3, 4]);
  test.each([
    ['a product', () => graph.scope('head', () => x.matMul(graph.input('y', [5, 2]))), /head\/MatMul.*\[batch, 3, 4\].*\[5, 2\]/],
    ['a sum', () => x.add(graph.input('z', [3, 3])), /broadcast/],
    ['a reshape', () => x.reshape(['batch', 13]), /Reshape.*cannot reshape/],
    ['a slice', () => x.slice(1, 2, 9), /cannot take 2 to 9/],
    ['a reordering', () => x.permute([0, 1, 1]), /cannot reorder/],
    ['a tensor of another graph', () => x.add(new Graph('other').input('y', [4])), /'y' belongs to another graph/],
    [
      'a parameter of the same name',
      () => [graph.parameter('w', [1], { kind: 'constant', value: 0 }), graph.parameter('w', [1], { kind: 'constant', value: 0 })],
      /twice/,
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});

test('a tensor that becomes an output has its new name in every use, and it can become only one output', () => {
  const graph = new Graph('outputs');
  const y = graph.input('x', [2]).exp();
  const z = y.neg();
  graph.output('y', y);
  graph.output('z', z);
  expect(graph.nodes.map(({ inputs, outputs }) => [...inputs, ...outputs].map(({ name }) => name))).toEqual([
    ['x', 'y'],
    ['y', 'z'],
  ]);
  expect(() => graph.output('again', y)).toThrow(/'y' is an output of the graph already/);
  expect(() => graph.output('input', graph.inputs[0]!)).toThrow(/'input' is not computed by the graph/);
});

describe('a model file', () => {
  const build = (): Graph => {
    const graph = new Graph('two layers');
    const x = graph.input('x', ['batch', 2]);
    const w = graph.scope('layer', () => graph.parameter('weight', [2, 3], { kind: 'xavier', fanIn: 2, fanOut: 3 }));
    graph.output('y', x.matMul(w));
    return graph;
  };

  test('keeps weights, names and metadata', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const contents = readOnnx(writeOnnx(build(), () => values, 0, { made: 'here' }));
    expect(contents.weights.get('layer.weight')).toEqual({ dims: [2, 3], values });
    expect(contents).toMatchObject({ inputs: ['x'], outputs: ['y'], metadata: { made: 'here' } });
  });

  test('has the same bytes for the same seed and other bytes for another seed', () => {
    expect(writeOnnx(build(), () => undefined, 1)).toEqual(writeOnnx(build(), () => undefined, 1));
    expect(writeOnnx(build(), () => undefined, 1)).not.toEqual(writeOnnx(build(), () => undefined, 2));
  });

  test('is not written where a weight has the wrong number of values', () => {
    expect(() => writeOnnx(build(), () => Float32Array.of(1), 0)).toThrow(/'layer.weight' needs 6 values, got 1/);
  });

  test('uses only operations of its operator set', () => {
    const model = modelProto().decode(writeOnnx(build(), () => undefined, 0)) as unknown as { opset_import: { version: unknown }[] };
    expect(Number(model.opset_import[0]!.version)).toBe(17);
  });
});

test('random streams are uniform, bounded and different for each name', () => {
  const values = Float64Array.from({ length: 20_000 }, randomStream(1, 'a'));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean).toBeGreaterThan(0.49);
  expect(mean).toBeLessThan(0.51);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(randomStream(1, 'a')()).not.toBe(randomStream(1, 'b')());
  const weights = drawInitialValues({ kind: 'xavier', fanIn: 3, fanOut: 3 }, 'w', 1000, 1);
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(1);
});
