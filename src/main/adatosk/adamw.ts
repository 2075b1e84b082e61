import type { Graph } from './graph.ts';
import * as op from './operations.ts';
import type { Tensor } from './tensor.ts';

/** Constants of AdamW (Loshchilov and Hutter 2019, algorithm 2); the betas are MAE-DFER's for fine-tuning. */
export const ADAMW = { firstBeta: 0.9, secondBeta: 0.999, epsilon: 1e-8 } as const;

/** What a group of weights carries from step to step, [count] each. */
export interface GroupState {
  readonly weights: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  /** Exponential moving average of the weights. */
  readonly average: Tensor;
}

/** How far a group moves in a step, [1] each. */
export interface GroupRates {
  /** Learning rate over the first moment's bias correction. */
  readonly stepSize: Tensor;
  /** One over the root of the second moment's bias correction. */
  readonly deviationScale: Tensor;
  /** Learning rate times weight decay. */
  readonly decay: Tensor;
  /** Share of the old average that stays. */
  readonly averageKeeps: Tensor;
}

/** The rates of a group's n-th step (n from 1). */
export function ratesOfStep(step: number, rate: number, weightDecay: number, averageKeeps: number): Record<keyof GroupRates, number> {
  return {
    stepSize: rate / (1 - ADAMW.firstBeta ** step),
    deviationScale: 1 / Math.sqrt(1 - ADAMW.secondBeta ** step),
    decay: rate * weightDecay,
    averageKeeps: Math.min(averageKeeps, (1 + step) / (10 + step)),
  };
}

/** One step of AdamW with bias correction and decoupled weight decay, and of the weights' moving average. */
export function adamW(graph: Graph, state: GroupState, gradient: Tensor, rates: GroupRates): GroupState {
  const mix = (old: Tensor, fresh: Tensor, beta: number): Tensor =>
    op.add(graph, op.multiply(graph, old, graph.constant(beta)), op.multiply(graph, fresh, graph.constant(1 - beta)));
  const first = mix(state.first, gradient, ADAMW.firstBeta);
  const second = mix(state.second, op.multiply(graph, gradient, gradient), ADAMW.secondBeta);
  const deviation = op.add(graph, op.multiply(graph, op.squareRoot(graph, second), rates.deviationScale), graph.constant(ADAMW.epsilon));
  const move = op.divide(graph, op.multiply(graph, first, rates.stepSize), deviation);
  const decayed = op.subtract(graph, state.weights, op.multiply(graph, state.weights, rates.decay));
  const weights = op.subtract(graph, decayed, move);
  const apart = op.multiply(graph, op.subtract(graph, state.average, weights), rates.averageKeeps);
  return { weights, first, second, average: op.add(graph, weights, apart) };
}
