import type { Tensor } from '../graph/tensor.ts';
import type { NetworkSize } from './config.ts';
import { BUDGET_ROUNDING, patchesOf, SLOTS_PER_CLIP, tokensOf } from './config.ts';

/** What the blocks after the soft mask read, and the head with them. */
export interface MaskedTokens {
  /** [batch, n, width] */
  readonly tokens: Tensor;
  /** Final weights of these tokens, [batch, n], and their logarithms, [batch, 1, 1, n]. */
  readonly weights: Tensor;
  readonly logMask: Tensor;
  /** The slot of each token: ones and zeros, [batch or 1, n, slots]. */
  readonly slots: Tensor;
}

/**
 * The tokens with the largest final weight, as many as the budget allows; of equal weights the earlier token comes first.
 * @param x [batch, tokens, width]
 * @param final [batch, slots, patches]
 * @param budget [1], 0..1
 */
export function keepTokens(x: Tensor, final: Tensor, budget: Tensor, size: NetworkSize): MaskedTokens & { readonly count: Tensor } {
  const all = tokensOf(size);
  const batch = x.dims[0]!;
  const count = budget.mul(all).sub(BUDGET_ROUNDING).ceil().maximum(1).minimum(all);
  const { values, indices } = final.reshape([batch, all]).topK(count.cast('int64'), 'kept');
  const rows = indices.reshape([batch, 'kept', 1]);
  const slots = x.graph.constant(slotsOfTokens(patchesOf(size)), [all, SLOTS_PER_CLIP], 'keep.slots').embedding(rows);
  return { tokens: x.gatherRows(rows), weights: values, logMask: logMaskOf(values), slots, count };
}

/** All tokens with their final weights: x [batch, n, width], final [batch, slots, n / slots]. */
export function weighTokens(x: Tensor, final: Tensor): MaskedTokens {
  const [batch, tokens] = x.dims as [number, number];
  const weights = final.reshape([batch, tokens]);
  const patches = tokens / SLOTS_PER_CLIP;
  const slots = x.graph.constant(slotsOfTokens(patches), [1, tokens, SLOTS_PER_CLIP], `slots.${patches}`);
  return { tokens: x, weights, logMask: logMaskOf(weights), slots };
}

/** The slot of each token, slot-major: rows of ones and zeros, [slots * patches, slots]. */
function slotsOfTokens(patches: number): Float32Array {
  return Float32Array.from({ length: SLOTS_PER_CLIP * patches * SLOTS_PER_CLIP }, (_, i) => {
    const token = Math.floor(i / SLOTS_PER_CLIP);
    return Math.floor(token / patches) === i % SLOTS_PER_CLIP ? 1 : 0;
  });
}

/** What is added to the attention that each token receives: log of its weight. weights [batch, n] give [batch, 1, 1, n]. */
function logMaskOf(weights: Tensor): Tensor {
  const [batch, tokens] = weights.dims;
  return weights.add(1e-6).log().reshape([batch!, 1, 1, tokens!]);
}
