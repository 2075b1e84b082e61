import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { Graph } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { NetworkSize } from './config.ts';
import { FRAMES_PER_CLIP } from './config.ts';
import { blocks } from './encoder.ts';
import { classify, slotFeatures, slotLogits, unitLogits } from './head.ts';
import { keepTokens } from './masked-tokens.ts';
import { patchEmbed, positionsOf, tubesOf } from './patch-embed.ts';
import { softMask } from './soft-mask.ts';

/** Names of the inference graph's inputs and outputs. Every AdaTosk .onnx file has these; `action_units` only where its weights exist. */
export const INPUTS = { clip: 'clip', tokenBudget: 'token_budget' } as const;
export const OUTPUTS = {
  probabilities: 'probabilities',
  slotProbabilities: 'slot_probabilities',
  classAgnostic: 'mask_class_agnostic',
  classSemantic: 'mask_class_semantic',
  final: 'mask_final',
  similarity: 'similarity',
  tokensKept: 'tokens_kept',
  actionUnits: 'action_units',
} as const;

/** A further output of a network that also reads mirror images (mirrored-network.ts): how much the reading of each slot changes, [batch, 8]. */
export const MIRROR_DIFFERENCE = 'mirror_difference';

/** Parameters of the head for action units. A model has the output `action_units` if it has these. */
export const UNITS_HEAD = { weight: 'units.fc.weight', bias: 'units.fc.bias' } as const;

/**
 * The inference graph.
 *
 * Inputs: `clip` [batch, 16, side, side, 3], RGB in 0..1; `token_budget` [1], 0..1.
 * Outputs: `probabilities` [batch, 7]; `slot_probabilities` [batch, 8, 7] from `slotLogits`;
 * `mask_class_agnostic`, `mask_class_semantic`, `mask_final` [batch, 8, patches]; `similarity` [batch, 8, 7];
 * `tokens_kept` [1]; `action_units` [batch, 8, units], 0..1, experimental.
 * @param units number of action units; 0 for a model without the output `action_units`
 */
export function buildInferenceGraph(size: NetworkSize, units = 0): Graph {
  const graph = new Graph(`adatosk-${size.name}`);
  const clip = graph.input(INPUTS.clip, ['batch', FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]);
  const budget = graph.input(INPUTS.tokenBudget, [1]);

  // The order in which constants are made is that of the file, whose hash is known for the untrained models.
  const positions = positionsOf(graph, size);
  const embedded = patchEmbed(tubesOf(clip), size.width).add(positions);
  const encode: Encode = (x, first, end, logMask) => blocks(x, first, end, size.heads, logMask);
  readTokens(embedded, budget, { ...size, units }, encode);
  return graph;
}

/** Runs the blocks `first` to `end` (not included) on x, [batch, tokens, width]. */
export type Encode = (x: Tensor, first: number, end: number, logMask?: Tensor) => Tensor;

/** Adds all that follows the embedding: the blocks, the soft mask, the heads and the outputs. @param embedded [batch, tokens, width] */
export function readTokens(embedded: Tensor, budget: Tensor, size: NetworkSize & { readonly units: number }, encode: Encode): void {
  const { graph } = embedded;
  const positions = positionsOf(graph, size);
  const x = encode(embedded, 0, size.blocksBeforeMask);
  const mask = graph.scope('mask', () => softMask(x, positions, EXPRESSIONS.length));
  const kept = graph.scope('keep', () => keepTokens(x, mask.final, budget, size));
  const latent = encode(kept.tokens, size.blocksBeforeMask, size.blocks, kept.logMask);
  const logits = classify(latent, kept.weights);
  const features = slotFeatures(latent, kept);

  graph.output(OUTPUTS.probabilities, logits.softmax());
  graph.output(OUTPUTS.slotProbabilities, slotLogits(logits, mask.similarity, features).softmax());
  graph.output(OUTPUTS.classAgnostic, mask.classAgnostic);
  graph.output(OUTPUTS.classSemantic, mask.classSemantic);
  graph.output(OUTPUTS.final, mask.final);
  graph.output(OUTPUTS.similarity, mask.similarity);
  graph.output(OUTPUTS.tokensKept, kept.count);
  if (size.units > 0) graph.output(OUTPUTS.actionUnits, unitLogits(features, size.units).sigmoid());
}
