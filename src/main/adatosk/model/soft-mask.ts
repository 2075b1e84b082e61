import { NEUTRAL_INDEX } from '../../../shared/domain/expressions.ts';
import type { Graph } from '../graph/graph.ts';
import { Tensor } from '../graph/tensor.ts';
import { SLOTS_PER_CLIP } from './config.ts';
import { layerNorm, widthOf } from './encoder.ts';

/**
 * The adaptive temporal soft mask. Its purpose is from the paper (arXiv 2502.21004, abstract): a class-agnostic part that
 * is high at key moments, a class-semantic part that is high for tokens that support a class and differ from earlier
 * slots, and a final mask from both. The paper gives no formulas; those below are of this project
 * (docs/developer/network.md, "The soft mask: ours").
 *
 * z[t, n] is the normalised token of slot t and patch n after the first blocks, minus its fixed position. Positions differ
 * from slot to slot and the residual stream carries them along: without the subtraction, a clip without any motion would
 * seem to change everywhere. All weights lie in 0..1.
 *
 *   class-agnostic   d = mean of |z[t] - z[t-1]| and |z[t+1] - z[t]|           (an end has one neighbour; |.| is
 *                                                                              the root mean square over channels)
 *                    a = d / (d + meanChange + floor)                          (meanChange: mean of d over the clip)
 *     Divisive normalisation (Heeger 1992): a token that does not change has weight 0, a token that changes as much as
 *     the mean of the clip has nearly 1/2, and no change saturates. The learned floor prevents noise from being amplified
 *     in a clip without motion. Both neighbours count, so that the mask is high on both sides of a change; EVEREST
 *     compares with the slot before only.
 *
 *   class-semantic   s[t, n, c]        = cos(z[t, n], e_c)                     (e_c: learned class embeddings)
 *                    r_c               = s_c - s_neutral                       (c: the six that are not neutral)
 *                    support           = sum_c softmax_c(r / 0.1) r_c          (a smooth maximum)
 *                    earlierSimilarity = mean over t' < t of cos(z[t, n], z[t', n])
 *                    novelty           = support - discount earlierSimilarity
 *                    b = sigmoid(gain novelty + bias)
 *     Neutral is the absence of an expression: a token that looks neutral supports no class. (With neutral as a class like
 *     the others, a resting face has as much support as an apex: d 0.05 between the two after training.)
 *     Slot 0 has no earlier slot in the clip, although the face was there before. It takes the value of slot 1, as EVEREST
 *     does for its differences; otherwise every clip would begin with a spurious key moment.
 *
 *   final            m = w a + (1 - w) b,   w = sigmoid(balance)
 *     A mean instead of a product keeps tokens that are high in only one of the two parts.
 */
export interface SoftMask {
  /** [batch, slots, patches] each. */
  readonly classAgnostic: Tensor;
  readonly classSemantic: Tensor;
  readonly final: Tensor;
  /** Similarity of each slot to each class, mean over its patches, -1..1: [batch, slots, classes]. */
  readonly similarity: Tensor;
}

/** First values of the learned scalars, chosen by eye on random weights. Training replaces them. */
const FIRST = { floor: -3, gain: 2.1, discount: -0.43, bias: 1.5, balance: 0 } as const;
export const SUPPORT_TEMPERATURE = 0.1;
const TINY = 1e-6;

/**
 * Computes the soft mask; see SoftMask for the formulas.
 * @param tokens [batch, slots * patches, width], slot-major; in training the visible patches alone
 * @param positions the positions that were added to the tokens, [1 or batch, slots * patches, width]
 */
export function softMask(tokens: Tensor, positions: Tensor, classes: number): SoftMask {
  const { graph } = tokens;
  const patches = (tokens.dims[1] as number) / SLOTS_PER_CLIP;
  const z = layerNorm(tokens.sub(positions), 'norm').reshape([tokens.dims[0]!, SLOTS_PER_CLIP, patches, widthOf(tokens)]);
  const classAgnostic = graph.scope('agnostic', () => classAgnosticMask(z));
  const { weight: classSemantic, similarity } = graph.scope('semantic', () => classSemanticMask(z, classes));
  const w = scalar(graph, 'balance', FIRST.balance).sigmoid();
  const final = w.mul(classAgnostic.sub(classSemantic)).add(classSemantic);
  return { classAgnostic, classSemantic, final, similarity };
}

/** z [batch, slots, patches, width] gives [batch, slots, patches]. */
function classAgnosticMask(z: Tensor): Tensor {
  const last = SLOTS_PER_CLIP - 1;
  const step = z.slice(1, 1, SLOTS_PER_CLIP).sub(z.slice(1, 0, last));
  const distance = step.mul(step).mean([3]).add(TINY).sqrt();
  const inner = distance.slice(1, 0, last - 1).add(distance.slice(1, 1, last));
  const change = Tensor.concat([distance.slice(1, 0, 1), inner.mul(0.5), distance.slice(1, last - 1, last)], 1);
  const floor = scalar(z.graph, 'floor', FIRST.floor).softplus();
  const meanChange = change.mean([1, 2], { keepDims: true });
  return change.div(change.add(meanChange.add(floor)));
}

/** z [batch, slots, patches, width] gives the weight [batch, slots, patches] and the similarity [batch, slots, classes]. */
function classSemanticMask(z: Tensor, classes: number): { weight: Tensor; similarity: Tensor } {
  const { graph } = z;
  const embeddings = graph.parameter('class_embeddings', [widthOf(z), classes], { kind: 'uniform', range: 1 });
  const unit = unitVectors(z, 3);
  const similarity = unit.matMul(unitVectors(embeddings, 0));
  const overNeutral = similarity.matMul(graph.constant(differencesFromNeutral(classes), [classes, classes - 1], 'mask.over_neutral'));
  const shares = overNeutral.mul(1 / SUPPORT_TEMPERATURE).softmax();
  const support = shares.mul(overNeutral).sum([3]);
  const discount = scalar(graph, 'discount', FIRST.discount).softplus();
  const novelty = support.sub(discount.mul(earlierSimilarity(unit)));
  const gain = scalar(graph, 'gain', FIRST.gain).softplus();
  const weight = gain
    .mul(novelty)
    .add(scalar(graph, 'bias', FIRST.bias))
    .sigmoid();
  return { weight, similarity: similarity.mean([2]) };
}

/** The matrix that subtracts the similarity to neutral from the similarities to all other classes: [classes, classes - 1]. */
function differencesFromNeutral(classes: number): Float32Array {
  const matrix = new Float32Array(classes * (classes - 1));
  for (let c = 0, column = 0; c < classes; c++) {
    if (c === NEUTRAL_INDEX) continue;
    matrix[c * (classes - 1) + column] = 1;
    matrix[NEUTRAL_INDEX * (classes - 1) + column] = -1;
    column++;
  }
  return matrix;
}

/** Mean similarity of each token to the earlier tokens of its patch: unit vectors [batch, slots, patches, width] give [batch, slots, patches]. */
function earlierSimilarity(unit: Tensor): Tensor {
  const similarity = unit.transpose(1, 2).matMul(unit.permute([0, 2, 3, 1]));
  const earlier = new Float32Array(SLOTS_PER_CLIP * SLOTS_PER_CLIP);
  earlier[1] = 1;
  for (let t = 1; t < SLOTS_PER_CLIP; t++) earlier.fill(1 / t, t * SLOTS_PER_CLIP, t * SLOTS_PER_CLIP + t);
  const weights = unit.graph.constant(earlier, [SLOTS_PER_CLIP, SLOTS_PER_CLIP], 'mask.earlier_slots');
  return similarity.mul(weights).sum([3]).transpose(1, 2);
}

function unitVectors(x: Tensor, axis: number): Tensor {
  const squares = x.mul(x).sum([axis], { keepDims: true });
  return x.div(squares.add(TINY).sqrt());
}

/** A learned scalar. */
function scalar(graph: Graph, name: string, value: number): Tensor {
  return graph.parameter(name, [], { kind: 'constant', value });
}
