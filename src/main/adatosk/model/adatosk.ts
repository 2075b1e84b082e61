import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { Graph } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { NetworkSize } from './config.ts';
import { FRAMES_PER_CLIP } from './config.ts';
import { blocks } from './encoder.ts';
import { classify, slotFeatures, slotLogits } from './head.ts';
import { keepTokens } from './masked-tokens.ts';
import { patchEmbed, positionsOf, tubesOf } from './patch-embed.ts';
import { softMask } from './soft-mask.ts';

/** Names of the inference graph's inputs and outputs. Every AdaTosk .onnx file must have exactly these. */
export const INPUTS = { clip: 'clip', tokenBudget: 'token_budget' } as const;
export const OUTPUTS = {
  probabilities: 'probabilities',
  slotProbabilities: 'slot_probabilities',
  classAgnostic: 'mask_class_agnostic',
  classSemantic: 'mask_class_semantic',
  final: 'mask_final',
  similarity: 'similarity',
  tokensKept: 'tokens_kept',
} as const;

/**
 * The inference graph.
 *
 * Inputs: `clip` [batch, 16, side, side, 3], RGB in 0..1; `token_budget` [1], 0..1.
 * Outputs: `probabilities` [batch, 7]; `slot_probabilities` [batch, 8, 7] from `slotLogits`;
 * `mask_class_agnostic`, `mask_class_semantic`, `mask_final` [batch, 8, patches]; `similarity` [batch, 8, 7];
 * `tokens_kept` [1].
 */
export function buildInferenceGraph(size: NetworkSize): Graph {
  const graph = new Graph(`adatosk-${size.name}`);
  const clip = graph.input(INPUTS.clip, ['batch', FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]);
  const budget = graph.input(INPUTS.tokenBudget, [1]);

  const embedded = patchEmbed(tubesOf(clip), size.width).add(positionsOf(graph, size));
  const encode: Encode = (x, first, end, logMask) => blocks(x, first, end, size.heads, logMask);
  readTokens(embedded, budget, size, encode);
  return graph;
}

/** Runs the blocks `first` to `end` (not included) on x, [batch, tokens, width]. */
export type Encode = (x: Tensor, first: number, end: number, logMask?: Tensor) => Tensor;

/** Adds all that follows the embedding: the blocks, the soft mask, the heads and the outputs. @param embedded [batch, tokens, width] */
export function readTokens(embedded: Tensor, budget: Tensor, size: NetworkSize, encode: Encode): void {
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
}
