import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { encoderBlock, linear, norm, twoLayers } from './encoder.ts';
import { Graph } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { NetworkSize } from './config.ts';
import { BUDGET_ROUNDING, FRAMES_PER_CLIP, MLP_RATIO, placesOf, SLOTS_PER_CLIP, tokensOf, TUBE, TUBE_VALUES } from './config.ts';
import { softMask } from './soft-mask.ts';
import type { Tensor } from '../graph/tensor.ts';

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

/** softplus(0.54) = 1: a slot begins with the clip's logits. */
const FIRST_CLIP_SHARE = 0.54;
/** softplus(10) ≈ 10: how far a slot's similarity tilts the clip's probabilities before training says otherwise. */
const FIRST_TILT = 10;

/**
 * The inference graph.
 *
 * Inputs: `clip` [batch, 16, side, side, 3], RGB in 0..1; `token_budget` [1], 0..1.
 * Outputs: `probabilities` [batch, 7]; `slot_probabilities` [batch, 8, 7]: the clip's, moved by what each slot's own
 * tokens say; `mask_class_agnostic`, `mask_class_semantic`, `mask_final` [batch, 8, places];
 * `similarity` [batch, 8, 7]; `tokens_kept` [1].
 */
export function buildInferenceGraph(size: NetworkSize): Graph {
  const graph = new Graph(`adatosk-${size.name}`);
  const clip = graph.input(INPUTS.clip, ['batch', FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]);
  const budget = graph.input(INPUTS.tokenBudget, [1]);
  const positions = positionsOf(graph, size);
  const embedded = op.add(graph, embedTubes(graph, tubesOf(graph, clip, size), size), positions);
  const x = encode(graph, embedded, 0, size.blocksBeforeMask, size);
  const mask = graph.scope('mask', () => softMask(graph, x, positions, size.width, EXPRESSIONS.length));
  const kept = graph.scope('keep', () => keepTokens(graph, x, mask.final, budget, size));
  const latent = encode(graph, kept.tokens, size.blocksBeforeMask, size.blocks, size, kept.logMask);
  const logits = classify(graph, latent, kept.weights, size);
  const features = slotFeatures(graph, { latent, weights: kept.weights, slots: kept.slots }, size);
  graph.output(OUTPUTS.probabilities, op.softmax(graph, logits));
  graph.output(OUTPUTS.slotProbabilities, op.softmax(graph, slotLogits(graph, logits, mask.similarity, features, size)));
  graph.output(OUTPUTS.classAgnostic, mask.classAgnostic);
  graph.output(OUTPUTS.classSemantic, mask.classSemantic);
  graph.output(OUTPUTS.final, mask.final);
  graph.output(OUTPUTS.similarity, mask.similarity);
  graph.output(OUTPUTS.tokensKept, kept.count);
  return graph;
}

/** The encoder's blocks from the first to before the last, with the soft mask's weights where there are any. */
export function encode(graph: Graph, x: Tensor, first: number, end: number, size: NetworkSize, logMask?: Tensor): Tensor {
  let tokens = x;
  for (let i = first; i < end; i++) {
    tokens = graph.scope(`blocks.${i}`, () => encoderBlock(graph, tokens, size.width, size.heads, logMask));
  }
  return tokens;
}

/** Fixed positions of all tokens, [1, tokens, width]. */
export function positionsOf(graph: Graph, size: NetworkSize, width = size.width): Tensor {
  return graph.constant(sinusoidalPositions(tokensOf(size), width), [1, tokensOf(size), width], `positions.${width}`);
}

/** A clip (or some of its slots) cut into tubes of 2 x 16 x 16 pixels, slot-major: [batch, tokens, 1536]. */
export function tubesOf(graph: Graph, clip: Tensor, size: NetworkSize, slots = SLOTS_PER_CLIP): Tensor {
  const cells = size.cropSide / TUBE.side;
  const batch = clip.dims[0]!;
  const cut = op.reshape(graph, clip, [batch, slots, TUBE.frames, cells, TUBE.side, cells, TUBE.side, 3]);
  const tubes = op.transpose(graph, cut, [0, 1, 3, 5, 2, 4, 6, 7]);
  return op.reshape(graph, tubes, [batch, slots * placesOf(size), TUBE_VALUES]);
}

/** Tubes [batch, any, 1536] to tokens [batch, any, width], without positions (VideoMAE). */
export function embedTubes(graph: Graph, tubes: Tensor, size: NetworkSize): Tensor {
  // Whole tubes at once: along an axis of 3 the same arithmetic takes onnxruntime eight times as long.
  const mean = graph.constant(everyPixel(PIXEL_MEAN), [TUBE_VALUES], 'pixel.mean');
  const gain = graph.constant(everyPixel(PIXEL_DEVIATION.map((deviation) => 1 / deviation)), [TUBE_VALUES], 'pixel.gain');
  const normal = op.multiply(graph, op.subtract(graph, tubes, mean), gain);
  return graph.scope('patch_embed', () => linear(graph, 'proj', normal, TUBE_VALUES, size.width));
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

interface KeptTokens {
  /** [batch, kept, width] */
  readonly tokens: Tensor;
  /** Final weights of the kept tokens, [batch, kept], and their logarithms, [batch, 1, 1, kept]. */
  readonly weights: Tensor;
  readonly logMask: Tensor;
  /** Which slot each kept token is of: ones and zeros, [batch, kept, slots]. */
  readonly slots: Tensor;
  readonly count: Tensor;
}

/** The tokens with the largest final weight, as many as the budget ([1], 0..1) allows; ties go to the earlier token. */
export function keepTokens(graph: Graph, x: Tensor, final: Tensor, budget: Tensor, size: NetworkSize): KeptTokens {
  const all = tokensOf(size);
  const batch = x.dims[0]!;
  const wanted = op.ceiling(graph, op.subtract(graph, op.multiply(graph, budget, graph.constant(all)), graph.constant(BUDGET_ROUNDING)));
  const count = op.minimum(graph, op.maximum(graph, wanted, graph.constant(1)), graph.constant(all));
  const { values, places } = op.topK(graph, op.reshape(graph, final, [batch, all]), op.cast(graph, count, 'int64'), 'kept');
  const rows = op.reshape(graph, places, [batch, 'kept', 1]);
  const slots = op.lookUp(graph, graph.constant(slotsOfTokens(placesOf(size)), [all, SLOTS_PER_CLIP], 'keep.slots'), rows);
  return { tokens: op.gatherRows(graph, x, rows), weights: values, logMask: logMaskOf(graph, values), slots, count };
}

/** Which slot each of a clip's tokens is of, slot-major: rows of ones and zeros, [slots * places, slots]. */
export function slotsOfTokens(places: number): Float32Array {
  return Float32Array.from({ length: SLOTS_PER_CLIP * places * SLOTS_PER_CLIP }, (_, i) => {
    const token = Math.floor(i / SLOTS_PER_CLIP);
    return Math.floor(token / places) === i % SLOTS_PER_CLIP ? 1 : 0;
  });
}

/** What the attention to each token is raised by: log of its weight. weights [batch, n] gives [batch, 1, 1, n]. */
export function logMaskOf(graph: Graph, weights: Tensor): Tensor {
  const [batch, tokens] = weights.dims;
  const log = op.logarithm(graph, op.add(graph, weights, graph.constant(1e-6)));
  return op.reshape(graph, log, [batch!, 1, 1, tokens!]);
}

/**
 * Mean of the tokens, each with its final weight, then SupMAE's two-layer head (with LayerNorm where it has
 * BatchNorm): logits [batch, classes]. By weight, so that dropping what weighs little changes little.
 */
export function classify(graph: Graph, x: Tensor, weights: Tensor, size: NetworkSize): Tensor {
  const [batch, tokens] = weights.dims;
  return graph.scope('head', () => {
    const shares = op.divide(graph, weights, op.reduceSum(graph, weights, [1], true));
    const mean = op.matMul(graph, op.reshape(graph, shares, [batch!, 1, tokens!]), x);
    const pooled = norm(graph, 'norm', op.reshape(graph, mean, [batch!, size.width]), size.width);
    return twoLayers(graph, ['fc1', 'fc2'], pooled, size.width, MLP_RATIO * size.width, EXPRESSIONS.length);
  });
}

/** What the last block says of each token, with its final weight [batch, n] and its slot [batch or 1, n, slots]. */
export interface WeighedTokens {
  /** [batch, n, width] */
  readonly latent: Tensor;
  readonly weights: Tensor;
  readonly slots: Tensor;
}

/** The mean of each slot's own tokens, each with its final weight, normalised: [batch, slots, width]. */
export function slotFeatures(graph: Graph, { latent, weights, slots }: WeighedTokens, size: NetworkSize): Tensor {
  const [batch, tokens] = weights.dims;
  return graph.scope('head', () => {
    const weighed = op.multiply(graph, slots, op.reshape(graph, weights, [batch!, tokens!, 1]));
    const bySlot = op.transpose(graph, weighed, [0, 2, 1]);
    const total = op.add(graph, op.reduceSum(graph, bySlot, [2], true), graph.constant(1e-6));
    return norm(graph, 'slot_norm', op.divide(graph, op.matMul(graph, bySlot, latent), total), size.width);
  });
}

/**
 * Logits of each slot, [batch, slots, classes]: a share of the clip's; what the slot's own tokens say; and how far the
 * slot's similarity departs from the clip's mean. The last part comes from before the mask, so that a slot of which no
 * token was kept has it too.
 */
export function slotLogits(graph: Graph, logits: Tensor, similarity: Tensor, features: Tensor, size: NetworkSize): Tensor {
  return graph.scope('head', () => {
    const own = linear(graph, 'slot', features, size.width, EXPRESSIONS.length);
    const tilt = op.softplus(graph, graph.parameter('slot_tilt', [], { kind: 'constant', value: FIRST_TILT }));
    const share = op.softplus(graph, graph.parameter('slot_share', [], { kind: 'constant', value: FIRST_CLIP_SHARE }));
    const departure = op.subtract(graph, similarity, op.reduceMean(graph, similarity, [1], true));
    const clipLogits = op.multiply(graph, share, op.reshape(graph, logits, [logits.dims[0]!, 1, EXPRESSIONS.length]));
    return op.add(graph, op.add(graph, clipLogits, own), op.multiply(graph, tilt, departure));
  });
}
