import { Graph } from './graph.ts';
import * as op from './operations.ts';

/** Constants of AdamW (Loshchilov and Hutter 2019, algorithm 2); the betas are MAE-DFER's for fine-tuning. */
export const ADAMW = { firstBeta: 0.9, secondBeta: 0.999, epsilon: 1e-8 } as const;

export const UPDATE_INPUTS = {
  weight: 'weight',
  gradient: 'gradient',
  first: 'first_moment',
  second: 'second_moment',
  average: 'average',
  /** Learning rate over the first moment's bias correction. */
  stepSize: 'step_size',
  /** One over the root of the second moment's bias correction. */
  deviationScale: 'deviation_scale',
  /** Learning rate times weight decay. */
  decay: 'decay',
  /** What the gradient is multiplied by: global-norm clipping. */
  clip: 'clip',
  /** Share of the old average that stays. */
  averageKeeps: 'average_keeps',
} as const;
export const UPDATE_OUTPUTS = { weight: 'next_weight', first: 'next_first_moment', second: 'next_second_moment', average: 'next_average' } as const;

/**
 * One step of AdamW with bias correction and decoupled weight decay, and of the exponential moving average of the
 * weights, for any number of weights that share a rate: five inputs and four outputs [count], the rest [1].
 */
export function buildUpdateGraph(): Graph {
  const graph = new Graph('adamw');
  const vector = (name: string): ReturnType<Graph['input']> => graph.input(name, ['count']);
  const scalar = (name: string): ReturnType<Graph['input']> => graph.input(name, [1]);
  const mix = (old: ReturnType<Graph['input']>, fresh: ReturnType<Graph['input']>, beta: number): ReturnType<Graph['input']> =>
    op.add(graph, op.multiply(graph, old, graph.constant(beta)), op.multiply(graph, fresh, graph.constant(1 - beta)));

  const weight = vector(UPDATE_INPUTS.weight);
  const gradient = op.multiply(graph, vector(UPDATE_INPUTS.gradient), scalar(UPDATE_INPUTS.clip));
  const first = mix(vector(UPDATE_INPUTS.first), gradient, ADAMW.firstBeta);
  const second = mix(vector(UPDATE_INPUTS.second), op.multiply(graph, gradient, gradient), ADAMW.secondBeta);
  const deviation = op.add(graph, op.multiply(graph, op.squareRoot(graph, second), scalar(UPDATE_INPUTS.deviationScale)), graph.constant(ADAMW.epsilon));
  const move = op.divide(graph, op.multiply(graph, first, scalar(UPDATE_INPUTS.stepSize)), deviation);
  const decayed = op.subtract(graph, weight, op.multiply(graph, weight, scalar(UPDATE_INPUTS.decay)));
  const next = op.subtract(graph, decayed, move);
  const average = vector(UPDATE_INPUTS.average);
  const apart = op.subtract(graph, average, next);
  graph.output(UPDATE_OUTPUTS.average, op.add(graph, next, op.multiply(graph, apart, scalar(UPDATE_INPUTS.averageKeeps))));
  graph.output(UPDATE_OUTPUTS.weight, next);
  graph.output(UPDATE_OUTPUTS.first, first);
  graph.output(UPDATE_OUTPUTS.second, second);
  return graph;
}
