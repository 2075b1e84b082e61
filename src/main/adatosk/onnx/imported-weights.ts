import type { StoredTensor } from './safetensors.ts';
import type { Parameter } from '../graph/graph.ts';
import { TUBE } from '../model/config.ts';

/** What became of the tensors of another program's encoder. */
export interface MappedWeights {
  /** Values by our names. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Their tensors that were used, and those that were not with the reason. */
  readonly used: readonly string[];
  readonly left: readonly { readonly name: string; readonly reason: string }[];
  /** Our parameters that keep their first values. */
  readonly missing: readonly string[];
}

/** Part of a tensor that one of our parameters is made of. */
type Make = (tensor: StoredTensor) => StoredTensor;

interface Target {
  readonly name: string;
  readonly make: Make;
}

const same: Make = (tensor) => tensor;

/** PyTorch keeps [to, from], we keep [from, to]. */
const turned: Make = ({ dims: [rows, columns], values }) => {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows!; row++) for (let column = 0; column < columns!; column++) result[column * rows! + row] = values[row * columns! + column]!;
  return { dims: [columns!, rows!], values: result };
};

/** The n-th third of the rows: queries, keys and values lie in one matrix. */
const third =
  (n: number): Make =>
  ({ dims: [rows, columns], values }) =>
    turned({ dims: [rows! / 3, columns!], values: values.subarray((n * values.length) / 3, ((n + 1) * values.length) / 3) });

/** A convolution's kernel [width, 3, 2, 16, 16] as a matrix [2 * 16 * 16 * 3, width]. */
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

/** Names within a block: those of VideoMAE's and MAE-DFER's own files, and those of Hugging Face's VideoMAE. */
const IN_BLOCK: Readonly<Record<string, readonly Target[]>> = {
  'norm1.weight': [{ name: 'attn.norm.weight', make: same }],
  'norm1.bias': [{ name: 'attn.norm.bias', make: same }],
  'attn.qkv.weight': ['q', 'k', 'v'].map((part, n) => ({ name: `attn.${part}.weight`, make: third(n) })),
  'attn.q_bias': [{ name: 'attn.q.bias', make: same }],
  'attn.v_bias': [{ name: 'attn.v.bias', make: same }],
  'attn.proj.weight': [{ name: 'attn.proj.weight', make: turned }],
  'attn.proj.bias': [{ name: 'attn.proj.bias', make: same }],
  'norm2.weight': [{ name: 'mlp.norm.weight', make: same }],
  'norm2.bias': [{ name: 'mlp.norm.bias', make: same }],
  'mlp.fc1.weight': [{ name: 'mlp.fc1.weight', make: turned }],
  'mlp.fc1.bias': [{ name: 'mlp.fc1.bias', make: same }],
  'mlp.fc2.weight': [{ name: 'mlp.fc2.weight', make: turned }],
  'mlp.fc2.bias': [{ name: 'mlp.fc2.bias', make: same }],
  'layernorm_before.weight': [{ name: 'attn.norm.weight', make: same }],
  'layernorm_before.bias': [{ name: 'attn.norm.bias', make: same }],
  'attention.attention.query.weight': [{ name: 'attn.q.weight', make: turned }],
  'attention.attention.key.weight': [{ name: 'attn.k.weight', make: turned }],
  'attention.attention.value.weight': [{ name: 'attn.v.weight', make: turned }],
  'attention.attention.q_bias': [{ name: 'attn.q.bias', make: same }],
  'attention.attention.v_bias': [{ name: 'attn.v.bias', make: same }],
  'attention.output.dense.weight': [{ name: 'attn.proj.weight', make: turned }],
  'attention.output.dense.bias': [{ name: 'attn.proj.bias', make: same }],
  'layernorm_after.weight': [{ name: 'mlp.norm.weight', make: same }],
  'layernorm_after.bias': [{ name: 'mlp.norm.bias', make: same }],
  'intermediate.dense.weight': [{ name: 'mlp.fc1.weight', make: turned }],
  'intermediate.dense.bias': [{ name: 'mlp.fc1.bias', make: same }],
  'output.dense.weight': [{ name: 'mlp.fc2.weight', make: turned }],
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

/** Wrappers that programs put before the encoder's names. */
const PREFIX = /^(?:module\.|model\.|videomae\.|encoder\.(?!layer\.))+/;
const BLOCK = /^(?:blocks|encoder\.layer|layer)\.(\d+)\.(.+)$/;

/**
 * Maps the encoder of a VideoMAE-style file onto our parameters, by name and by shape.
 * @param parameters of the size that the weights are for
 */
export function mapForeignWeights(tensors: ReadonlyMap<string, StoredTensor>, parameters: ReadonlyMap<string, Parameter>): MappedWeights {
  const weights = new Map<string, Float32Array>();
  const used: string[] = [];
  const left: { name: string; reason: string }[] = [];
  for (const [name, tensor] of tensors) {
    const reason = take(name, tensor, parameters, weights);
    if (reason === undefined) used.push(name);
    else left.push({ name, reason });
  }
  return { weights, used, left, missing: [...parameters.keys()].filter((name) => !weights.has(name)) };
}

/** Width of the tokens of a VideoMAE-style file; undefined where it has no such encoder. */
export function foreignWidth(tensors: ReadonlyMap<string, StoredTensor>): number | undefined {
  for (const [name, { dims }] of tensors) if (/(?:patch_embed\.proj|patch_embeddings\.projection)\.weight$/.test(name)) return dims[0];
  return undefined;
}

/** Puts a tensor's parts where they belong; gives the reason where it has no place. */
function take(name: string, tensor: StoredTensor, parameters: ReadonlyMap<string, Parameter>, weights: Map<string, Float32Array>): string | undefined {
  const targets = targetsOf(name.replace(PREFIX, ''));
  if (targets === undefined) return 'has no counterpart';
  const made: [string, Float32Array][] = [];
  for (const target of targets) {
    const parameter = parameters.get(target.name);
    if (parameter === undefined) return `'${target.name}' is not in this size`;
    const wanted = parameter.dims.join(' x ');
    const { dims, values } = fits(tensor, target) ? target.make(tensor) : tensor;
    if (dims.join(' x ') !== wanted) return `has the shape ${tensor.dims.join(' x ')}, which does not make ${wanted}`;
    made.push([target.name, values]);
  }
  for (const [to, values] of made) weights.set(to, Float32Array.from(values));
  return undefined;
}

/** Whether a tensor has the rank that its maker expects. */
function fits({ dims }: StoredTensor, { make }: Target): boolean {
  if (make === same) return true;
  return make === tubeKernel ? dims.length === 5 && dims.slice(1).join() === `3,${TUBE.frames},${TUBE.side},${TUBE.side}` : dims.length === 2;
}

function targetsOf(name: string): readonly Target[] | undefined {
  const block = BLOCK.exec(name);
  if (block === null) return OUTSIDE[name] && [OUTSIDE[name]];
  return IN_BLOCK[block[2]!]?.map(({ name: inner, make }) => ({ name: `blocks.${block[1]}.${inner}`, make }));
}
