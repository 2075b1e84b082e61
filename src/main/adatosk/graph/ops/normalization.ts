import type { Outputs } from '../graph.ts';
import type { Tensor } from '../tensor.ts';
import type { TensorType } from '../tensor-type.ts';
import { axisOf, show } from '../tensor-type.ts';

/** dx = y (g - sum(g y)) */
export function softmax(x: Tensor, axis: number): Tensor {
  return x.graph.apply({
    type: 'Softmax',
    inputs: [x],
    attributes: { axis },
    infer: () => sameTypeWithAxis(x, axis),
    gradient: ([g], [y]) => [y.mul(g.sub(g.mul(y).sum([axis], { keepDims: true })))],
  })[0];
}

/** dx = g - e^y sum(g) */
export function logSoftmax(x: Tensor, axis: number): Tensor {
  return x.graph.apply({
    type: 'LogSoftmax',
    inputs: [x],
    attributes: { axis },
    infer: () => sameTypeWithAxis(x, axis),
    gradient: ([g], [y]) => {
      const total = g.sum([axis], { keepDims: true });
      return [g.sub(y.exp().mul(total))];
    },
  })[0];
}

function sameTypeWithAxis(x: Tensor, axis: number): TensorType[] {
  axisOf(x, axis);
  return [x];
}

/**
 * dx = (g' - mean(g') - x̂ mean(g' x̂)) / std, where x̂ is the normalised x and g' = g weight its gradient. Both means are
 * computed as products with a column vector.
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const width = x.dims.at(-1) as number;
  return x.graph.apply({
    type: 'LayerNormalization',
    inputs: [x, weight, bias],
    attributes: { axis: -1, epsilon },
    infer: () => {
      if (weight.dims.length !== 1 || weight.dims[0] !== width) throw new Error(`cannot normalise ${show(x)} with a weight of ${show(weight)}`);
      return [{ type: 'float32', dims: x.dims }];
    },
    gradient: ([g], _, [needsX, needsWeight, needsBias]) => {
      const [normal, , inverseStd] = normalised(x, width, epsilon);
      const along = g.mul(normal);
      const toWeight = needsWeight ? along.sumToSize([width]) : undefined;
      const toBias = needsBias ? g.sumToSize([width]) : undefined;
      if (!needsX) return [undefined, toWeight, toBias];
      const column = weight.reshape([width, 1]).mul(1 / width);
      const centred = g.mul(weight).sub(g.matMul(column));
      const toX = centred.sub(normal.mul(along.matMul(column))).mul(inverseStd!);
      return [toX, toWeight, toBias];
    },
  })[0];
}

/**
 * x̂ [..., width], then the mean and the inverse std of each row, [..., 1]. The backward pass computes them again: that is
 * one pass over memory, and keeping them from the forward pass would cost more.
 */
function normalised(x: Tensor, width: number, epsilon: number): Outputs {
  const ones = x.graph.constant(new Float32Array(width).fill(1), [width], `ones.${width}`);
  const zeros = x.graph.constant(new Float32Array(width), [width], `zeros.${width}`);
  const perRow = { type: 'float32', dims: [...x.dims.slice(0, -1), 1] } as const;
  return x.graph.apply({
    type: 'LayerNormalization',
    inputs: [x, ones, zeros],
    attributes: { axis: -1, epsilon },
    infer: () => [{ type: 'float32', dims: x.dims }, perRow, perRow],
  });
}
