import type { Graph } from '../graph.ts';
import type { Tensor } from '../tensor.ts';
import { show } from '../tensor-type.ts';

export function scan(body: Graph, states: readonly Tensor[], slices: readonly Tensor[]): readonly Tensor[] {
  const { graph, dims } = slices[0]!;
  const inputs = [...states, ...slices];
  return graph.apply({
    type: 'Scan',
    inputs,
    attributes: { body, num_scan_inputs: slices.length },
    infer: () => {
      inputs.forEach((input, i) => {
        const given = show({ type: input.type, dims: i < states.length ? input.dims : input.dims.slice(1) });
        const expected = body.inputs[i] && show(body.inputs[i]);
        if (given !== expected) throw new Error(`input ${i} of the loop is ${given}, its body expects ${expected}`);
      });
      return body.outputs.map((output, i) => ({ type: output.type, dims: i < states.length ? output.dims : [dims[0]!, ...output.dims] }));
    },
  });
}
