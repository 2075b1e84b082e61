import type { Graph } from '../graph.ts';
import type { Dim, Tensor } from '../tensor.ts';
import { reduceSum, reshape } from './shapes.ts';

/** Sums a gradient over the axes along which its tensor was repeated, so that it has that tensor's dimensions again. */
export function sumTo(graph: Graph, gradient: Tensor, dims: readonly Dim[]): Tensor {
  const extra = gradient.dims.length - dims.length;
  const axes = gradient.dims.map((_, axis) => axis).filter((axis) => axis < extra || (dims[axis - extra] === 1 && gradient.dims[axis] !== 1));
  if (axes.length === 0) return gradient;
  const summed = reduceSum(graph, gradient, axes, true);
  return extra === 0 ? summed : reshape(graph, summed, dims);
}
