import type { Tensor } from '../graph/tensor.ts';

/** Constants of AdamW (Loshchilov and Hutter 2019, algorithm 2); the betas are MAE-DFER's for fine-tuning. */
const ADAMW = { firstBeta: 0.9, secondBeta: 0.999, epsilon: 1e-8 } as const;

/** What a group of weights carries from step to step, [count] each. */
export interface GroupState {
  readonly weights: Tensor;
  /**
   * The moments as sums and not as means: m / (1 - beta1) and v / (1 - beta2). Their factors go into the step's rates,
   * which saves two passes over all weights.
   */
  readonly first: Tensor;
  readonly second: Tensor;
  /** Exponential moving average of the weights. */
  readonly average: Tensor;
}

/** How far a group moves in a step, [1] each. */
export interface GroupRates {
  /** What the root of the second moment is multiplied by: both bias corrections, over the learning rate. */
  readonly deviationScale: Tensor;
  /** epsilon over the learning rate, corrected for bias likewise. */
  readonly floor: Tensor;
  /** The learning rate itself, which Muon reads. */
  readonly stepSize: Tensor;
  /** Share of a weight that its decay leaves: 1 - rate * weight decay. */
  readonly weightKeeps: Tensor;
  /** Share of the old average that stays. */
  readonly averageKeeps: Tensor;
}

/** The rates of a group's n-th step (n from 1). */
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

/** One step of AdamW with bias correction and decoupled weight decay, and of the weights' moving average. */
export function adamW(state: GroupState, gradient: Tensor, rates: GroupRates): GroupState {
  const first = state.first.mul(ADAMW.firstBeta).add(gradient);
  const second = state.second.mul(ADAMW.secondBeta).add(gradient.mul(gradient));
  const denominator = second.sqrt().mul(rates.deviationScale).add(rates.floor);
  const weights = state.weights.mul(rates.weightKeeps).sub(first.div(denominator));
  const difference = state.average.sub(weights).mul(rates.averageKeeps);
  return { weights, first, second, average: weights.add(difference) };
}
