import type { Tensor } from '../graph/tensor.ts';
import type { NetworkSize } from './config.ts';
import { BUDGET_ROUNDING, patchesOf, SLOTS_PER_CLIP, tokensOf } from './config.ts';

/** The input of the blocks after the soft mask and of the head. */
export interface MaskedTokens {
  /** [batch, n, width] */
  readonly tokens: Tensor;
  /** Final mask weights of these tokens, [batch, n]. */
  readonly weights: Tensor;
  /** Logarithms of the weights, [batch, 1, 1, n]. */
  readonly logMask: Tensor;
  /** The slot of each token, one-hot: [batch or 1, n, slots]. */
  readonly slots: Tensor;
}

/**
 * Keeps the tokens with the largest final weights, as many as the budget allows. Of equal weights the earlier token comes
 * first.
 * @param x [batch, tokens, width]
 * @param final [batch, slots, patches]
 * @param budget [1], 0..1
 * @returns the kept tokens and their `count`, [1]
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

/**
 * Keeps all tokens, with their final weights.
 * @param x [batch, n, width]
 * @param final [batch, slots, n / slots]
 */
export function weighTokens(x: Tensor, final: Tensor): MaskedTokens {
  const [batch, tokens] = x.dims as [number, number];
  const weights = final.reshape([batch, tokens]);
  const patches = tokens / SLOTS_PER_CLIP;
  const slots = x.graph.constant(slotsOfTokens(patches), [1, tokens, SLOTS_PER_CLIP], `slots.${patches}`);
  return { tokens: x, weights, logMask: logMaskOf(weights), slots };
}

/** The slot of each token, one-hot, slot-major: [slots * patches, slots]. */
function slotsOfTokens(patches: number): Float32Array {
  return Float32Array.from({ length: SLOTS_PER_CLIP * patches * SLOTS_PER_CLIP }, (_, i) => {
    const token = Math.floor(i / SLOTS_PER_CLIP);
    return Math.floor(token / patches) === i % SLOTS_PER_CLIP ? 1 : 0;
  });
}

/** Log of each weight, which is added to the attention scores of the token as a key: [batch, n] gives [batch, 1, 1, n]. */
function logMaskOf(weights: Tensor): Tensor {
  const [batch, tokens] = weights.dims;
  return weights.add(1e-6).log().reshape([batch!, 1, 1, tokens!]);
}
