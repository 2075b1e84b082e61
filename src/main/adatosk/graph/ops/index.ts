import type { Graph, Operation } from '../graph.ts';
import type { Dim, Tensor } from '../tensor.ts';
import { axisOf, show } from '../tensor.ts';
import { concat, expandTo, reshape } from './shape.ts';

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
  gradient: (graph, { inputs: [x], outputs: [values, places] }, [gradient]) => {
    const [batch, kept] = values!.dims;
    return [scatterRows(graph, x!.dims, reshape(graph, places!, [batch!, kept!, 1]), gradient!), undefined];
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
  gradient: (graph, { inputs: [x, places] }, [gradient]) => [scatterRows(graph, x!.dims, places!, gradient!), undefined],
};

/** Rows of each batch item: x [b, n, ...], places [b, k, 1] int64, result [b, k, ...]. Each row at most once. */
export function gatherRows(graph: Graph, x: Tensor, places: Tensor): Tensor {
  return graph.apply(gatherNdOperation, [x, places], { batch_dims: 1 })[0]!;
}

const scatterNdOperation: Operation = {
  type: 'ScatterND',
  infer: ([data]) => [{ type: data!.type, dims: data!.dims }],
  gradient: (graph, { inputs: [, places] }, [gradient]) => [undefined, undefined, graph.apply(gatherAllOperation, [gradient!, places!])[0]!],
};

/** GatherND without shared batch axes: the counterpart of ScatterND. */
const gatherAllOperation: Operation = {
  type: 'GatherND',
  infer: ([x, places]) => [{ type: x!.type, dims: [...places!.dims.slice(0, -1), ...x!.dims.slice(2)] }],
};

/** Zeros of known dimensions [b, n, ...] with rows [b, k, ...] put at places [b, k, 1] of each batch item. */
export function scatterRows(graph: Graph, dims: readonly Dim[], places: Tensor, rows: Tensor): Tensor {
  if (dims.some((dim) => typeof dim === 'string')) throw new Error(`rows can be put back only where the size is known, not into [${dims.join(', ')}]`);
  const known = dims as readonly number[];
  const zeros = graph.constant(new Float32Array(known.reduce((a, b) => a * b, 1)), known, `zeros.${known.join('x')}`);
  const batch = known[0]!;
  const items = graph.integers(
    Array.from({ length: batch }, (_, i) => i),
    [batch, 1, 1],
  );
  return graph.apply(scatterNdOperation, [zeros, concat(graph, [expandTo(graph, items, places), places], 2), rows])[0]!;
}

/** Rows of a fixed table [n, width] by number: places [b, k, 1] int64 gives [b, k, width]. Nothing is learned through it. */
export function lookUp(graph: Graph, table: Tensor, places: Tensor): Tensor {
  return graph.apply(lookUpOperation, [table, places])[0]!;
}

const lookUpOperation: Operation = {
  type: 'GatherND',
  infer: ([table, places]) => [{ type: table!.type, dims: [...places!.dims.slice(0, -1), ...table!.dims.slice(1)] }],
};
