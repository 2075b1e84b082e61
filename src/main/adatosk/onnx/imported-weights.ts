import type { StoredTensor } from './safetensors.ts';
import type { Parameter } from '../graph/graph.ts';
import { TUBE } from '../model/config.ts';

/** The result of mapping the tensors of another program's encoder onto this network. */
export interface MappedWeights {
  /** Values by the parameter names of this network. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Names of the imported tensors. */
  readonly used: readonly string[];
  /** Names of the tensors that were not imported, each with the reason. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
  /** Parameters of this network that keep their initial values. */
  readonly missing: readonly string[];
}

/** Converts another program's tensor, or a part of it, to the layout of one parameter. */
type Make = (tensor: StoredTensor) => StoredTensor;

interface Target {
  readonly name: string;
  readonly make: Make;
}

const same: Make = (tensor) => tensor;

/** PyTorch stores matrices as [to, from], this network as [from, to]. */
const transposed: Make = ({ dims: [rows, columns], values }) => {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows!; row++) for (let column = 0; column < columns!; column++) result[column * rows! + row] = values[row * columns! + column]!;
  return { dims: [columns!, rows!], values: result };
};

/** The n-th third of the rows, transposed: one matrix holds queries, keys and values. */
const third =
  (n: number): Make =>
  ({ dims: [rows, columns], values }) =>
    transposed({ dims: [rows! / 3, columns!], values: values.subarray((n * values.length) / 3, ((n + 1) * values.length) / 3) });

/** The kernel of a convolution, [width, 3, 2, 16, 16], as a matrix [2 * 16 * 16 * 3, width]. */
const tubeKernel: Make = ({ dims: [width], values }) => {
  const area = TUBE.side * TUBE.side;
  const pixels = TUBE.frames * area;
  const result = new Float32Array(values.length);
  for (let to = 0; to < width!; to++) {
    for (let channel = 0; channel < 3; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) result[(pixel * 3 + channel) * width! + to] = values[(to * 3 + channel) * pixels + pixel]!;
    }
  }
  return { dims: [pixels * 3, width!], values: result };
};

/** Names within a block, in the files of VideoMAE and MAE-DFER and in Hugging Face's VideoMAE. */
const IN_BLOCK: Readonly<Record<string, readonly Target[]>> = {
  'norm1.weight': [{ name: 'attn.norm.weight', make: same }],
  'norm1.bias': [{ name: 'attn.norm.bias', make: same }],
  'attn.qkv.weight': ['q', 'k', 'v'].map((part, n) => ({ name: `attn.${part}.weight`, make: third(n) })),
  'attn.q_bias': [{ name: 'attn.q.bias', make: same }],
  'attn.v_bias': [{ name: 'attn.v.bias', make: same }],
  'attn.proj.weight': [{ name: 'attn.proj.weight', make: transposed }],
  'attn.proj.bias': [{ name: 'attn.proj.bias', make: same }],
  'norm2.weight': [{ name: 'mlp.norm.weight', make: same }],
  'norm2.bias': [{ name: 'mlp.norm.bias', make: same }],
  'mlp.fc1.weight': [{ name: 'mlp.fc1.weight', make: transposed }],
  'mlp.fc1.bias': [{ name: 'mlp.fc1.bias', make: same }],
  'mlp.fc2.weight': [{ name: 'mlp.fc2.weight', make: transposed }],
  'mlp.fc2.bias': [{ name: 'mlp.fc2.bias', make: same }],
  'layernorm_before.weight': [{ name: 'attn.norm.weight', make: same }],
  'layernorm_before.bias': [{ name: 'attn.norm.bias', make: same }],
  'attention.attention.query.weight': [{ name: 'attn.q.weight', make: transposed }],
  'attention.attention.key.weight': [{ name: 'attn.k.weight', make: transposed }],
  'attention.attention.value.weight': [{ name: 'attn.v.weight', make: transposed }],
  'attention.attention.q_bias': [{ name: 'attn.q.bias', make: same }],
  'attention.attention.v_bias': [{ name: 'attn.v.bias', make: same }],
  'attention.output.dense.weight': [{ name: 'attn.proj.weight', make: transposed }],
  'attention.output.dense.bias': [{ name: 'attn.proj.bias', make: same }],
  'layernorm_after.weight': [{ name: 'mlp.norm.weight', make: same }],
  'layernorm_after.bias': [{ name: 'mlp.norm.bias', make: same }],
  'intermediate.dense.weight': [{ name: 'mlp.fc1.weight', make: transposed }],
  'intermediate.dense.bias': [{ name: 'mlp.fc1.bias', make: same }],
  'output.dense.weight': [{ name: 'mlp.fc2.weight', make: transposed }],
  'output.dense.bias': [{ name: 'mlp.fc2.bias', make: same }],
};

const OUTSIDE: Readonly<Record<string, Target>> = {
  'patch_embed.proj.weight': { name: 'patch_embed.proj.weight', make: tubeKernel },
  'patch_embed.proj.bias': { name: 'patch_embed.proj.bias', make: same },
  'embeddings.patch_embeddings.projection.weight': { name: 'patch_embed.proj.weight', make: tubeKernel },
  'embeddings.patch_embeddings.projection.bias': { name: 'patch_embed.proj.bias', make: same },
  'fc_norm.weight': { name: 'head.norm.weight', make: same },
  'fc_norm.bias': { name: 'head.norm.bias', make: same },
};

/** Prefixes that programs add to the names of the encoder's tensors. */
const PREFIX = /^(?:module\.|model\.|videomae\.|encoder\.(?!layer\.))+/;
const BLOCK = /^(?:blocks|encoder\.layer|layer)\.(\d+)\.(.+)$/;

/**
 * Maps the encoder of a VideoMAE-style file onto the parameters of this network, by name and shape.
 * @param parameters the parameters of the network size that receives the weights, by name
 */
export function mapForeignWeights(tensors: ReadonlyMap<string, StoredTensor>, parameters: ReadonlyMap<string, Parameter>): MappedWeights {
  const weights = new Map<string, Float32Array>();
  const used: string[] = [];
  const left: { name: string; reason: string }[] = [];
  for (const [name, tensor] of tensors) {
    const reason = mapTensor(name, tensor, parameters, weights);
    if (reason === undefined) used.push(name);
    else left.push({ name, reason });
  }
  return { weights, used, left, missing: [...parameters.keys()].filter((name) => !weights.has(name)) };
}

/** Token width of the encoder in a VideoMAE-style file, or undefined where the file has no such encoder. */
export function foreignWidth(tensors: ReadonlyMap<string, StoredTensor>): number | undefined {
  for (const [name, { dims }] of tensors) if (/(?:patch_embed\.proj|patch_embeddings\.projection)\.weight$/.test(name)) return dims[0];
  return undefined;
}

/** Maps one tensor onto its parameters. Returns the reason where that is impossible, else undefined. */
function mapTensor(name: string, tensor: StoredTensor, parameters: ReadonlyMap<string, Parameter>, weights: Map<string, Float32Array>): string | undefined {
  const targets = targetsOf(name.replace(PREFIX, ''));
  if (targets === undefined) return 'has no counterpart';
  const made: [string, Float32Array][] = [];
  for (const target of targets) {
    const parameter = parameters.get(target.name);
    if (parameter === undefined) return `'${target.name}' is not in this size`;
    const expected = parameter.dims.join(' x ');
    const { dims, values } = fits(tensor, target) ? target.make(tensor) : tensor;
    if (dims.join(' x ') !== expected) return `has the shape ${tensor.dims.join(' x ')}, which does not make ${expected}`;
    made.push([target.name, values]);
  }
  for (const [to, values] of made) weights.set(to, Float32Array.from(values));
  return undefined;
}

/** Whether a tensor has the dimensions that the conversion requires. */
function fits({ dims }: StoredTensor, { make }: Target): boolean {
  if (make === same) return true;
  return make === tubeKernel ? dims.length === 5 && dims.slice(1).join() === `3,${TUBE.frames},${TUBE.side},${TUBE.side}` : dims.length === 2;
}

function targetsOf(name: string): readonly Target[] | undefined {
  const block = BLOCK.exec(name);
  if (block === null) return OUTSIDE[name] && [OUTSIDE[name]];
  return IN_BLOCK[block[2]!]?.map(({ name: inner, make }) => ({ name: `blocks.${block[1]}.${inner}`, make }));
}
