/** A size that is known when the graph is built, or the name of a size that is known only at run time ('batch', 'kept'). */
export type Dim = number | string;

export type ElementType = 'float32' | 'int64' | 'uint8' | 'int8';

/** TensorProto.DataType of the element types in use. */
export const ELEMENT_CODE: Record<ElementType, number> = { float32: 1, int64: 7, uint8: 2, int8: 3 };

export interface TensorType {
  readonly type: ElementType;
  readonly dims: readonly Dim[];
}

export function show(tensor: TensorType): string {
  return `${tensor.type}[${tensor.dims.join(', ')}]`;
}

/**
 * The axis counted from the front; a negative `axis` counts from the end.
 * @throws Error where the tensor has no such axis
 */
export function axisOf(tensor: TensorType, axis: number): number {
  const rank = tensor.dims.length;
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) throw new Error(`${show(tensor)} has no axis ${axis}`);
  return positive;
}

/** A copy of the dimensions with another size along one axis. */
export function withSize(dims: readonly Dim[], axis: number, size: Dim): Dim[] {
  return dims.map((dim, i) => (i === axis ? size : dim));
}

/**
 * The dimensions that an elementwise operation on two tensors gives (numpy's broadcasting).
 * @throws Error where the dimensions cannot be broadcast
 */
export function broadcast(a: TensorType, b: TensorType): Dim[] {
  const rank = Math.max(a.dims.length, b.dims.length);
  const dims: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a.dims[a.dims.length - rank + i] ?? 1;
    const right = b.dims[b.dims.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new Error(`${show(a)} and ${show(b)} cannot be broadcast together`);
    }
    dims.push(left === 1 ? right : left);
  }
  return dims;
}

/**
 * The number of elements.
 * @param sizes values of the run-time sizes by name
 * @throws Error where a run-time size is missing
 */
export function elements(dims: readonly Dim[], sizes: Readonly<Record<string, number>> = {}): number {
  return dims.reduce<number>((product, dim) => product * sizeOf(dim, sizes), 1);
}

function sizeOf(dim: Dim, sizes: Readonly<Record<string, number>>): number {
  if (typeof dim === 'number') return dim;
  const size = sizes[dim];
  if (size === undefined) throw new Error(`the size '${dim}' is known only when the graph runs; give it by name`);
  return size;
}
