import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Dim } from '../graph/tensor-type.ts';
import { layerNorm, linear, mlp, widthOf } from './encoder.ts';
import type { MaskedTokens } from './masked-tokens.ts';

/** softplus(0.54) = 1: before training, a slot has the clip's logits. */
const FIRST_CLIP_SHARE = 0.54;
/** softplus(10) ≈ 10: the factor of a slot's similarity before training. */
const FIRST_TILT = 10;

/**
 * Logits of a clip: mean of the tokens weighted by the final mask, then SupMAE's two-layer head (with LayerNorm instead of
 * BatchNorm). Because of the weights, dropping tokens of low weight changes the logits little.
 * @param x [batch, n, width]
 * @param weights final mask weights, [batch, n]
 * @returns [batch, classes]
 */
export function classify(x: Tensor, weights: Tensor): Tensor {
  const [batch, tokens] = weights.dims as [Dim, Dim];
  return x.graph.scope('head', () => {
    const shares = weights.div(weights.sum([1], { keepDims: true }));
    const mean = shares
      .reshape([batch, 1, tokens])
      .matMul(x)
      .reshape([batch, widthOf(x)]);
    return mlp(layerNorm(mean, 'norm'), EXPRESSIONS.length);
  });
}

/**
 * Mean of each slot's tokens, weighted by the final mask, then normalised.
 * @param x [batch, n, width]
 * @returns [batch, slots, width]
 */
export function slotFeatures(x: Tensor, { weights, slots }: Pick<MaskedTokens, 'weights' | 'slots'>): Tensor {
  const [batch, tokens] = weights.dims as [Dim, Dim];
  return x.graph.scope('head', () => {
    const bySlot = slots.mul(weights.reshape([batch, tokens, 1])).transpose(1, 2);
    const total = bySlot.sum([2], { keepDims: true }).add(1e-6);
    return layerNorm(bySlot.matMul(x).div(total), 'slot_norm');
  });
}

/**
 * Logits of the action units in each slot, from the features of the slots alone.
 * @param features [batch, slots, width]
 * @returns [batch, slots, units]
 */
export function unitLogits(features: Tensor, units: number): Tensor {
  return features.graph.scope('units', () => linear(features, 'fc', units));
}

/**
 * Logits of each slot: the sum of the clip's logits times a learned share, the logits from the slot's own tokens, and the
 * difference of the slot's similarity from the clip's mean times a learned factor. The similarity is computed before the
 * mask, so that it also exists for a slot of which no token was kept.
 * @param logits [batch, classes]
 * @param similarity [batch, slots, classes]
 * @param features [batch, slots, width]
 * @returns [batch, slots, classes]
 */
export function slotLogits(logits: Tensor, similarity: Tensor, features: Tensor): Tensor {
  const { graph } = logits;
  return graph.scope('head', () => {
    const own = linear(features, 'slot', EXPRESSIONS.length);
    const tilt = graph.parameter('slot_tilt', [], { kind: 'constant', value: FIRST_TILT }).softplus();
    const share = graph.parameter('slot_share', [], { kind: 'constant', value: FIRST_CLIP_SHARE }).softplus();
    const difference = similarity.sub(similarity.mean([1], { keepDims: true }));
    const clipLogits = share.mul(logits.reshape([logits.dims[0]!, 1, EXPRESSIONS.length]));
    return clipLogits.add(own).add(tilt.mul(difference));
  });
}
