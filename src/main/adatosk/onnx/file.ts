import type { AttributeValue, Constant, ConstantValues, GraphNode } from '../graph/graph.ts';
import { Graph } from '../graph/graph.ts';
import { drawInitialValues } from '../graph/initial-values.ts';
import { modelProto } from './schema.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Dim, ElementType } from '../graph/tensor-type.ts';
import { ELEMENT_CODE, elements } from '../graph/tensor-type.ts';

/** Returns the values of a parameter, or `undefined` to use its initial values. */
export type WeightSource = (name: string, dims: readonly number[]) => Float32Array | undefined;

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT_ATTRIBUTES = new Set(['epsilon']);
const ATTRIBUTE_TYPE = { FLOAT: 1, INT: 2, STRING: 3, GRAPH: 5, INTS: 7 } as const;

/**
 * Writes a graph as an ONNX model (opset 17). The same graph, weights and metadata give the same bytes.
 * @param weights values by parameter name; the others are drawn from `seed`
 * @throws Error where `weights` returns the wrong number of values for a parameter
 */
export function writeOnnx(graph: Graph, weights: WeightSource, seed: number, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const initializer = [];
  for (const [name, { dims, initial }] of graph.parameters) {
    const count = elements(dims);
    const values = weights(name, dims) ?? drawInitialValues(initial, name, count, seed);
    if (values.length !== count) throw new Error(`'${name}' needs ${count} values, got ${values.length}`);
    initializer.push(tensorProto(name, dims, values));
  }
  return modelBytes(graph, graph.inputs, initializer, metadata);
}

/** Writes a graph as an ONNX model without weights. Every parameter is an input of the model, as training requires. */
export function writeOnnxWithWeightsAsInputs(graph: Graph): Uint8Array {
  const parameters = [...graph.parameters.values()].map(({ tensor }) => tensor);
  return modelBytes(graph, [...graph.inputs, ...parameters], [], {});
}

function modelBytes(graph: Graph, inputs: readonly Tensor[], weights: readonly object[], metadata: Readonly<Record<string, string>>): Uint8Array {
  return modelProto()
    .encode({
      ir_version: IR_VERSION,
      producer_name: 'AdaTosk Studio',
      graph: graphProto(graph, inputs, weights),
      opset_import: [{ domain: '', version: OPSET }, ...domainsOf(graph).map((domain) => ({ domain, version: 1 }))],
      metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    })
    .finish();
}

/** The domains of operations that ONNX does not define. */
function domainsOf(graph: Graph): string[] {
  return [...new Set(graph.nodes.flatMap(({ domain }) => domain ?? []))];
}

function graphProto(graph: Graph, inputs: readonly Tensor[], weights: readonly object[]): object {
  const constants = usedConstants(graph).map(([name, constant]) => tensorProto(name, constant.dims, constant.data));
  return {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer: [...weights, ...constants],
    input: inputs.map(valueInfo),
    output: graph.outputs.map(valueInfo),
  };
}

export interface OnnxContents {
  /** Float initialisers by name. */
  readonly weights: ReadonlyMap<string, { readonly dims: readonly number[]; readonly values: Float32Array }>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

interface RawTensor {
  name: string;
  dims: unknown[];
  data_type: number;
  raw_data: Uint8Array;
  float_data: number[];
}

/**
 * Reads the weights, the names of inputs and outputs, and the metadata of an ONNX model.
 * @throws Error where the bytes are not an ONNX model
 */
export function readOnnx(bytes: Uint8Array): OnnxContents {
  const model = modelProto().decode(bytes) as unknown as {
    graph: { initializer: RawTensor[]; input: { name: string }[]; output: { name: string }[] } | null;
    metadata_props: { key: string; value: string }[];
  };
  if (model.graph === null) throw new Error('the file has no graph');
  const weights = new Map<string, { dims: number[]; values: Float32Array }>();
  for (const tensor of model.graph.initializer) {
    if (tensor.data_type !== ELEMENT_CODE.float32) continue;
    const values = tensor.raw_data.length > 0 ? new Float32Array(Uint8Array.from(tensor.raw_data).buffer) : Float32Array.from(tensor.float_data);
    weights.set(tensor.name, { dims: tensor.dims.map(Number), values });
  }
  return {
    weights,
    inputs: model.graph.input.map(({ name }) => name),
    outputs: model.graph.output.map(({ name }) => name),
    metadata: Object.fromEntries(model.metadata_props.map(({ key, value }) => [key, value])),
  };
}

function usedConstants(graph: Graph): [string, Constant][] {
  const used = new Set(graph.nodes.flatMap((node) => node.inputs.map(({ name }) => name)));
  return [...graph.constants].filter(([name]) => used.has(name));
}

function tensorProto(name: string, dims: readonly number[], data: ConstantValues): object {
  return { name, dims, data_type: ELEMENT_CODE[elementTypeOf(data)], raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function elementTypeOf(data: ConstantValues): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int8Array) return 'int8';
  return data instanceof Uint8Array ? 'uint8' : 'int64';
}

function nodeProto(node: GraphNode): object {
  return {
    name: node.name,
    op_type: node.type,
    ...(node.domain === undefined ? {} : { domain: node.domain }),
    input: node.inputs.map(({ name }) => name),
    output: node.outputs.map(({ name }) => name),
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => attributeProto(name, value)),
  };
}

function attributeProto(name: string, value: AttributeValue): object {
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.STRING, s: new TextEncoder().encode(value) };
  if (value instanceof Graph) return { name, type: ATTRIBUTE_TYPE.GRAPH, g: graphProto(value, value.inputs, []) };
  if (typeof value !== 'number') return { name, type: ATTRIBUTE_TYPE.INTS, ints: [...value] };
  return FLOAT_ATTRIBUTES.has(name) ? { name, type: ATTRIBUTE_TYPE.FLOAT, f: value } : { name, type: ATTRIBUTE_TYPE.INT, i: value };
}

function valueInfo(tensor: Tensor): object {
  const dimension = (dim: Dim): object => (typeof dim === 'number' ? { dim_value: dim } : { dim_param: dim });
  return { name: tensor.name, type: { tensor_type: { elem_type: ELEMENT_CODE[tensor.type], shape: { dim: tensor.dims.map(dimension) } } } };
}
