import type { Tensor } from '../tensor.ts';
import type { Dim } from '../tensor-type.ts';
import { axisOf, elements, show, withSize } from '../tensor-type.ts';
import { concat } from './shape.ts';

export function topK(x: Tensor, count: Tensor, sizeName: string): { values: Tensor; indices: Tensor } {
  const dims = withSize(x.dims, axisOf(x, -1), sizeName);
  const [values, indices] = x.graph.apply({
    type: 'TopK',
    inputs: [x, count],
    attributes: { axis: -1, largest: 1, sorted: 1 },
    infer: () => [
      { type: 'float32', dims },
      { type: 'int64', dims },
    ],
    gradient: ([g], [, chosen]) => [g.scatterRows(chosen!.reshape([...dims, 1]), x.dims)],
  });
  return { values, indices: indices! };
}

export function gatherRows(x: Tensor, indices: Tensor): Tensor {
  return x.graph.apply({
    type: 'GatherND',
    inputs: [x, indices],
    attributes: { batch_dims: 1 },
    infer: () => {
      if (x.dims[0] !== indices.dims[0] || indices.dims.at(-1) !== 1) throw new Error(`cannot gather ${show(indices)} from ${show(x)}`);
      return [{ type: x.type, dims: [...indices.dims.slice(0, -1), ...x.dims.slice(2)] }];
    },
    gradient: ([g]) => [g.scatterRows(indices, x.dims)],
  })[0];
}

export function scatterRows(rows: Tensor, indices: Tensor, dims: readonly Dim[]): Tensor {
  if (!dims.every((dim) => typeof dim === 'number')) throw new Error(`rows can be scattered only where the size is known, not into [${dims.join(', ')}]`);
  const { graph } = rows;
  const batch = dims[0]!;
  const zeros = graph.constant(new Float32Array(elements(dims)), dims, `zeros.${dims.join('x')}`);
  const items = graph.integers([...Array(batch).keys()], [batch, 1, 1]);
  const itemsAndRows = concat([items.expandAs(indices), indices], 2);
  return graph.apply({
    type: 'ScatterND',
    inputs: [zeros, itemsAndRows, rows],
    infer: () => [zeros],
    gradient: ([g]) => [undefined, undefined, gatherNd(g, itemsAndRows)],
  })[0];
}

export function embedding(table: Tensor, indices: Tensor): Tensor {
  return gatherNd(table, indices);
}

/** Slices of x. Each row of `indices`, [..., depth], selects one slice by its indices along the first `depth` axes. */
function gatherNd(x: Tensor, indices: Tensor): Tensor {
  const depth = indices.dims.at(-1) as number;
  return x.graph.apply({
    type: 'GatherND',
    inputs: [x, indices],
    infer: () => [{ type: x.type, dims: [...indices.dims.slice(0, -1), ...x.dims.slice(depth)] }],
  })[0];
}
