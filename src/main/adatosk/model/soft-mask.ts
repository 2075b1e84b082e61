import { NEUTRAL_INDEX } from '../../../shared/domain/expressions.ts';
import type { Graph } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { SLOTS_PER_CLIP } from './config.ts';
import type { Tensor } from '../graph/tensor.ts';

/**
 * The adaptive temporal soft mask. What it does is the paper's (arXiv 2502.21004, abstract): a class-agnostic
 * part that is high at key moments, a class-semantic part that keeps what supports the classes and is not yet
 * said, and a final mask from both. The formulas below are ours (docs/developer/network.md, "The soft mask: ours").
 *
 * z[t, n] is the normalised token of slot t at place n after the first blocks, less its fixed position: positions
 * differ from slot to slot, and a residual stream carries them along, so that without this a clip in which nothing
 * moves would seem to change everywhere. All weights lie in 0..1.
 *
 *   class-agnostic   d = mean of |z[t] - z[t-1]| and |z[t+1] - z[t]|           (an end has one neighbour; |.| is
 *                                                                              the root mean square over channels)
 *                    a = d / (d + mean(d) + floor)
 *     Divisive normalisation (Heeger 1992): a still token weighs 0, one that changes as much as the clip's mean
 *     nearly 1/2, and no change saturates. The learned floor keeps a clip without motion from amplifying noise.
 *     Both neighbours count, so that a moment is marked on both sides of a change; EVEREST looks back only.
 *
 *   class-semantic   s[t, n, c] = cos(z[t, n], e_c)                            (e_c: learned class embeddings)
 *                    r_c        = s_c - s_neutral                              (c: the six that are not neutral)
 *                    support    = sum_c softmax_c(r / 0.1) r_c                 (a smooth maximum)
 *                    said       = mean over t' < t of cos(z[t, n], z[t', n])   (similarity accumulated over time)
 *                    b = sigmoid(gain (support - discount said) + bias)
 *     Neutral is the absence of an expression: a token that looks neutral supports nothing. (With neutral as a class
 *     like the others a resting face supports as much as an apex does: d 0.05 between the two after training.)
 *     Slot 0 has nothing before it, which is true of our window and not of the face: it takes slot 1's value
 *     (EVEREST does the same for its differences), or every clip would begin with a spurious key moment.
 *
 *   final            m = w a + (1 - w) b,   w = sigmoid(balance)
 *     A mean, and not a product, keeps a token that only one of the parts values.
 */
export interface SoftMask {
  /** [batch, slots, places] each. */
  readonly classAgnostic: Tensor;
  readonly classSemantic: Tensor;
  readonly final: Tensor;
  /** Similarity of each slot to each class, mean over its places, -1..1: [batch, slots, classes]. */
  readonly similarity: Tensor;
}

/** First values of the learned numbers; found by eye on random weights, to be replaced by training. */
const FIRST = { floor: -3, gain: 2.1, discount: -0.43, bias: 1.5, balance: 0 } as const;
export const SUPPORT_TEMPERATURE = 0.1;
const TINY = 1e-6;

/**
 * @param tokens [batch, slots * places, width], slot-major; in training the visible places alone
 * @param positions what was added to the tokens for their positions, [1 or batch, slots * places, width]
 */
export function softMask(graph: Graph, tokens: Tensor, positions: Tensor, width: number, classes: number): SoftMask {
  const places = (tokens.dims[1] as number) / SLOTS_PER_CLIP;
  const ones = graph.parameter('norm.weight', [width], { kind: 'constant', value: 1 });
  const zeros = graph.parameter('norm.bias', [width], { kind: 'constant', value: 0 });
  const normal = op.layerNormalization(graph, op.subtract(graph, tokens, positions), ones, zeros, TINY);
  const z = op.reshape(graph, normal, [tokens.dims[0]!, SLOTS_PER_CLIP, places, width]);
  const classAgnostic = graph.scope('agnostic', () => classAgnosticMask(graph, z));
  const { weight: classSemantic, similarity } = graph.scope('semantic', () => classSemanticMask(graph, z, width, classes));
  const w = op.sigmoid(graph, scalar(graph, 'balance', FIRST.balance));
  const final = op.add(graph, op.multiply(graph, w, op.subtract(graph, classAgnostic, classSemantic)), classSemantic);
  return { classAgnostic, classSemantic, final, similarity };
}

function classAgnosticMask(graph: Graph, z: Tensor): Tensor {
  const last = SLOTS_PER_CLIP - 1;
  const step = op.subtract(graph, op.slice(graph, z, 1, 1, SLOTS_PER_CLIP), op.slice(graph, z, 1, 0, last));
  const squares = op.reduceMean(graph, op.multiply(graph, step, step), [3]);
  const distance = op.squareRoot(graph, op.add(graph, squares, graph.constant(TINY)));
  const inner = op.add(graph, op.slice(graph, distance, 1, 0, last - 1), op.slice(graph, distance, 1, 1, last));
  const change = op.concat(
    graph,
    [op.slice(graph, distance, 1, 0, 1), op.multiply(graph, inner, graph.constant(0.5)), op.slice(graph, distance, 1, last - 1, last)],
    1,
  );
  const floor = op.softplus(graph, scalar(graph, 'floor', FIRST.floor));
  const usual = op.add(graph, op.reduceMean(graph, change, [1, 2], true), floor);
  return op.divide(graph, change, op.add(graph, change, usual));
}

function classSemanticMask(graph: Graph, z: Tensor, width: number, classes: number): { weight: Tensor; similarity: Tensor } {
  const embeddings = graph.parameter('class_embeddings', [width, classes], { kind: 'uniform', range: 1 });
  const unit = unitVectors(graph, z, 3);
  const likeness = op.matMul(graph, unit, unitVectors(graph, embeddings, 0));
  const beyondNeutral = op.matMul(graph, likeness, graph.constant(overNeutral(classes), [classes, classes - 1], 'mask.over_neutral'));
  const sharp = op.softmax(graph, op.multiply(graph, beyondNeutral, graph.constant(1 / SUPPORT_TEMPERATURE)));
  const support = op.reduceSum(graph, op.multiply(graph, sharp, beyondNeutral), [3]);
  const discount = op.softplus(graph, scalar(graph, 'discount', FIRST.discount));
  const news = op.subtract(graph, support, op.multiply(graph, discount, alreadySaid(graph, unit)));
  const gain = op.softplus(graph, scalar(graph, 'gain', FIRST.gain));
  const weight = op.sigmoid(graph, op.add(graph, op.multiply(graph, gain, news), scalar(graph, 'bias', FIRST.bias)));
  return { weight, similarity: op.reduceMean(graph, likeness, [2]) };
}

/** The matrix that turns [classes] similarities into those of all but neutral, each less neutral's: [classes, classes - 1]. */
function overNeutral(classes: number): Float32Array {
  const matrix = new Float32Array(classes * (classes - 1));
  for (let c = 0, column = 0; c < classes; c++) {
    if (c === NEUTRAL_INDEX) continue;
    matrix[c * (classes - 1) + column] = 1;
    matrix[NEUTRAL_INDEX * (classes - 1) + column] = -1;
    column++;
  }
  return matrix;
}

/** Mean similarity of each token to the earlier ones at its place: [batch, slots, places]. */
function alreadySaid(graph: Graph, unit: Tensor): Tensor {
  const byPlace = op.transpose(graph, unit, [0, 2, 1, 3]);
  const similarity = op.matMul(graph, byPlace, op.transpose(graph, unit, [0, 2, 3, 1]));
  const earlier = new Float32Array(SLOTS_PER_CLIP * SLOTS_PER_CLIP);
  earlier[1] = 1;
  for (let t = 1; t < SLOTS_PER_CLIP; t++) earlier.fill(1 / t, t * SLOTS_PER_CLIP, t * SLOTS_PER_CLIP + t);
  const weights = graph.constant(earlier, [SLOTS_PER_CLIP, SLOTS_PER_CLIP], 'mask.earlier_slots');
  return op.transpose(graph, op.reduceSum(graph, op.multiply(graph, similarity, weights), [3]), [0, 2, 1]);
}

function unitVectors(graph: Graph, x: Tensor, axis: number): Tensor {
  const squares = op.reduceSum(graph, op.multiply(graph, x, x), [axis], true);
  return op.divide(graph, x, op.squareRoot(graph, op.add(graph, squares, graph.constant(TINY))));
}

function scalar(graph: Graph, name: string, value: number): Tensor {
  return graph.parameter(name, [], { kind: 'constant', value });
}
