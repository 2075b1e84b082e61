import type { GraphNode, Outputs } from './graph.ts';
import type { Tensor } from './tensor.ts';
import { show } from './tensor-type.ts';

/**
 * Reverse-mode differentiation: adds the backward pass to the loss's graph. The function visits the nodes from the last
 * to the first. The rule of each operation computes the gradients of its inputs from the gradients of its outputs.
 * @param loss a scalar
 * @param requested the tensors (parameters, inputs) whose gradients are returned
 * @returns the gradients in the order of `requested`; each has the dimensions of its tensor
 * @throws Error where the loss is not a scalar or does not depend on one of `requested`
 */
export function gradientsOf(loss: Tensor, requested: readonly Tensor[]): Tensor[] {
  const { graph } = loss;
  if (loss.dims.length > 0) throw new Error(`a loss is one number, not ${show(loss)}`);
  const nodes = [...graph.nodes];
  const dependent = dependents(nodes, requested);
  const gradients = new Map<Tensor, Tensor>([[loss, graph.constant(1)]]);
  for (const node of nodes.reverse()) {
    const { gradient } = node;
    const needed = node.inputs.map((input) => dependent.has(input));
    if (gradient === undefined || !needed.includes(true)) continue;
    const outputGradients = gradientsOfOutputs(node, gradients);
    if (outputGradients === undefined) continue;
    graph.scope(`backward/${node.scope}`, () => {
      const inputGradients = gradient(outputGradients, node.outputs, needed);
      node.inputs.forEach((input, i) => {
        const each = inputGradients[i];
        if (each === undefined || needed[i] !== true) return;
        if (each.dims.join() !== input.dims.join()) throw new Error(`${node.name}: the gradient of ${show(input)} came out as ${show(each)}`);
        gradients.set(input, gradients.get(input)?.add(each) ?? each);
      });
    });
  }
  return requested.map((tensor) => {
    const gradient = gradients.get(tensor);
    if (gradient === undefined) throw new Error(`the loss does not depend on '${tensor.name}'`);
    return gradient;
  });
}

/** The gradients of a node's float outputs, or undefined where the loss does not depend on the node. */
function gradientsOfOutputs({ name, outputs }: GraphNode, gradients: ReadonlyMap<Tensor, Tensor>): Outputs | undefined {
  const floats = outputs.filter(({ type }) => type === 'float32');
  const own = floats.map((output) => gradients.get(output)).filter((gradient) => gradient !== undefined);
  if (own.length === 0) return undefined;
  if (own.length < floats.length) throw new Error(`an output of ${name} has no gradient: split off only what is used`);
  return own as [Tensor, ...Tensor[]];
}

/** All tensors that depend on one of `requested` through operations that have a gradient. */
function dependents(nodes: readonly GraphNode[], requested: readonly Tensor[]): Set<Tensor> {
  const tensors = new Set(requested);
  for (const { gradient, inputs, outputs } of nodes) {
    if (gradient === undefined || !inputs.some((input) => tensors.has(input))) continue;
    for (const output of outputs) if (output.type === 'float32') tensors.add(output);
  }
  return tensors;
}
