import type { Tensor } from './tensor.ts';
import { show } from './tensor-type.ts';

/** onnxruntime's own operations. They have no gradients: only inference uses them. */
const DOMAIN = 'com.microsoft';

/** A matrix in whole numbers: value = number * scale of its column. */
export interface QuantisedMatrix {
  /** int8 [from, to] */
  readonly numbers: Tensor;
  /** float32 [to] */
  readonly scales: Tensor;
  /** int8 [to], all 0 */
  readonly zeros: Tensor;
}

/**
 * x times a matrix plus a bias, in whole numbers of 8 bits. x is quantised with one scale for the whole tensor, which is computed from
 * its values.
 * @param x float32 [..., from]
 * @param bias [to]
 * @returns [..., to]
 */
export function quantisedLinear(x: Tensor, { numbers, scales, zeros }: QuantisedMatrix, bias: Tensor): Tensor {
  return x.graph.apply({
    type: 'DynamicQuantizeMatMul',
    domain: DOMAIN,
    inputs: [x, numbers, scales, zeros, bias],
    infer: () => [{ type: 'float32', dims: productDims(x, numbers) }],
    multiplyAdds: ([product]) => [...product.dims, x.dims.at(-1)!],
  })[0];
}

/**
 * Bytes times a matrix: exact but for the rounding of the matrix.
 * @param x uint8 [..., from]
 * @returns float32 [..., to]
 */
export function bytesTimesMatrix(x: Tensor, { numbers, scales, zeros }: QuantisedMatrix): Tensor {
  const { graph } = x;
  const zero = graph.bytes(Uint8Array.of(0), [], 'bytes.zero');
  return graph.apply({
    type: 'MatMulIntegerToFloat',
    domain: DOMAIN,
    inputs: [x, numbers, graph.constant(1), scales, zero, zeros],
    infer: () => [{ type: 'float32', dims: productDims(x, numbers) }],
    multiplyAdds: ([product]) => [...product.dims, x.dims.at(-1)!],
  })[0];
}

/** x/2 (1 + erf(x/√2)) in one pass. */
export function gelu(x: Tensor): Tensor {
  return x.graph.apply({ type: 'Gelu', domain: DOMAIN, inputs: [x], infer: () => [x] })[0];
}

function productDims(x: Tensor, matrix: Tensor): Tensor['dims'] {
  if (x.dims.at(-1) !== matrix.dims[0]) throw new Error(`cannot multiply ${show(x)} by ${show(matrix)}`);
  return [...x.dims.slice(0, -1), matrix.dims[1]!];
}
