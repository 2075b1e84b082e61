import { EXPRESSIONS } from '../../shared/expressions.ts';
import { encoderBlock, gelu, linear, norm } from './encoder.ts';
import { Graph } from './graph.ts';
import * as op from './operations.ts';
import type { NetworkSize } from './sizes.ts';
import { BUDGET_ROUNDING, FRAMES_PER_CLIP, MLP_RATIO, placesOf, SLOTS_PER_CLIP, tokensOf, TUBE, TUBE_VALUES } from './sizes.ts';
import type { SoftMask } from './soft-mask.ts';
import { softMask } from './soft-mask.ts';
import type { Tensor } from './tensor.ts';

/** Names of the inference graph's inputs and outputs; they are the contract of every AdaTosk .onnx file. */
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

/** ImageNet's channel means and deviations, RGB, for pixels in 0..1 (VideoMAE's and MAE-DFER's normalisation). */
const PIXEL_MEAN = [0.485, 0.456, 0.406];
const PIXEL_DEVIATION = [0.229, 0.224, 0.225];

/** softplus(10) ≈ 10: how far a slot's similarity tilts the clip's probabilities before training says otherwise. */
const FIRST_TILT = 10;

/**
 * The inference graph.
 *
 * Inputs: `clip` [batch, 16, side, side, 3], RGB in 0..1; `token_budget` [1], 0..1.
 * Outputs: `probabilities` [batch, 7]; `slot_probabilities` [batch, 8, 7]: the clip's, tilted to each slot by its
 * similarity to the classes; `mask_class_agnostic`, `mask_class_semantic`, `mask_final` [batch, 8, places];
 * `similarity` [batch, 8, 7]; `tokens_kept` [1].
 */
export function buildInferenceGraph(size: NetworkSize): Graph {
  const graph = new Graph(`adatosk-${size.name}`);
  const clip = graph.input(INPUTS.clip, ['batch', FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]);
  const budget = graph.input(INPUTS.tokenBudget, [1]);

  const positions = graph.constant(sinusoidalPositions(tokensOf(size), size.width), [1, tokensOf(size), size.width], 'positions');
  let x = op.add(
    graph,
    graph.scope('patch_embed', () => tubeEmbedding(graph, clip, size)),
    positions,
  );
  for (let i = 0; i < size.blocksBeforeMask; i++) {
    x = graph.scope(`blocks.${i}`, () => encoderBlock(graph, x, size.width, size.heads));
  }
  const mask = graph.scope('mask', () => softMask(graph, x, positions, size.width, placesOf(size), EXPRESSIONS.length));
  const kept = graph.scope('keep', () => keepTokens(graph, x, mask.final, budget, size));
  x = kept.tokens;
  for (let i = size.blocksBeforeMask; i < size.blocks; i++) {
    x = graph.scope(`blocks.${i}`, () => encoderBlock(graph, x, size.width, size.heads, kept.logMask));
  }
  const logits = graph.scope('head', () => classify(graph, x, size));
  graph.output(OUTPUTS.probabilities, op.softmax(graph, logits));
  graph.output(
    OUTPUTS.slotProbabilities,
    graph.scope('head', () => slotProbabilities(graph, logits, mask)),
  );
  graph.output(OUTPUTS.classAgnostic, mask.classAgnostic);
  graph.output(OUTPUTS.classSemantic, mask.classSemantic);
  graph.output(OUTPUTS.final, mask.final);
  graph.output(OUTPUTS.similarity, mask.similarity);
  graph.output(OUTPUTS.tokensKept, kept.count);
  return graph;
}

/** Tubes of 2 x 16 x 16 pixels to tokens [batch, tokens, width], slot-major (VideoMAE). */
function tubeEmbedding(graph: Graph, clip: Tensor, size: NetworkSize): Tensor {
  const cells = size.cropSide / TUBE.side;
  const cut = op.reshape(graph, clip, ['batch', SLOTS_PER_CLIP, TUBE.frames, cells, TUBE.side, cells, TUBE.side, 3]);
  const tubes = op.transpose(graph, cut, [0, 1, 3, 5, 2, 4, 6, 7]);
  const flat = op.reshape(graph, tubes, ['batch', tokensOf(size), TUBE_VALUES]);
  // Whole tubes at once: along an axis of 3 the same arithmetic takes onnxruntime eight times as long.
  const mean = graph.constant(everyPixel(PIXEL_MEAN), [TUBE_VALUES], 'pixel.mean');
  const gain = graph.constant(everyPixel(PIXEL_DEVIATION.map((deviation) => 1 / deviation)), [TUBE_VALUES], 'pixel.gain');
  const normal = op.multiply(graph, op.subtract(graph, flat, mean), gain);
  return linear(graph, 'proj', normal, TUBE_VALUES, size.width);
}

function everyPixel(channels: readonly number[]): Float32Array {
  return Float32Array.from({ length: TUBE_VALUES }, (_, i) => channels[i % channels.length]!);
}

/** Fixed sine and cosine positions over the flattened token index (Vaswani et al. 2017, section 3.5). */
export function sinusoidalPositions(count: number, width: number): Float32Array {
  const table = new Float32Array(count * width);
  for (let position = 0; position < count; position++) {
    for (let i = 0; i < width; i++) {
      const angle = position / 10000 ** ((2 * Math.floor(i / 2)) / width);
      table[position * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}

/** The tokens with the largest final weight, as many as the budget allows; ties go to the earlier token. */
function keepTokens(graph: Graph, x: Tensor, final: Tensor, budget: Tensor, size: NetworkSize): { tokens: Tensor; logMask: Tensor; count: Tensor } {
  const all = tokensOf(size);
  const wanted = op.ceiling(graph, op.subtract(graph, op.multiply(graph, budget, graph.constant(all)), graph.constant(BUDGET_ROUNDING)));
  const count = op.minimum(graph, op.maximum(graph, wanted, graph.constant(1)), graph.constant(all));
  const weights = op.reshape(graph, final, ['batch', all]);
  const { values, places } = op.topK(graph, weights, op.cast(graph, count, 'int64'), 'kept');
  const tokens = op.gatherRows(graph, x, op.reshape(graph, places, ['batch', 'kept', 1]));
  const logMask = op.logarithm(graph, op.add(graph, values, graph.constant(1e-6)));
  return { tokens, logMask: op.reshape(graph, logMask, ['batch', 1, 1, 'kept']), count };
}

/** Mean of the kept tokens, then SupMAE's two-layer head (with LayerNorm where it has BatchNorm): [batch, classes]. */
function classify(graph: Graph, x: Tensor, size: NetworkSize): Tensor {
  const pooled = norm(graph, 'norm', op.reduceMean(graph, x, [1]), size.width);
  const hidden = gelu(graph, linear(graph, 'fc1', pooled, size.width, MLP_RATIO * size.width));
  return linear(graph, 'fc2', hidden, MLP_RATIO * size.width, EXPRESSIONS.length);
}

function slotProbabilities(graph: Graph, logits: Tensor, mask: SoftMask): Tensor {
  const tilt = op.softplus(graph, graph.parameter('slot_tilt', [], { kind: 'constant', value: FIRST_TILT }));
  const departure = op.subtract(graph, mask.similarity, op.reduceMean(graph, mask.similarity, [1], true));
  const clipLogits = op.reshape(graph, logits, ['batch', 1, EXPRESSIONS.length]);
  return op.softmax(graph, op.add(graph, clipLogits, op.multiply(graph, tilt, departure)));
}
