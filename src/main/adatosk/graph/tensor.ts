import type { Graph } from './graph.ts';
import * as elementwise from './ops/elementwise.ts';
import * as indexing from './ops/indexing.ts';
import * as matrix from './ops/matrix.ts';
import * as normalization from './ops/normalization.ts';
import * as reduce from './ops/reduce.ts';
import * as scan from './ops/scan.ts';
import * as shape from './ops/shape.ts';
import type { Dim, ElementType, TensorType } from './tensor-type.ts';

/** The second operand of an elementwise operation; a number becomes a constant of the graph. */
export type Operand = Tensor | number;

/**
 * A value in a graph under construction. Each method adds one operation to the graph and returns its output. Names and
 * meanings follow PyTorch, or ONNX where PyTorch has none. The definitions and their gradients are in ops/.
 */
export class Tensor implements TensorType {
  readonly graph: Graph;
  /** The name in the ONNX file; only Graph.rename changes it. */
  name: string;
  readonly type: ElementType;
  readonly dims: readonly Dim[];

  constructor(graph: Graph, name: string, { type, dims }: TensorType) {
    this.graph = graph;
    this.name = name;
    this.type = type;
    this.dims = dims;
  }

  // Elementwise, with numpy's broadcasting.

  add(other: Operand): Tensor {
    return elementwise.add(this, other);
  }
  sub(other: Operand): Tensor {
    return elementwise.sub(this, other);
  }
  mul(other: Operand): Tensor {
    return elementwise.mul(this, other);
  }
  div(other: Operand): Tensor {
    return elementwise.div(this, other);
  }
  /** Has no gradient. */
  minimum(other: Operand): Tensor {
    return elementwise.minimum(this, other);
  }
  /** Has no gradient. */
  maximum(other: Operand): Tensor {
    return elementwise.maximum(this, other);
  }
  neg(): Tensor {
    return elementwise.neg(this);
  }
  sqrt(): Tensor {
    return elementwise.sqrt(this);
  }
  exp(): Tensor {
    return elementwise.exp(this);
  }
  log(): Tensor {
    return elementwise.log(this);
  }
  sigmoid(): Tensor {
    return elementwise.sigmoid(this);
  }
  softplus(): Tensor {
    return elementwise.softplus(this);
  }
  erf(): Tensor {
    return elementwise.erf(this);
  }
  /** Has no gradient. */
  ceil(): Tensor {
    return elementwise.ceil(this);
  }
  /** Has no gradient. */
  cast(type: ElementType): Tensor {
    return elementwise.cast(this, type);
  }

  // Products and normalisation.

  /** Matrix product over the last two axes: [..., m, k] by [..., k, n] gives [..., m, n]. */
  matMul(other: Tensor): Tensor {
    return matrix.matMul(this, other);
  }
  softmax(axis = -1): Tensor {
    return normalization.softmax(this, axis);
  }
  /** log softmax(x), without the overflow of computing log and softmax separately. */
  logSoftmax(axis = -1): Tensor {
    return normalization.logSoftmax(this, axis);
  }
  /** Normalises the last axis to mean 0 and variance 1, then multiplies by `weight` and adds `bias`, [width] each. */
  layerNorm(weight: Tensor, bias: Tensor, epsilon: number): Tensor {
    return normalization.layerNorm(this, weight, bias, epsilon);
  }

  // Reductions and repetition.

  /** Sum over some axes, or over all of them. */
  sum(axes?: readonly number[], options?: reduce.ReduceOptions): Tensor {
    return reduce.sum(this, axes, options);
  }
  /** Mean over some axes, or over all of them. */
  mean(axes?: readonly number[], options?: reduce.ReduceOptions): Tensor {
    return reduce.mean(this, axes, options);
  }
  /** Repeats the tensor along its axes of size 1, to the dimensions of another tensor of the same rank. */
  expandAs(other: Tensor): Tensor {
    return reduce.expandAs(this, other);
  }
  /** Inverse of broadcasting: sums over the axes along which a tensor of dimensions `dims` is repeated to get this one. */
  sumToSize(dims: readonly Dim[]): Tensor {
    return reduce.sumToSize(this, dims);
  }

  // Shapes.

  /**
   * The same elements with other dimensions. Each run-time size must keep its axis (its value is copied); one may move
   * (its value is computed). A product of sizes is written 'a*b'.
   * @throws Error where the number of elements differs or two run-time sizes move
   */
  reshape(dims: readonly Dim[]): Tensor {
    return shape.reshape(this, dims);
  }
  /** Exchanges two axes. */
  transpose(first: number, second: number): Tensor {
    return shape.transpose(this, first, second);
  }
  /** Axis i of the result is axis order[i] of this tensor. */
  permute(order: readonly number[]): Tensor {
    return shape.permute(this, order);
  }
  /** Elements [start, end) along one axis of known size. */
  slice(axis: number, start: number, end: number): Tensor {
    return shape.slice(this, axis, start, end);
  }
  /** Zeros before and after along one axis of known size. */
  pad(axis: number, before: number, after: number): Tensor {
    return shape.pad(this, axis, before, after);
  }
  /** Parts of known sizes along one axis. If the loss depends on one part, it must depend on all of them. */
  split(sizes: readonly number[], axis: number): readonly Tensor[] {
    return shape.split(this, sizes, axis);
  }
  /** The parts of size 1 along one axis, without that axis. */
  unbind(axis: number): Tensor[] {
    return shape.unbind(this, axis);
  }
  /** Removes an axis of size 1. */
  squeeze(axis: number): Tensor {
    return shape.squeeze(this, axis);
  }
  /** Joins tensors along one axis of known size. */
  static concat(tensors: readonly Tensor[], axis: number): Tensor {
    return shape.concat(tensors, axis);
  }

  // Indices.

  /**
   * The `count` largest values along the last axis with their indices, largest first; of equal values the earlier comes
   * first. `count` is [1] int64 and known only at run time; `sizeName` names the new run-time size.
   */
  topK(count: Tensor, sizeName: string): { values: Tensor; indices: Tensor } {
    return indexing.topK(this, count, sizeName);
  }
  /**
   * Selects rows of each batch item: [b, n, ...] and indices [b, k, 1] int64 give [b, k, ...]. Indices must not repeat
   * within an item, because the gradient scatters the rows back without adding them.
   */
  gatherRows(indices: Tensor): Tensor {
    return indexing.gatherRows(this, indices);
  }
  /** Writes rows [b, k, ...] at indices [b, k, 1] of each batch item into zeros of known dimensions `dims`, [b, n, ...]. */
  scatterRows(indices: Tensor, dims: readonly Dim[]): Tensor {
    return indexing.scatterRows(this, indices, dims);
  }
  /** Selects rows of a fixed table [n, width]: indices [b, k, 1] int64 give [b, k, width]. Has no gradient. */
  embedding(indices: Tensor): Tensor {
    return indexing.embedding(this, indices);
  }

  // Loops.

  /**
   * Runs `body` once for each slice and passes states from one run to the next (ONNX Scan). Has no gradient.
   * @param body inputs: the states, then one slice of each of `slices`; outputs: the next states, then the results of the run
   * @param slices [runs, ...] each; at least one
   * @returns the last states, then the results of all runs, [runs, ...] each
   * @throws Error where an input does not have the type that `body` expects
   */
  static scan(body: Graph, states: readonly Tensor[], slices: readonly Tensor[]): readonly Tensor[] {
    return scan.scan(body, states, slices);
  }
}
