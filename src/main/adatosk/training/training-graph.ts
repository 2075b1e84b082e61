import type { GroupRates, GroupState } from './adamw.ts';
import { adamW } from './adamw.ts';
import { gradientsOf } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import { isHiddenMatrix, muon } from './muon.ts';
import type { ParameterGroup } from './parameter-store.ts';
import { STATE_ARRAYS } from './parameter-store.ts';
import type { StepSettings } from '../model/training-step.ts';
import { learningParameters, stepInputs, stepLoss } from '../model/training-step.ts';
import { Tensor } from '../graph/tensor.ts';
import { elements } from '../graph/tensor-type.ts';

/** What one run of a training graph consists of. */
export interface TrainingSettings {
  readonly step: StepSettings;
  /** Steps in one run of the graph. The weights are copied in and out once per run. */
  readonly steps: number;
  /** Micro-batches in a step. Their gradients are added up, so that memory holds only one micro-batch at a time. */
  readonly microBatches: number;
  /** Largest global norm of a step's gradient. */
  readonly largestNorm: number;
  /** The optimiser of the blocks' matrices. AdamW updates all other parameters. */
  readonly matrices?: 'adamw' | 'muon';
}

export const RATE_NAMES = ['deviationScale', 'floor', 'stepSize', 'weightKeeps', 'averageKeeps'] as const satisfies (keyof GroupRates)[];
export const stateName = (array: string, { name }: ParameterGroup): string => `${array}/${name}`;
export const NORM = 'gradient_norm';

/**
 * Builds a graph that takes several training steps: a loop over steps, and in each step a loop over micro-batches (forward
 * and backward pass), then clipping to a global norm and the optimiser. The weights, moments and averages are the state of
 * the outer loop.
 *
 * Inputs: the state of each group that learns, `weights/GROUP` … [count]; parameters that do not learn, by name; the
 * data [steps, microBatches, ...]; the rates, `deviationScale` … [steps, groups that learn].
 * Outputs: the next state; the losses [steps]; `gradient_norm` [steps], before clipping.
 * @param groups all groups of the store
 * @returns the graph and the groups that learn
 */
export function buildTrainingGraph(settings: TrainingSettings, groups: readonly ParameterGroup[]): { graph: Graph; learning: ParameterGroup[] } {
  const { step, steps, microBatches } = settings;
  const probe = parametersOf(step);
  const names = new Set(learningParameters(probe, step).map(({ tensor }) => tensor.name));
  const learning = groups.filter((group) => group.names.some((name) => names.has(name)));
  const graph = new Graph('training');
  for (const [name, { tensor, dims }] of probe.parameters) if (!names.has(name)) graph.input(tensor.name, dims);
  const body = stepBody(settings, learning, probe);
  const states = learning.flatMap((group) => STATE_ARRAYS.map((array) => graph.input(stateName(array, group), [group.end - group.start])));
  const data = stepInputs(graph, step, [steps, microBatches]).values();
  const rates = RATE_NAMES.map((name) => graph.input(name, [steps, learning.length]));
  const results = Tensor.scan(body, states, [...data, ...rates]);
  const reported = body.outputs.slice(states.length).map(({ name }) => name.replace('step/', ''));
  const outputs = [...learning.flatMap((group) => STATE_ARRAYS.map((array) => stateName(array, group))), ...reported];
  // ONNX does not allow an input and an output of the same name.
  results.forEach((tensor, i) => graph.output(i < states.length ? nextName(outputs[i]!) : outputs[i]!, tensor));
  return { graph, learning };
}

export const nextName = (state: string): string => `next/${state}`;

/** A graph with the forward pass alone, for the names, dimensions and initial values of its parameters. */
export function parametersOf(step: StepSettings): Graph {
  const graph = new Graph('parameters');
  stepLoss(step, stepInputs(graph, step));
  return graph;
}

/** The body of the outer loop: one step. */
function stepBody({ step, microBatches, largestNorm, matrices }: TrainingSettings, learning: readonly ParameterGroup[], probe: Graph): Graph {
  const graph = new Graph('step', 'step/');
  const states = learning.map((group) => {
    const [weights, first, second, average] = STATE_ARRAYS.map((array) => graph.input(stateName(array, group), [group.end - group.start]));
    return { weights, first, second, average } as GroupState;
  });
  const data = [...stepInputs(graph, step, [microBatches]).values()];
  const rates = RATE_NAMES.map((name) => graph.input(name, [learning.length]));
  learning.forEach((group, i) => namedParameters(group, states[i]!.weights, probe));

  const inner = microBatchBody(step, learning);
  const zeros = states.map(({ weights }) => graph.constant(0, [1]).expandAs(weights));
  const results = Tensor.scan(inner, zeros, data);
  const sums = results.slice(0, learning.length);
  const losses = results.slice(learning.length);

  const norm = globalNorm(sums).mul(1 / microBatches);
  const clip = graph.constant(largestNorm).div(norm.add(1e-12)).minimum(1);
  const factor = clip.mul(1 / microBatches);
  const next = states.map((state, i) => {
    const own = Object.fromEntries(RATE_NAMES.map((name, k) => [name, rates[k]!.slice(0, i, i + 1)])) as unknown as GroupRates;
    const gradient = sums[i]!.mul(factor);
    const group = learning[i]!;
    if (matrices !== 'muon' || !isHiddenMatrix(group)) return adamW(state, gradient, own);
    return muon(state, gradient, own, probe.parameters.get(group.names[0]!)!.dims as [number, number]);
  });
  next.forEach((state, i) => STATE_ARRAYS.forEach((array) => graph.output(nextName(stateName(array, learning[i]!)), state[array])));
  inner.outputs.slice(learning.length).forEach(({ name }, i) => graph.output(name.replace('micro/', ''), losses[i]!.mean([0])));
  graph.output(NORM, norm);
  return graph;
}

/** Splits a group's vector into its parameters and gives them the names by which the body of the micro-batch loop reads them. */
function namedParameters(group: ParameterGroup, weights: Tensor, probe: Graph): void {
  const dims = group.names.map((name) => probe.parameters.get(name)!.dims);
  const sizes = dims.map((each) => elements(each));
  const parts = sizes.length === 1 ? [weights] : weights.split(sizes, 0);
  parts.forEach((part, i) => weights.graph.rename(part.reshape(dims[i]!), group.names[i]!));
}

/** The body of the inner loop: forward and backward pass of a micro-batch; adds its gradients to the sums. */
function microBatchBody(step: StepSettings, learning: readonly ParameterGroup[]): Graph {
  const graph = new Graph('micro-batch', 'micro/');
  const sums = learning.map((group) => graph.input(`sum/${group.name}`, [group.end - group.start]));
  const { losses } = stepLoss(step, stepInputs(graph, step));
  const requested = learning.flatMap((group) => group.names.map((name) => graph.parameters.get(name)!.tensor));
  const gradients = new Map(gradientsOf(losses.get('loss')!, requested).map((gradient, i) => [requested[i]!.name, gradient]));
  learning.forEach((group, i) => {
    const flat = group.names.map((name) => {
      const gradient = gradients.get(name)!;
      return gradient.reshape([elements(gradient.dims)]);
    });
    const together = flat.length === 1 ? flat[0]! : Tensor.concat(flat, 0);
    graph.output(`next/sum/${group.name}`, sums[i]!.add(together));
  });
  for (const [name, value] of losses) graph.output(name, value);
  return graph;
}

/** The Euclidean norm over all vectors: a scalar. */
function globalNorm(vectors: readonly Tensor[]): Tensor {
  return vectors
    .map((vector) => vector.mul(vector).sum())
    .reduce((a, b) => a.add(b))
    .sqrt();
}
