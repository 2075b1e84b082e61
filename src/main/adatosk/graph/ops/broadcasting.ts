import type { Graph } from '../graph.ts';
import type { Dim, Tensor } from '../tensor.ts';
import { elements } from '../tensor.ts';
import { matMul } from './matrix.ts';
import { reduceSum, reshape } from './shape.ts';

/** Sums a gradient over the axes along which its tensor was repeated, so that it has that tensor's dimensions again. */
export function sumTo(graph: Graph, gradient: Tensor, dims: readonly Dim[]): Tensor {
  const extra = gradient.dims.length - dims.length;
  const axes = gradient.dims.map((_, axis) => axis).filter((axis) => axis < extra || (dims[axis - extra] === 1 && gradient.dims[axis] !== 1));
  if (axes.length === 0) return gradient;
  const rows = gradient.dims.slice(0, -1);
  if (dims.length === 1 && axes.length === rows.length && rows.every((dim) => typeof dim === 'number')) return sumOfRows(graph, gradient, elements(rows));
  const summed = reduceSum(graph, gradient, axes, true);
  return extra === 0 ? summed : reshape(graph, summed, dims);
}

/** A bias's gradient, as a product with a row of ones: onnxruntime's own sum takes three times as long. */
function sumOfRows(graph: Graph, gradient: Tensor, count: number): Tensor {
  const width = gradient.dims.at(-1)!;
  const ones = graph.constant(new Float32Array(count).fill(1), [1, count], `ones.1x${count}`);
  return reshape(graph, matMul(graph, ones, reshape(graph, gradient, [count, width])), [width]);
}
