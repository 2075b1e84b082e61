import type { Tensor } from '../tensor.ts';
import { broadcast, elements, show } from '../tensor-type.ts';

export function matMul(a: Tensor, b: Tensor): Tensor {
  return a.graph.apply({
    type: 'MatMul',
    inputs: [a, b],
    infer: () => {
      if (a.dims.length < 2 || b.dims.length < 2 || a.dims.at(-1) !== b.dims.at(-2)) throw new Error(`cannot multiply ${show(a)} by ${show(b)}`);
      const batch = broadcast({ type: a.type, dims: a.dims.slice(0, -2) }, { type: b.type, dims: b.dims.slice(0, -2) });
      return [{ type: 'float32', dims: [...batch, a.dims.at(-2)!, b.dims.at(-1)!] }];
    },
    multiplyAdds: ([product]) => [...product.dims, a.dims.at(-1)!],
    gradient: ([g], _, [needsA, needsB]) => [
      needsA ? g.matMul(b.transpose(-2, -1)).sumToSize(a.dims) : undefined,
      needsB ? gradientOfRight(g, a, b) : undefined,
    ],
  })[0];
}

/** The gradient of a weight is one product over all rows of the batch. onnxruntime fuses the transposition into the product. */
function gradientOfRight(g: Tensor, a: Tensor, b: Tensor): Tensor {
  const isWeightOfBatch = b.dims.length === 2 && a.dims.length > 2;
  if (!isWeightOfBatch) return a.transpose(-2, -1).matMul(g).sumToSize(b.dims);
  return rows(a).transpose(0, 1).matMul(rows(g));
}

/** Reshapes [..., n] to [all rows, n]. */
function rows(x: Tensor): Tensor {
  const before = x.dims.slice(0, -1);
  const count = before.every((dim) => typeof dim === 'number') ? elements(before) : before.join('*');
  return x.reshape([count, x.dims.at(-1)!]);
}
