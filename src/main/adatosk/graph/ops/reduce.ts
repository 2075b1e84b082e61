import type { Tensor } from '../tensor.ts';
import type { Dim, TensorType } from '../tensor-type.ts';
import { axisOf, elements } from '../tensor-type.ts';

export interface ReduceOptions {
  /** Keeps the reduced axes with size 1. */
  readonly keepDims?: boolean;
}

/** In opset 17 ReduceSum takes its axes as an input, ReduceMean as an attribute. */
export function sum(x: Tensor, axes = axesOf(x), { keepDims = false }: ReduceOptions = {}): Tensor {
  const reduced = axes.map((axis) => axisOf(x, axis));
  return x.graph.apply({
    type: 'ReduceSum',
    inputs: [x, x.graph.integers(reduced)],
    attributes: { keepdims: keepDims ? 1 : 0 },
    infer: () => withoutAxes(x, reduced, keepDims),
    gradient: ([g]) => [repeatAlong(g, reduced, x)],
  })[0];
}

export function mean(x: Tensor, axes = axesOf(x), { keepDims = false }: ReduceOptions = {}): Tensor {
  const reduced = axes.map((axis) => axisOf(x, axis));
  return x.graph.apply({
    type: 'ReduceMean',
    inputs: [x],
    attributes: { axes: reduced, keepdims: keepDims ? 1 : 0 },
    infer: () => withoutAxes(x, reduced, keepDims),
    gradient: ([g]) => [repeatAlong(g.mul(1 / elements(reduced.map((axis) => x.dims[axis]!))), reduced, x)],
  })[0];
}

function axesOf(x: Tensor): readonly number[] {
  return x.dims.map((_, axis) => axis);
}

function withoutAxes(x: Tensor, axes: readonly number[], keepDims: boolean): TensorType[] {
  const dims = keepDims ? sizeOneAt(x.dims, axes) : x.dims.filter((_, axis) => !axes.includes(axis));
  return [{ type: x.type, dims }];
}

function sizeOneAt(dims: readonly Dim[], axes: readonly number[]): Dim[] {
  return dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
}

/** Repeats the gradient of a reduction along the reduced axes. */
function repeatAlong(g: Tensor, axes: readonly number[], x: Tensor): Tensor {
  return g.reshape(sizeOneAt(x.dims, axes)).expandAs(x);
}

export function expandAs(x: Tensor, other: Tensor): Tensor {
  return x.graph.apply({
    type: 'Expand',
    inputs: [x, shapeOf(other)],
    infer: () => [{ type: x.type, dims: other.dims }],
    gradient: ([g]) => [g.sumToSize(x.dims)],
  })[0];
}

/** The dimensions of a tensor at run time, [rank] int64. */
function shapeOf(x: Tensor): Tensor {
  if (x.dims.every((dim) => typeof dim === 'number')) return x.graph.integers(x.dims);
  return x.graph.apply({ type: 'Shape', inputs: [x], infer: () => [{ type: 'int64', dims: [x.dims.length] }] })[0];
}

export function sumToSize(x: Tensor, dims: readonly Dim[]): Tensor {
  const extra = x.dims.length - dims.length;
  const axes = axesOf(x).filter((axis) => axis < extra || (dims[axis - extra] === 1 && x.dims[axis] !== 1));
  if (axes.length === 0) return x;
  const rows = x.dims.slice(0, -1);
  if (dims.length === 1 && axes.length === rows.length && rows.every((dim) => typeof dim === 'number')) return sumOfRows(x, elements(rows));
  const summed = x.sum(axes, { keepDims: true });
  return extra === 0 ? summed : summed.reshape(dims);
}

/** Sums [..., width] to [width] as a product with a row of ones: onnxruntime's ReduceSum takes three times as long for the gradient of a bias. */
function sumOfRows(x: Tensor, count: number): Tensor {
  const width = x.dims.at(-1)!;
  const ones = x.graph.constant(new Float32Array(count).fill(1), [1, count], `ones.1x${count}`);
  return ones.matMul(x.reshape([count, width])).reshape([width]);
}
