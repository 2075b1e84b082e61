import type { Tensor } from '../graph/tensor.ts';

/** Constants of AdamW (Loshchilov and Hutter 2019, algorithm 2); betas as in MAE-DFER's fine-tuning. */
const ADAMW = { firstBeta: 0.9, secondBeta: 0.999, epsilon: 1e-8 } as const;

/** The state of a parameter group between steps, [count] each. */
export interface GroupState {
  readonly weights: Tensor;
  /**
   * First moment as a sum instead of a mean: m / (1 - beta1). `ratesOfStep` includes the factor, which saves a pass over
   * all weights.
   */
  readonly first: Tensor;
  /** Second moment likewise: v / (1 - beta2). */
  readonly second: Tensor;
  /** Exponential moving average of the weights. */
  readonly average: Tensor;
}

/** The factors of a group's update in one step, [1] each. */
export interface GroupRates {
  /** Factor of the square root of the second moment: both bias corrections divided by the learning rate. */
  readonly deviationScale: Tensor;
  /** epsilon divided by the learning rate, with the same bias correction. */
  readonly floor: Tensor;
  /** The learning rate; only Muon uses it. */
  readonly stepSize: Tensor;
  /** Share of a weight that remains after decay: 1 - rate * weight decay. */
  readonly weightKeeps: Tensor;
  /** Share of the old average in the new average. */
  readonly averageKeeps: Tensor;
}

/**
 * The rates of one step of a group.
 * @param step number of the step, from 1
 * @param rate learning rate
 * @param averageKeeps share of the old average in the new one; early steps use less, so that the average follows
 */
export function ratesOfStep(step: number, rate: number, weightDecay: number, averageKeeps: number): Record<keyof GroupRates, number> {
  const { firstBeta, secondBeta, epsilon } = ADAMW;
  const stepSize = (rate * (1 - firstBeta)) / (1 - firstBeta ** step);
  return {
    deviationScale: Math.sqrt((1 - secondBeta) / (1 - secondBeta ** step)) / stepSize,
    floor: epsilon / stepSize,
    stepSize: rate,
    weightKeeps: 1 - rate * weightDecay,
    averageKeeps: Math.min(averageKeeps, (1 + step) / (10 + step)),
  };
}

/** One step of AdamW with bias correction and decoupled weight decay; also updates the moving average of the weights. */
export function adamW(state: GroupState, gradient: Tensor, rates: GroupRates): GroupState {
  const first = state.first.mul(ADAMW.firstBeta).add(gradient);
  const second = state.second.mul(ADAMW.secondBeta).add(gradient.mul(gradient));
  const denominator = second.sqrt().mul(rates.deviationScale).add(rates.floor);
  const weights = state.weights.mul(rates.weightKeeps).sub(first.div(denominator));
  const difference = state.average.sub(weights).mul(rates.averageKeeps);
  return { weights, first, second, average: weights.add(difference) };
}
