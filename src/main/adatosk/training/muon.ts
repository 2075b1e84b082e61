import type { GroupRates, GroupState } from './adamw.ts';
import type { ParameterGroup } from './parameter-store.ts';
import type { Tensor } from '../graph/tensor.ts';

/**
 * Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"): the update is the momentum with all
 * singular values brought near 1, so that a step changes the matrix in all directions and not only in the few strongest.
 */
const MOMENTUM = 0.95;
/** Newton-Schulz iteration: five rounds of X -> aX + bAX + cA(AX), A = XXᵀ, map singular values of 0.01 to 1 into 0.7 to 1.2 (ibid.). */
const ROUNDS = 5;
const [A, B, C] = [3.4445, -4.775, 2.0315];
/**
 * Root mean square of an update at learning rate 1. It is similar to AdamW's, so that both optimisers can share one
 * learning rate. Liu et al. 2025 (section 2.2) use 0.2 for months of training; trainings here take hours and allow larger
 * steps.
 */
export const LIKE_ADAMW = 0.5;

/** Whether a group is one hidden matrix of the encoder or decoder. AdamW updates embeddings, heads and vectors (ibid.). */
export function isHiddenMatrix({ part, decays, names }: ParameterGroup): boolean {
  return decays && part.startsWith('blocks.') && names.length === 1;
}

/**
 * One step of Muon with decoupled weight decay; also updates the moving average of the weights. The second moment does not
 * change.
 * @param dims dimensions of the matrix, [from, to]
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

/** The matrix [from, to] with all singular values near 1. The iteration runs on the shorter side, which is cheaper. */
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
