import type { Graph, Operation } from '../graph.ts';
import type { Dim, Tensor } from '../tensor.ts';
import { axisOf, broadcast, elements, show } from '../tensor.ts';
import { exponential, multiply, subtract } from './elementwise.ts';
import { sumTo } from './broadcasting.ts';
import { reduceSum, reshape, transpose } from './shape.ts';

const matMulOperation: Operation = {
  type: 'MatMul',
  infer: ([a, b]) => {
    const inner = a!.dims.at(-1);
    if (a!.dims.length < 2 || b!.dims.length < 2 || inner !== b!.dims.at(-2)) throw new Error(`cannot multiply ${show(a!)} by ${show(b!)}`);
    const batch = broadcast({ ...a!, dims: a!.dims.slice(0, -2) }, { ...b!, dims: b!.dims.slice(0, -2) });
    return [{ type: 'float32', dims: [...batch, a!.dims.at(-2)!, b!.dims.at(-1)!] }];
  },
  multiplyAdds: ([a], [product]) => [...product!.dims, a!.dims.at(-1)!],
  gradient: (graph, { inputs: [a, b] }, [gradient], [wantsA, wantsB]) => [
    wantsA ? sumTo(graph, matMul(graph, gradient!, swapped(graph, b!)), a!.dims) : undefined,
    wantsB ? gradientOfRight(graph, a!, b!, gradient!) : undefined,
  ],
};

/** Matrix product over the last two axes: [..., m, k] by [..., k, n] gives [..., m, n]. */
export function matMul(graph: Graph, a: Tensor, b: Tensor): Tensor {
  return graph.apply(matMulOperation, [a, b])[0]!;
}

/** A weight's gradient is one product over all rows of the batch; onnxruntime turns the transposition into a flag. */
function gradientOfRight(graph: Graph, a: Tensor, b: Tensor, gradient: Tensor): Tensor {
  if (b.dims.length > 2 || a.dims.length === 2) return sumTo(graph, matMul(graph, swapped(graph, a), gradient), b.dims);
  return matMul(graph, swapped(graph, rows(graph, a)), rows(graph, gradient));
}

/** [..., n] as [all rows, n]. */
function rows(graph: Graph, x: Tensor): Tensor {
  const before = x.dims.slice(0, -1);
  const name = before.filter((dim) => typeof dim === 'string');
  const count: Dim = name.length === 0 ? elements(before) : `${before.join('*')}`;
  return reshape(graph, x, [count, x.dims.at(-1)!]);
}

function swapped(graph: Graph, x: Tensor): Tensor {
  const order = x.dims.map((_, axis) => axis);
  const last = order.length - 1;
  return transpose(graph, x, [...order.slice(0, -2), last, last - 1]);
}

const softmaxOperation: Operation = {
  type: 'Softmax',
  infer: ([x], { axis }) => (axisOf(x!, axis as number), [x!].map(({ type, dims }) => ({ type, dims }))),
  gradient: (graph, { outputs: [y], attributes }, [gradient]) => {
    const shared = reduceSum(graph, multiply(graph, gradient!, y!), [attributes['axis'] as number], true);
    return [multiply(graph, y!, subtract(graph, gradient!, shared))];
  },
};

export function softmax(graph: Graph, x: Tensor, axis = -1): Tensor {
  return graph.apply(softmaxOperation, [x], { axis })[0]!;
}

const logSoftmaxOperation: Operation = {
  type: 'LogSoftmax',
  infer: ([x], { axis }) => (axisOf(x!, axis as number), [x!].map(({ type, dims }) => ({ type, dims }))),
  gradient: (graph, { outputs: [y], attributes }, [gradient]) => {
    const total = reduceSum(graph, gradient!, [attributes['axis'] as number], true);
    return [subtract(graph, gradient!, multiply(graph, exponential(graph, y!), total))];
  },
};

/** log softmax(x) along an axis, without the overflow of doing both. */
export function logSoftmax(graph: Graph, x: Tensor, axis = -1): Tensor {
  return graph.apply(logSoftmaxOperation, [x], { axis })[0]!;
}

const layerNormalizationOperation: Operation = {
  type: 'LayerNormalization',
  infer: ([x, scale], { all }) => {
    if (scale!.dims.length !== 1 || scale!.dims[0] !== x!.dims.at(-1)) throw new Error(`cannot normalise ${show(x!)} with a scale of ${show(scale!)}`);
    const perRow = { type: 'float32', dims: [...x!.dims.slice(0, -1), 1] } as const;
    return [{ type: 'float32', dims: x!.dims }, ...(all === 1 ? [perRow, perRow] : [])];
  },
  notWritten: ['all'],
  gradient: (graph, { inputs: [x, scale], attributes }, [gradient], [wantsX, wantsScale, wantsBias]) => {
    const width = x!.dims.at(-1) as number;
    const ones = graph.constant(new Float32Array(width).fill(1), [width], `ones.${width}`);
    const zeros = graph.constant(new Float32Array(width), [width], `zeros.${width}`);
    // Normalising once more is one pass over memory and gives the inverse deviation too; keeping both would cost more.
    const [normal, , inverse] = graph.apply(layerNormalizationOperation, [x!, ones, zeros], { ...attributes, all: 1 });
    const along = multiply(graph, gradient!, normal!);
    const toScale = wantsScale ? sumTo(graph, along, [width]) : undefined;
    const toBias = wantsBias ? sumTo(graph, gradient!, [width]) : undefined;
    if (!wantsX) return [undefined, toScale, toBias];
    // dx = (g - mean g - x̂ mean(g x̂)) / deviation, with g the gradient of x̂; both means are products with a column.
    const column = multiply(graph, reshape(graph, scale!, [width, 1]), graph.constant(1 / width));
    const centred = subtract(graph, multiply(graph, gradient!, scale!), matMul(graph, gradient!, column));
    const toX = subtract(graph, centred, multiply(graph, normal!, matMul(graph, along, column)));
    return [multiply(graph, toX, inverse!), toScale, toBias];
  },
};

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts it. */
export function layerNormalization(graph: Graph, x: Tensor, scale: Tensor, bias: Tensor, epsilon: number): Tensor {
  return graph.apply(layerNormalizationOperation, [x, scale, bias], { axis: -1, epsilon })[0]!;
}
