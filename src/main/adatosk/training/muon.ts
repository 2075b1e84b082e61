import type { GroupRates, GroupState } from './adamw.ts';
import type { Graph } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { ParameterGroup } from './parameter-store.ts';
import type { Tensor } from '../graph/tensor.ts';

/**
 * Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"): momentum whose singular values
 * are all brought near 1, so that a step turns a matrix in every direction alike instead of in the few strongest ones.
 */
const MOMENTUM = 0.95;
/** Newton-Schulz: five rounds of X -> aX + bAX + cA(AX), A = XXᵀ, bring singular values of 0.01 to 1 between 0.7 and 1.2 (ibid.). */
const ROUNDS = 5;
const [A, B, C] = [3.4445, -4.775, 2.0315];
/**
 * Root mean square of a step at a learning rate of 1, as if AdamW had taken it, so that both have one learning rate. Liu
 * et al. 2025 (section 2.2) take 0.2 for months of training; trainings here last hours and may go further a step.
 */
export const LIKE_ADAMW = 0.5;

/** Whether a group is one matrix between layers of the encoder or decoder; embeddings, heads and vectors stay with AdamW (ibid.). */
export function isHiddenMatrix({ part, decays, names }: ParameterGroup): boolean {
  return decays && part.startsWith('blocks.') && names.length === 1;
}

/**
 * One step of Muon, with decoupled weight decay, and of the weights' moving average. The second moment is left as it is.
 * @param dims of the matrix, [from, to]
 */
export function muon(graph: Graph, state: GroupState, gradient: Tensor, rates: GroupRates, dims: readonly [number, number]): GroupState {
  const momentum = graph.constant(MOMENTUM);
  const first = op.add(graph, op.multiply(graph, state.first, momentum), gradient);
  const ahead = op.add(graph, op.multiply(graph, first, momentum), gradient);
  const count = dims[0] * dims[1];
  const turned = op.reshape(graph, orthogonal(graph, op.reshape(graph, ahead, dims), dims), [count]);
  const step = op.multiply(graph, turned, op.multiply(graph, rates.stepSize, graph.constant(LIKE_ADAMW * Math.sqrt(Math.max(...dims)))));
  const weights = op.subtract(graph, op.multiply(graph, state.weights, rates.weightKeeps), step);
  const apart = op.multiply(graph, op.subtract(graph, state.average, weights), rates.averageKeeps);
  return { weights, first, second: op.reshape(graph, state.second, [count]), average: op.add(graph, weights, apart) };
}

/** The matrix with its singular values near 1: worked out on its shorter side. */
function orthogonal(graph: Graph, matrix: Tensor, [from, to]: readonly [number, number]): Tensor {
  const isTall = from > to;
  const size = op.squareRoot(graph, op.reduceSum(graph, op.multiply(graph, matrix, matrix), [0, 1], true));
  const unit = op.divide(graph, matrix, op.add(graph, size, graph.constant(1e-7)));
  let x = isTall ? op.transpose(graph, unit, [1, 0]) : unit;
  for (let round = 0; round < ROUNDS; round++) {
    const square = op.matMul(graph, x, op.transpose(graph, x, [1, 0]));
    const mixed = op.add(graph, op.multiply(graph, square, graph.constant(B)), op.multiply(graph, op.matMul(graph, square, square), graph.constant(C)));
    x = op.add(graph, op.multiply(graph, x, graph.constant(A)), op.matMul(graph, mixed, x));
  }
  return isTall ? op.transpose(graph, x, [1, 0]) : x;
}
