import type { Graph, Operation } from '../graph.ts';
import type { Tensor } from '../tensor.ts';
import { show } from '../tensor.ts';

const scanOperation: Operation = {
  type: 'Scan',
  infer: (inputs, { body, num_scan_inputs }) => {
    const { inputs: expected, outputs } = body as Graph;
    const states = inputs.length - (num_scan_inputs as number);
    const turns = inputs.at(-1)!.dims[0]!;
    inputs.forEach((input, i) => {
      const given = { ...input, dims: i < states ? input.dims : input.dims.slice(1) };
      if (expected[i] === undefined || show(given) !== show(expected[i]))
        throw new Error(`input ${i} of the loop is ${show(given)}, its body wants ${expected[i] && show(expected[i])}`);
    });
    return outputs.map(({ type, dims }, i) => ({ type, dims: i < states ? dims : [turns, ...dims] }));
  },
};

/**
 * Runs a body once for each slice of some tensors, one after the other, and hands states from turn to turn.
 * @param body its inputs are the states and then one slice of each of `slices`; its outputs the next states and then what each turn leaves
 * @param slices [turns, ...] each; at least one
 * @returns the last states, then what the turns left, [turns, ...] each
 */
export function scan(graph: Graph, body: Graph, states: readonly Tensor[], slices: readonly Tensor[]): Tensor[] {
  return graph.apply(scanOperation, [...states, ...slices], { body, num_scan_inputs: slices.length });
}
