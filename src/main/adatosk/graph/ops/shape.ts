import type { Tensor } from '../tensor.ts';
import type { Dim } from '../tensor-type.ts';
import { axisOf, show, withSize } from '../tensor-type.ts';

export function reshape(x: Tensor, dims: readonly Dim[]): Tensor {
  // ONNX codes for run-time sizes: 0 copies the size of the same axis of x, -1 is computed from the other sizes.
  const target = dims.map((dim, axis) => (typeof dim === 'number' ? dim : x.dims[axis] === dim ? 0 : -1));
  return x.graph.apply({
    type: 'Reshape',
    inputs: [x, x.graph.integers(target)],
    infer: () => {
      const refusal = `cannot reshape ${show(x)} to [${dims.join(', ')}]`;
      if (target.filter((dim) => dim === -1).length > 1) throw new Error(`${refusal}: two run-time sizes moved`);
      if (countOf(x.dims) !== countOf(dims)) throw new Error(refusal);
      return [{ type: x.type, dims }];
    },
    gradient: ([g]) => [g.reshape(x.dims)],
  })[0];
}

/** The number of elements as a normal form that can be compared: one number, then the sorted names of run-time sizes ('12*batch'). */
function countOf(dims: readonly Dim[]): string {
  const factors = dims.flatMap((dim) => String(dim).split('*'));
  const isNumber = (factor: string): boolean => /^\d+$/.test(factor);
  const known = factors.filter(isNumber).reduce((product, factor) => product * Number(factor), 1);
  const names = factors.filter((factor) => !isNumber(factor)).sort();
  return [known, ...names].join('*');
}

export function permute(x: Tensor, order: readonly number[]): Tensor {
  return x.graph.apply({
    type: 'Transpose',
    inputs: [x],
    attributes: { perm: order },
    infer: () => {
      if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x.dims.length)
        throw new Error(`cannot reorder ${show(x)} by [${order.join(', ')}]`);
      return [{ type: x.type, dims: order.map((axis) => x.dims[axis]!) }];
    },
    gradient: ([g]) => [g.permute(order.map((_, axis) => order.indexOf(axis)))],
  })[0];
}

export function transpose(x: Tensor, first: number, second: number): Tensor {
  const [a, b] = [axisOf(x, first), axisOf(x, second)];
  return x.permute(x.dims.map((_, axis) => (axis === a ? b : axis === b ? a : axis)));
}

export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const { graph } = x;
  const at = axisOf(x, axis);
  const size = x.dims[at];
  return graph.apply({
    type: 'Slice',
    inputs: [x, graph.integers([start]), graph.integers([end]), graph.integers([at])],
    infer: () => {
      if (typeof size !== 'number' || start < 0 || end > size || start >= end) throw new Error(`cannot take ${start} to ${end} of axis ${at} of ${show(x)}`);
      return [{ type: x.type, dims: withSize(x.dims, at, end - start) }];
    },
    gradient: ([g]) => [g.pad(at, start, (size as number) - end)],
  })[0];
}

export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return x;
  const at = axisOf(x, axis);
  const size = x.dims[at] as number;
  const counts = [before, after].flatMap((count) => x.dims.map((_, i) => (i === at ? count : 0)));
  return x.graph.apply({
    type: 'Pad',
    inputs: [x, x.graph.integers(counts)],
    infer: () => [{ type: x.type, dims: withSize(x.dims, at, before + size + after) }],
    gradient: ([g]) => [g.slice(at, before, before + size)],
  })[0];
}

export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0]!;
  const at = axisOf(first, axis);
  return first.graph.apply({
    type: 'Concat',
    inputs: tensors,
    attributes: { axis },
    infer: () => {
      const fits = ({ dims }: Tensor): boolean => typeof dims[at] === 'number' && withSize(dims, at, 1).join() === withSize(first.dims, at, 1).join();
      if (!tensors.every(fits)) throw new Error(`cannot join ${tensors.map(show).join(' and ')} along axis ${at}`);
      return [{ type: first.type, dims: withSize(first.dims, at, totalOf(tensors.map(({ dims }) => dims[at] as number))) }];
    },
    gradient: ([g], _, needed) => {
      let end = 0;
      return tensors.map(({ dims }, i) => {
        const start = end;
        end += dims[at] as number;
        return needed[i] === true ? g.slice(at, start, end) : undefined;
      });
    },
  })[0];
}

export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const at = axisOf(x, axis);
  return x.graph.apply({
    type: 'Split',
    inputs: [x, x.graph.integers(sizes)],
    attributes: { axis: at },
    infer: () => {
      if (totalOf(sizes) !== x.dims[at]) throw new Error(`cannot split axis ${at} of ${show(x)} into ${sizes.join(' + ')}`);
      return sizes.map((size) => ({ type: x.type, dims: withSize(x.dims, at, size) }));
    },
    gradient: (gradients) => [concat(gradients, at)],
  });
}

function totalOf(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

export function unbind(x: Tensor, axis: number): Tensor[] {
  const ones = Array.from({ length: x.dims[axisOf(x, axis)] as number }, () => 1);
  return x.split(ones, axis).map((part) => part.squeeze(axis));
}

export function squeeze(x: Tensor, axis: number): Tensor {
  const at = axisOf(x, axis);
  return x.graph.apply({
    type: 'Squeeze',
    inputs: [x, x.graph.integers([at])],
    infer: () => {
      if (x.dims[at] !== 1) throw new Error(`axis ${at} of ${show(x)} is not 1`);
      return [{ type: x.type, dims: x.dims.filter((_, i) => i !== at) }];
    },
    gradient: ([g]) => [g.reshape(x.dims)],
  })[0];
}
