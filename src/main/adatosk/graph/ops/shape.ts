import type { Graph, Operation } from '../graph.ts';
import type { Dim, ElementType, Tensor, TensorType } from '../tensor.ts';
import { axisOf, ELEMENT_CODE, elements, show } from '../tensor.ts';
import { multiply } from './elementwise.ts';

/** Dimensions out of an attribute: 'batch,3' or '' for a single number. */
function dimsOf(text: string): Dim[] {
  return text === '' ? [] : text.split(',').map((dim) => (/^\d+$/.test(dim) ? Number(dim) : dim));
}

const reshapeOperation: Operation = {
  type: 'Reshape',
  notWritten: ['to'],
  infer: ([x], { to }) => [{ type: x!.type, dims: dimsOf(to as string) }],
  gradient: (graph, { inputs: [x] }, [gradient]) => [reshape(graph, gradient!, x!.dims)],
};

/**
 * The same elements under other dimensions. A run-time size must stand at the axis it had before (it is copied)
 * or be the only one that moved (it is worked out). A product of sizes is written 'a*b'.
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
  if (!sameCount(x.dims, dims)) throw new Error(`cannot reshape ${show(x)} to [${dims.join(', ')}]`);
  return graph.apply(reshapeOperation, [x, graph.integers(target)], { to: dims.join(',') })[0]!;
}

function sameCount(a: readonly Dim[], b: readonly Dim[]): boolean {
  const factors = (dims: readonly Dim[]): string[] => dims.flatMap((dim) => String(dim).split('*'));
  const known = (dims: readonly Dim[]): number => factors(dims).reduce((product, factor) => product * (/^\d+$/.test(factor) ? Number(factor) : 1), 1);
  const names = (dims: readonly Dim[]): string =>
    factors(dims)
      .filter((factor) => !/^\d+$/.test(factor))
      .sort()
      .join();
  return known(a) === known(b) && names(a) === names(b);
}

const transposeOperation: Operation = {
  type: 'Transpose',
  infer: ([x], { perm }) => {
    const order = perm as readonly number[];
    if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x!.dims.length)
      throw new Error(`cannot reorder ${show(x!)} by [${order.join(', ')}]`);
    return [{ type: x!.type, dims: order.map((axis) => x!.dims[axis]!) }];
  },
  gradient: (graph, { attributes }, [gradient]) => {
    const order = attributes['perm'] as readonly number[];
    return [
      transpose(
        graph,
        gradient!,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
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
  gradient: (graph, { inputs: [x], attributes: { axis, start, end } }, [gradient]) => {
    const at = axisOf(x!, axis as number);
    return [pad(graph, gradient!, at, start as number, (x!.dims[at] as number) - (end as number))];
  },
};

/** Elements [start, end) along one axis of known size. */
export function slice(graph: Graph, x: Tensor, axis: number, start: number, end: number): Tensor {
  const inputs = [x, graph.integers([start]), graph.integers([end]), graph.integers([axisOf(x, axis)])];
  return graph.apply(sliceOperation, inputs, { axis, start, end })[0]!;
}

const padOperation: Operation = {
  type: 'Pad',
  notWritten: ['axis', 'before', 'after'],
  infer: ([x], { axis, before, after }) => {
    const at = axisOf(x!, axis as number);
    return [{ type: x!.type, dims: x!.dims.map((dim, i) => (i === at ? (dim as number) + (before as number) + (after as number) : dim)) }];
  },
  gradient: (graph, { inputs: [x], attributes: { axis, before } }, [gradient]) => {
    const start = before as number;
    return [slice(graph, gradient!, axis as number, start, start + (x!.dims[axisOf(x!, axis as number)] as number))];
  },
};

/** Zeros before and after along one axis of known size. */
export function pad(graph: Graph, x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return x;
  const at = axisOf(x, axis);
  const counts = [before, after].flatMap((count) => x.dims.map((_, i) => (i === at ? count : 0)));
  return graph.apply(padOperation, [x, graph.integers(counts)], { axis: at, before, after })[0]!;
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
  gradient: (graph, { inputs, attributes }, [gradient], wants) => {
    const at = axisOf(inputs[0]!, attributes['axis'] as number);
    let start = 0;
    return inputs.map((input, i) => {
      const from = start;
      start += input.dims[at] as number;
      return wants[i] === true ? slice(graph, gradient!, at, from, start) : undefined;
    });
  },
};

export function concat(graph: Graph, inputs: readonly Tensor[], axis: number): Tensor {
  return graph.apply(concatOperation, inputs, { axis })[0]!;
}

const splitOperation: Operation = {
  type: 'Split',
  notWritten: ['sizes'],
  infer: ([x], { axis, sizes }) => {
    const at = axisOf(x!, axis as number);
    const parts = sizes as readonly number[];
    if (parts.reduce((a, b) => a + b, 0) !== x!.dims[at]) throw new Error(`cannot split axis ${at} of ${show(x!)} into ${parts.join(' + ')}`);
    return parts.map((part) => ({ type: x!.type, dims: x!.dims.map((dim, i) => (i === at ? part : dim)) }));
  },
  gradient: (graph, { outputs, attributes }, gradients) => {
    if (gradients.includes(undefined)) throw new Error(`a part of ${show(outputs[0]!)} has no gradient: split off only what is used`);
    return [concat(graph, gradients as Tensor[], attributes['axis'] as number)];
  },
};

/** Cuts a tensor along one axis into parts of known sizes, all of which must be used. */
export function split(graph: Graph, x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  return graph.apply(splitOperation, [x, graph.integers(sizes)], { axis: axisOf(x, axis), sizes });
}

const squeezeOperation: Operation = {
  type: 'Squeeze',
  notWritten: ['axis'],
  infer: ([x], { axis }) => {
    if (x!.dims[axisOf(x!, axis as number)] !== 1) throw new Error(`axis ${axis as number} of ${show(x!)} is not 1`);
    return [{ type: x!.type, dims: x!.dims.filter((_, i) => i !== axis) }];
  },
  gradient: (graph, { inputs: [x] }, [gradient]) => [reshape(graph, gradient!, x!.dims)],
};

/** Takes out an axis of size 1. */
export function squeeze(graph: Graph, x: Tensor, axis: number): Tensor {
  const at = axisOf(x, axis);
  return graph.apply(squeezeOperation, [x, graph.integers([at])], { axis: at })[0]!;
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
  gradient: (graph, { inputs: [x], attributes: { axesList } }, [gradient]) => [repeat(graph, gradient!, x!, axesList as readonly number[])],
};
const reduceMeanOperation: Operation = {
  type: 'ReduceMean',
  infer: ([x], { axes, keepdims }) => reduced(x!, axes as readonly number[], keepdims === 1),
  gradient: (graph, { inputs: [x], attributes }, [gradient]) => {
    const axes = attributes['axes'] as readonly number[];
    const share = graph.constant(1 / elements(axes.map((axis) => x!.dims[axis]!)));
    return [repeat(graph, multiply(graph, gradient!, share), x!, axes)];
  },
};

export function reduceSum(graph: Graph, x: Tensor, axes: readonly number[], keep = false): Tensor {
  return graph.apply(reduceSumOperation, [x, graph.integers(axes.map((axis) => axisOf(x, axis)))], { axesList: axes, keepdims: keep ? 1 : 0 })[0]!;
}

export function reduceMean(graph: Graph, x: Tensor, axes: readonly number[], keep = false): Tensor {
  return graph.apply(reduceMeanOperation, [x], { axes: axes.map((axis) => axisOf(x, axis)), keepdims: keep ? 1 : 0 })[0]!;
}

const shapeOperation: Operation = { type: 'Shape', infer: ([x]) => [{ type: 'int64', dims: [x!.dims.length] }] };

/** The dimensions of a tensor when the graph runs, [rank] int64. */
export function shapeOf(graph: Graph, x: Tensor): Tensor {
  return x.dims.every((dim) => typeof dim === 'number') ? graph.integers(x.dims as readonly number[]) : graph.apply(shapeOperation, [x])[0]!;
}

const expandOperation: Operation = {
  type: 'Expand',
  notWritten: ['to'],
  infer: ([x], { to }) => [{ type: x!.type, dims: dimsOf(to as string) }],
  gradient: (graph, { inputs: [x], outputs: [y] }, [gradient]) => {
    const axes = x!.dims.map((_, axis) => axis).filter((axis) => x!.dims[axis] === 1 && y!.dims[axis] !== 1);
    return [axes.length === 0 ? gradient! : reduceSum(graph, gradient!, axes, true)];
  },
};

/** x repeated along its axes of size 1 to the dimensions of another tensor of the same rank. */
export function expandTo(graph: Graph, x: Tensor, like: Tensor): Tensor {
  return graph.apply(expandOperation, [x, shapeOf(graph, like)], { to: like.dims.join(',') })[0]!;
}

function repeat(graph: Graph, gradient: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const at = axes.map((axis) => axisOf(x, axis));
  const kept = reshape(
    graph,
    gradient,
    x.dims.map((dim, axis) => (at.includes(axis) ? 1 : dim)),
  );
  return expandTo(graph, kept, x);
}

const castOperation: Operation = {
  type: 'Cast',
  infer: ([x], { to }) => {
    const type = (Object.keys(ELEMENT_CODE) as ElementType[]).find((each) => ELEMENT_CODE[each] === to);
    if (type === undefined) throw new Error(`cannot cast to data type ${String(to)}`);
    return [{ type, dims: x!.dims }];
  },
};

/** Nothing is learned through a change of type. */
export function cast(graph: Graph, x: Tensor, to: ElementType): Tensor {
  return graph.apply(castOperation, [x], { to: ELEMENT_CODE[to] })[0]!;
}
