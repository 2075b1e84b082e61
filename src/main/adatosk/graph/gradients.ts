import type { GraphNode, Outputs } from './graph.ts';
import type { Tensor } from './tensor.ts';
import { show } from './tensor-type.ts';

/**
 * Reverse-mode differentiation: adds the backward pass to the loss's graph. Nodes are visited from the last to the
 * first; the gradients of a node's outputs give, by its operation's rule, those of its inputs.
 * @param loss a scalar
 * @param wanted the tensors (parameters, inputs) whose gradients are returned
 * @returns the gradients, in the order of `wanted`, each of its tensor's dimensions
 * @throws where the loss is no scalar or does not depend on one of them
 */
export function gradientsOf(loss: Tensor, wanted: readonly Tensor[]): Tensor[] {
  const { graph } = loss;
  if (loss.dims.length > 0) throw new Error(`a loss is one number, not ${show(loss)}`);
  const nodes = [...graph.nodes];
  const learning = dependents(nodes, wanted);
  const known = new Map<Tensor, Tensor>([[loss, graph.constant(1)]]);
  for (const node of nodes.reverse()) {
    const { gradient } = node;
    const wants = node.inputs.map((input) => learning.has(input));
    if (gradient === undefined || !wants.includes(true)) continue;
    const received = gradientsOfOutputs(node, known);
    if (received === undefined) continue;
    graph.scope(`backward/${node.scope}`, () => {
      const given = gradient(received, node.outputs, wants);
      node.inputs.forEach((input, i) => {
        const each = given[i];
        if (each === undefined || wants[i] !== true) return;
        if (each.dims.join() !== input.dims.join()) throw new Error(`${node.name}: the gradient of ${show(input)} came out as ${show(each)}`);
        known.set(input, known.get(input)?.add(each) ?? each);
      });
    });
  }
  return wanted.map((tensor) => {
    const gradient = known.get(tensor);
    if (gradient === undefined) throw new Error(`the loss does not depend on '${tensor.name}'`);
    return gradient;
  });
}

/** The gradients of a node's float outputs; undefined where the loss does not depend on the node. */
function gradientsOfOutputs({ name, outputs }: GraphNode, known: ReadonlyMap<Tensor, Tensor>): Outputs | undefined {
  const floats = outputs.filter(({ type }) => type === 'float32');
  const gradients = floats.map((output) => known.get(output)).filter((gradient) => gradient !== undefined);
  if (gradients.length === 0) return undefined;
  if (gradients.length < floats.length) throw new Error(`an output of ${name} has no gradient: split off only what is used`);
  return gradients as [Tensor, ...Tensor[]];
}

/** All tensors that change with one of `wanted`, through operations that have a gradient. */
function dependents(nodes: readonly GraphNode[], wanted: readonly Tensor[]): Set<Tensor> {
  const tensors = new Set(wanted);
  for (const { gradient, inputs, outputs } of nodes) {
    if (gradient === undefined || !inputs.some((input) => tensors.has(input))) continue;
    for (const output of outputs) if (output.type === 'float32') tensors.add(output);
  }
  return tensors;
}
