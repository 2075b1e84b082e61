import type { GroupRates, GroupState } from './adamw.ts';
import { adamW } from './adamw.ts';
import { gradientsOf } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import { isHiddenMatrix, muon } from './muon.ts';
import * as op from '../graph/ops.ts';
import type { ParameterGroup } from './parameter-store.ts';
import { STATE_ARRAYS } from './parameter-store.ts';
import type { StepSettings } from '../model/losses.ts';
import { learningParameters, stepInputs, stepLoss } from '../model/losses.ts';
import type { Dim, Tensor } from '../graph/tensor.ts';
import { elements } from '../graph/tensor.ts';

/** How a training graph's steps are made up. */
export interface TrainingSettings {
  readonly step: StepSettings;
  /** Steps in one run of the graph: the weights travel in and out once for all of them. */
  readonly steps: number;
  /** Micro-batches in a step: their gradients are added up, so that memory holds one of them at a time. */
  readonly microBatches: number;
  /** Largest global norm of a step's gradient. */
  readonly largestNorm: number;
  /** What moves the matrices of the blocks; everything else is AdamW's. */
  readonly matrices?: 'adamw' | 'muon';
}

export const RATE_NAMES = ['deviationScale', 'floor', 'stepSize', 'weightKeeps', 'averageKeeps'] as const satisfies (keyof GroupRates)[];
export const stateName = (array: string, { name }: ParameterGroup): string => `${array}/${name}`;
export const NORM = 'gradient_norm';

/**
 * Several steps of training in one graph: a loop over steps, and in each a loop over micro-batches (forward, backward)
 * followed by clipping to a global norm and AdamW. The weights, moments and averages are the outer loop's state.
 *
 * Inputs: the state of each group that learns, `weights/GROUP` … [count]; parameters that do not learn, by name; the
 * data [steps, microBatches, ...]; rates, `deviationScale` … [steps, groups that learn].
 * Outputs: the next state; then for each step the losses [steps] and `gradient_norm` [steps] before clipping.
 * @param groups all groups of the store; those whose parameters learn are worked out here
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
  const results = op.scan(graph, body, states, [...data, ...rates]);
  const left = body.outputs.slice(states.length).map(({ name }) => name.replace('step/', ''));
  const outputs = [...learning.flatMap((group) => STATE_ARRAYS.map((array) => stateName(array, group))), ...left];
  // Inputs and outputs of a graph may not share a name.
  results.forEach((tensor, i) => graph.output(i < states.length ? nextName(outputs[i]!) : outputs[i]!, tensor));
  return { graph, learning };
}

export const nextName = (state: string): string => `next/${state}`;

/** The forward pass alone, for the names and first values of its parameters. */
export function parametersOf(step: StepSettings): Graph {
  const graph = new Graph('parameters');
  stepLoss(graph, step, stepInputs(graph, step));
  return graph;
}

/** One turn of the outer loop: one step. */
function stepBody({ step, microBatches, largestNorm, matrices }: TrainingSettings, learning: readonly ParameterGroup[], probe: Graph): Graph {
  const graph = new Graph('step', 'step/');
  const states = learning.map((group) => {
    const [weights, first, second, average] = STATE_ARRAYS.map((array) => graph.input(stateName(array, group), [group.end - group.start]));
    return { weights, first, second, average } as GroupState;
  });
  const data = [...stepInputs(graph, step, [microBatches]).values()];
  const rates = RATE_NAMES.map((name) => graph.input(name, [learning.length]));
  learning.forEach((group, i) => namedParameters(graph, group, states[i]!.weights, probe));

  const inner = microBatchBody(step, learning);
  const zeros = states.map(({ weights }) => op.expandTo(graph, graph.constant(0, [1]), weights));
  const results = op.scan(graph, inner, zeros, data);
  const sums = results.slice(0, learning.length);
  const left = results.slice(learning.length);

  const norm = op.multiply(graph, globalNorm(graph, sums), graph.constant(1 / microBatches));
  const clip = op.minimum(graph, op.divide(graph, graph.constant(largestNorm), op.add(graph, norm, graph.constant(1e-12))), graph.constant(1));
  const factor = op.multiply(graph, clip, graph.constant(1 / microBatches));
  const next = states.map((state, i) => {
    const own = Object.fromEntries(RATE_NAMES.map((name, k) => [name, op.slice(graph, rates[k]!, 0, i, i + 1)])) as unknown as GroupRates;
    const gradient = op.multiply(graph, sums[i]!, factor);
    const group = learning[i]!;
    if (matrices !== 'muon' || !isHiddenMatrix(group)) return adamW(graph, state, gradient, own);
    return muon(graph, state, gradient, own, probe.parameters.get(group.names[0]!)!.dims as [number, number]);
  });
  next.forEach((state, i) => STATE_ARRAYS.forEach((array) => graph.output(nextName(stateName(array, learning[i]!)), state[array])));
  inner.outputs.slice(learning.length).forEach(({ name }, i) => graph.output(name.replace('micro/', ''), op.reduceMean(graph, left[i]!, [0])));
  graph.output(NORM, norm);
  return graph;
}

/** Cuts a group's vector into its parameters, under the names by which the micro-batch's body knows them. */
function namedParameters(graph: Graph, group: ParameterGroup, weights: Tensor, probe: Graph): void {
  const dims = group.names.map((name) => probe.parameters.get(name)!.dims);
  const parts =
    dims.length === 1
      ? [weights]
      : op.split(
          graph,
          weights,
          0,
          dims.map((each) => elements(each)),
        );
  parts.forEach((part, i) => graph.rename(op.reshape(graph, part, dims[i]!), group.names[i]!));
}

/** One turn of the inner loop: forward and backward of a micro-batch, its gradients added to those before. */
function microBatchBody(step: StepSettings, learning: readonly ParameterGroup[]): Graph {
  const graph = new Graph('micro-batch', 'micro/');
  const sums = learning.map((group) => graph.input(`sum/${group.name}`, [group.end - group.start]));
  const { losses } = stepLoss(graph, step, stepInputs(graph, step));
  const wanted = learning.flatMap((group) => group.names.map((name) => graph.parameters.get(name)!.tensor));
  const gradients = new Map(gradientsOf(graph, losses.get('loss')!, wanted).map((gradient, i) => [wanted[i]!.name, gradient]));
  learning.forEach((group, i) => {
    const flat = group.names.map((name) => {
      const gradient = gradients.get(name)!;
      return op.reshape(graph, gradient, [elements(gradient.dims as readonly Dim[])]);
    });
    const together = flat.length === 1 ? flat[0]! : op.concat(graph, flat, 0);
    graph.output(`next/sum/${group.name}`, op.add(graph, sums[i]!, together));
  });
  for (const [name, value] of losses) graph.output(name, value);
  return graph;
}

function globalNorm(graph: Graph, vectors: readonly Tensor[]): Tensor {
  const squares = vectors.map((vector) => op.reduceSum(graph, op.multiply(graph, vector, vector), [0]));
  return op.squareRoot(
    graph,
    squares.reduce((a, b) => op.add(graph, a, b)),
  );
}
