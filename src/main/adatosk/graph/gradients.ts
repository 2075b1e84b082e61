import type { Graph } from './graph.ts';
import { add } from './ops.ts';
import type { Tensor } from './tensor.ts';
import { show } from './tensor.ts';

/**
 * Reverse-mode differentiation: adds the backward pass to the graph. Nodes are visited from the last to the first;
 * each hands the gradients of its outputs to its operation, which knows those of its inputs.
 * @param loss a scalar
 * @param wanted the tensors (parameters, inputs) whose gradients are asked for
 * @returns the gradients, in the order of `wanted`, each of its tensor's dimensions
 * @throws where the loss is no scalar or does not depend on one of them
 */
export function gradientsOf(graph: Graph, loss: Tensor, wanted: readonly Tensor[]): Tensor[] {
  if (loss.dims.length > 0) throw new Error(`a loss is one number, not ${show(loss)}`);
  const nodes = [...graph.nodes];
  const learning = dependents(nodes, wanted);
  const known = new Map<string, Tensor>([[loss.name, graph.constant(1)]]);
  for (const node of nodes.reverse()) {
    const { gradient } = node.operation;
    const received = node.outputs.map(({ name }) => known.get(name));
    const wants = node.inputs.map(({ name }) => learning.has(name));
    if (gradient === undefined || received.every((each) => each === undefined) || !wants.includes(true)) continue;
    const given = graph.scope(`backward/${node.scope}`, () => gradient(graph, node, received, wants));
    node.inputs.forEach((input, i) => {
      const each = given[i];
      if (each === undefined || wants[i] !== true) return;
      if (each.dims.join() !== input.dims.join()) throw new Error(`${node.name}: the gradient of ${show(input)} came out as ${show(each)}`);
      const sofar = known.get(input.name);
      known.set(input.name, sofar === undefined ? each : graph.scope(`backward/${node.scope}`, () => add(graph, sofar, each)));
    });
  }
  return wanted.map((tensor) => {
    const gradient = known.get(tensor.name);
    if (gradient === undefined) throw new Error(`the loss does not depend on '${tensor.name}'`);
    return gradient;
  });
}

/** Names of all tensors that change with one of `wanted`, through operations that have a gradient. */
function dependents(nodes: Graph['nodes'], wanted: readonly Tensor[]): Set<string> {
  const names = new Set(wanted.map(({ name }) => name));
  for (const node of nodes) {
    if (node.operation.gradient === undefined || !node.inputs.some(({ name }) => names.has(name))) continue;
    for (const { name, type } of node.outputs) if (type === 'float32') names.add(name);
  }
  return names;
}
