import type { GroupRates, GroupState } from './adamw.ts';
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
export function muon(state: GroupState, gradient: Tensor, rates: GroupRates, dims: readonly [number, number]): GroupState {
  const count = dims[0] * dims[1];
  const first = state.first.mul(MOMENTUM).add(gradient);
  const nesterov = first.mul(MOMENTUM).add(gradient);
  const direction = orthogonal(nesterov.reshape(dims)).reshape([count]);
  const step = direction.mul(rates.stepSize.mul(LIKE_ADAMW * Math.sqrt(Math.max(...dims))));
  const weights = state.weights.mul(rates.weightKeeps).sub(step);
  const difference = state.average.sub(weights).mul(rates.averageKeeps);
  return { weights, first, second: state.second.reshape([count]), average: weights.add(difference) };
}

/** The matrix [from, to] with its singular values near 1: computed on its shorter side. */
function orthogonal(matrix: Tensor): Tensor {
  const [from, to] = matrix.dims as [number, number];
  const isTall = from > to;
  const size = matrix.mul(matrix).sum([0, 1], { keepDims: true }).sqrt();
  const unit = matrix.div(size.add(1e-7));
  let x = isTall ? unit.transpose(0, 1) : unit;
  for (let round = 0; round < ROUNDS; round++) {
    const gram = x.matMul(x.transpose(0, 1));
    const mixed = gram.mul(B).add(gram.matMul(gram).mul(C));
    x = x.mul(A).add(mixed.matMul(x));
  }
  return isTall ? x.transpose(0, 1) : x;
}
