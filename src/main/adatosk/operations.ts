import type { Graph, Operation } from './graph.ts';
import type { Dim, ElementType, Tensor, TensorType } from './tensor.ts';
import { axisOf, broadcast, ELEMENT_CODE, show } from './tensor.ts';

/**
 * The operations of the network, each in one place: its ONNX type, the types of its outputs, its multiply-adds.
 * All are in ONNX opset 17, so that every execution provider of onnxruntime has them.
 */
function elementwise(type: string): (graph: Graph, a: Tensor, b: Tensor) => Tensor {
  const operation: Operation = { type, infer: ([a, b]) => [{ type: a!.type, dims: broadcast(a!, b!) }] };
  return (graph, a, b) => graph.apply(operation, [a, b])[0]!;
}

function pointwise(type: string): (graph: Graph, x: Tensor) => Tensor {
  const operation: Operation = { type, infer: ([x]) => [{ type: x!.type, dims: x!.dims }] };
  return (graph, x) => graph.apply(operation, [x])[0]!;
}

export const add = elementwise('Add');
export const subtract = elementwise('Sub');
export const multiply = elementwise('Mul');
export const divide = elementwise('Div');
export const minimum = elementwise('Min');
export const maximum = elementwise('Max');

export const squareRoot = pointwise('Sqrt');
export const sigmoid = pointwise('Sigmoid');
export const softplus = pointwise('Softplus');
export const logarithm = pointwise('Log');
export const errorFunction = pointwise('Erf');
export const ceiling = pointwise('Ceil');

const matMulOperation: Operation = {
  type: 'MatMul',
  infer: ([a, b]) => {
    const inner = a!.dims.at(-1);
    if (a!.dims.length < 2 || b!.dims.length < 2 || inner !== b!.dims.at(-2)) throw new Error(`cannot multiply ${show(a!)} by ${show(b!)}`);
    const batch = broadcast({ ...a!, dims: a!.dims.slice(0, -2) }, { ...b!, dims: b!.dims.slice(0, -2) });
    return [{ type: 'float32', dims: [...batch, a!.dims.at(-2)!, b!.dims.at(-1)!] }];
  },
  multiplyAdds: ([a], [product]) => [...product!.dims, a!.dims.at(-1)!],
};

/** Matrix product over the last two axes: [..., m, k] by [..., k, n] gives [..., m, n]. */
export function matMul(graph: Graph, a: Tensor, b: Tensor): Tensor {
  return graph.apply(matMulOperation, [a, b])[0]!;
}

const softmaxOperation: Operation = {
  type: 'Softmax',
  infer: ([x], { axis }) => (axisOf(x!, axis as number), [x!].map(({ type, dims }) => ({ type, dims }))),
};

export function softmax(graph: Graph, x: Tensor, axis = -1): Tensor {
  return graph.apply(softmaxOperation, [x], { axis })[0]!;
}

const layerNormalizationOperation: Operation = {
  type: 'LayerNormalization',
  infer: ([x, scale]) => {
    if (scale!.dims.length !== 1 || scale!.dims[0] !== x!.dims.at(-1)) throw new Error(`cannot normalise ${show(x!)} with a scale of ${show(scale!)}`);
    return [{ type: 'float32', dims: x!.dims }];
  },
};

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts it. */
export function layerNormalization(graph: Graph, x: Tensor, scale: Tensor, bias: Tensor, epsilon: number): Tensor {
  return graph.apply(layerNormalizationOperation, [x, scale, bias], { axis: -1, epsilon })[0]!;
}

const reshapeOperation: Operation = {
  type: 'Reshape',
  notWritten: ['to'],
  infer: ([x], { to }) => [{ type: x!.type, dims: (to as string).split(',').map((dim) => (/^\d+$/.test(dim) ? Number(dim) : dim)) }],
};

/**
 * The same elements under other dimensions. A run-time size must stand at the axis it had before (it is copied)
 * or be the only one that moved (it is worked out).
 */
export function reshape(graph: Graph, x: Tensor, dims: readonly Dim[]): Tensor {
  let inferred = 0;
  const target = dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    if (x.dims[axis] === dim) return 0;
    inferred += 1;
    return -1;
  });
  if (inferred > 1) throw new Error(`cannot reshape ${show(x)} to [${dims.join(', ')}]: two run-time sizes moved`);
  const known = (sizes: readonly Dim[]): number => sizes.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1);
  const names = (sizes: readonly Dim[]): string =>
    sizes
      .filter((dim) => typeof dim === 'string')
      .sort()
      .join();
  if (known(dims) !== known(x.dims) || names(dims) !== names(x.dims)) throw new Error(`cannot reshape ${show(x)} to [${dims.join(', ')}]`);
  return graph.apply(reshapeOperation, [x, graph.integers(target)], { to: dims.join(',') })[0]!;
}

const transposeOperation: Operation = {
  type: 'Transpose',
  infer: ([x], { perm }) => {
    const order = perm as readonly number[];
    if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x!.dims.length)
      throw new Error(`cannot reorder ${show(x!)} by [${order.join(', ')}]`);
    return [{ type: x!.type, dims: order.map((axis) => x!.dims[axis]!) }];
  },
};

export function transpose(graph: Graph, x: Tensor, perm: readonly number[]): Tensor {
  return graph.apply(transposeOperation, [x], { perm })[0]!;
}

const sliceOperation: Operation = {
  type: 'Slice',
  notWritten: ['axis', 'start', 'end'],
  infer: ([x], { axis, start, end }) => {
    const at = axisOf(x!, axis as number);
    const size = x!.dims[at];
    const from = start as number;
    const to = end as number;
    if (typeof size !== 'number' || from < 0 || to > size || from >= to) throw new Error(`cannot take ${from} to ${to} of axis ${at} of ${show(x!)}`);
    return [{ type: x!.type, dims: x!.dims.map((dim, i) => (i === at ? to - from : dim)) }];
  },
};

/** Elements [start, end) along one axis of known size. */
export function slice(graph: Graph, x: Tensor, axis: number, start: number, end: number): Tensor {
  const inputs = [x, graph.integers([start]), graph.integers([end]), graph.integers([axisOf(x, axis)])];
  return graph.apply(sliceOperation, inputs, { axis, start, end })[0]!;
}

const concatOperation: Operation = {
  type: 'Concat',
  infer: (inputs, { axis }) => {
    const at = axisOf(inputs[0]!, axis as number);
    let total = 0;
    for (const input of inputs) {
      const size = input.dims[at];
      if (typeof size !== 'number' || input.dims.some((dim, i) => i !== at && dim !== inputs[0]!.dims[i]))
        throw new Error(`cannot join ${inputs.map(show).join(' and ')} along axis ${at}`);
      total += size;
    }
    return [{ type: inputs[0]!.type, dims: inputs[0]!.dims.map((dim, i) => (i === at ? total : dim)) }];
  },
};

export function concat(graph: Graph, inputs: readonly Tensor[], axis: number): Tensor {
  return graph.apply(concatOperation, inputs, { axis })[0]!;
}

function reduced(x: TensorType, axes: readonly number[], keep: boolean): TensorType[] {
  const at = axes.map((axis) => axisOf(x, axis));
  const dims = x.dims.map((dim, i) => (at.includes(i) ? (keep ? 1 : undefined) : dim)).filter((dim) => dim !== undefined);
  return [{ type: x.type, dims }];
}

/** In opset 17 ReduceSum takes its axes as an input, ReduceMean as an attribute. */
const reduceSumOperation: Operation = {
  type: 'ReduceSum',
  notWritten: ['axesList'],
  infer: ([x], { axesList, keepdims }) => reduced(x!, axesList as readonly number[], keepdims === 1),
};
const reduceMeanOperation: Operation = {
  type: 'ReduceMean',
  infer: ([x], { axes, keepdims }) => reduced(x!, axes as readonly number[], keepdims === 1),
};

export function reduceSum(graph: Graph, x: Tensor, axes: readonly number[], keep = false): Tensor {
  return graph.apply(reduceSumOperation, [x, graph.integers(axes.map((axis) => axisOf(x, axis)))], { axesList: axes, keepdims: keep ? 1 : 0 })[0]!;
}

export function reduceMean(graph: Graph, x: Tensor, axes: readonly number[], keep = false): Tensor {
  return graph.apply(reduceMeanOperation, [x], { axes: axes.map((axis) => axisOf(x, axis)), keepdims: keep ? 1 : 0 })[0]!;
}

const castOperation: Operation = {
  type: 'Cast',
  infer: ([x], { to }) => {
    const type = (Object.keys(ELEMENT_CODE) as ElementType[]).find((each) => ELEMENT_CODE[each] === to);
    if (type === undefined) throw new Error(`cannot cast to data type ${String(to)}`);
    return [{ type, dims: x!.dims }];
  },
};

export function cast(graph: Graph, x: Tensor, to: ElementType): Tensor {
  return graph.apply(castOperation, [x], { to: ELEMENT_CODE[to] })[0]!;
}

const topKOperation: Operation = {
  type: 'TopK',
  notWritten: ['sizeName'],
  infer: ([x], { axis, sizeName }) => {
    const dims = x!.dims.map((dim, i) => (i === axisOf(x!, axis as number) ? (sizeName as string) : dim));
    return [
      { type: 'float32', dims },
      { type: 'int64', dims },
    ];
  },
};

/**
 * The `count` ([1] int64, known when the graph runs) largest values along the last axis, largest first, with
 * their places; of equal values the earlier comes first. `sizeName` names the new run-time size.
 */
export function topK(graph: Graph, x: Tensor, count: Tensor, sizeName: string): { values: Tensor; places: Tensor } {
  const [values, places] = graph.apply(topKOperation, [x, count], { axis: -1, largest: 1, sorted: 1, sizeName });
  return { values: values!, places: places! };
}

const gatherNdOperation: Operation = {
  type: 'GatherND',
  infer: ([x, places], { batch_dims }) => {
    const shared = batch_dims as number;
    if (shared !== 1 || x!.dims[0] !== places!.dims[0] || places!.dims.at(-1) !== 1) throw new Error(`cannot gather ${show(places!)} from ${show(x!)}`);
    return [{ type: x!.type, dims: [...places!.dims.slice(0, -1), ...x!.dims.slice(2)] }];
  },
};

/** Rows of each batch item: x [b, n, ...], places [b, k, 1] int64, result [b, k, ...]. */
export function gatherRows(graph: Graph, x: Tensor, places: Tensor): Tensor {
  return graph.apply(gatherNdOperation, [x, places], { batch_dims: 1 })[0]!;
}
