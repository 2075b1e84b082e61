import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { Parameter } from '../graph/graph.ts';
import { TUBE } from '../model/config.ts';
import type { StoredTensor } from './stored-tensor.ts';

type Dims = readonly number[];

/** How the tensors of another program's encoder map onto this network, before any value is read. */
export interface EncoderMatch {
  readonly matches: readonly Match[];
  /** Tensors that are not imported, each with the reason. */
  readonly left: readonly LeftTensor[];
  /** Parameters of this network that keep their initial values. */
  readonly missing: readonly string[];
}

export interface LeftTensor {
  readonly name: string;
  readonly reason: Notice;
}

interface Match {
  /** Name of the tensor in the file. */
  readonly name: string;
  readonly targets: readonly Target[];
}

interface Target {
  /** Name of the parameter. */
  readonly name: string;
  readonly conversion: Conversion;
}

/** Converts another program's tensor, or a part of it, to the layout of one parameter. */
interface Conversion {
  /** The dimensions of the result; undefined for a tensor that cannot be converted. */
  readonly dims: (dims: Dims) => Dims | undefined;
  readonly values: (values: Float32Array, dims: Dims) => Float32Array;
}

const same: Conversion = { dims: (dims) => dims, values: (values) => values };

/** PyTorch stores matrices as [to, from], this network as [from, to]. */
const transposed: Conversion = {
  dims: ([rows, columns, ...others]) => (columns === undefined || others.length > 0 ? undefined : [columns, rows!]),
  values: transpose,
};

/** The n-th third of the rows, transposed: one matrix holds queries, keys and values. */
const third = (n: number): Conversion => ({
  dims: ([rows, columns, ...others]) => (columns === undefined || others.length > 0 || rows! % 3 !== 0 ? undefined : [columns, rows! / 3]),
  values: (values, [rows, columns]) => transpose(thirdOf(values, n), [rows! / 3, columns!]),
});

/** The n-th third of a vector. */
const thirdOfVector = (n: number): Conversion => ({
  dims: ([length, ...others]) => (length === undefined || others.length > 0 || length % 3 !== 0 ? undefined : [length / 3]),
  values: (values) => thirdOf(values, n),
});

/** The kernel of a convolution, [width, 3, 2, 16, 16], as a matrix [2 * 16 * 16 * 3, width]. */
const tubeKernel: Conversion = {
  dims: ([width, ...kernel]) => (kernel.join() === TUBE_KERNEL.join() ? [kernel.reduce((a, b) => a * b, 1), width!] : undefined),
  values: (values, [width]) => {
    const pixels = TUBE.frames * TUBE.side * TUBE.side;
    const result = new Float32Array(values.length);
    for (let to = 0; to < width!; to++) {
      for (let channel = 0; channel < 3; channel++) {
        for (let pixel = 0; pixel < pixels; pixel++) result[(pixel * 3 + channel) * width! + to] = values[(to * 3 + channel) * pixels + pixel]!;
      }
    }
    return result;
  },
};

/** Channels, frames, rows and columns of a tube. */
export const TUBE_KERNEL: Dims = [3, TUBE.frames, TUBE.side, TUBE.side];

function transpose(values: Float32Array, [rows, columns]: Dims): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows!; row++) for (let column = 0; column < columns!; column++) result[column * rows! + row] = values[row * columns! + column]!;
  return result;
}

function thirdOf(values: Float32Array, n: number): Float32Array {
  return values.subarray((n * values.length) / 3, ((n + 1) * values.length) / 3);
}

const to = (name: string, conversion: Conversion = same): readonly Target[] => [{ name, conversion }];

/** Names within a block, in the files of VideoMAE and in Hugging Face's VideoMAE. */
const IN_BLOCK: Readonly<Record<string, readonly Target[]>> = {
  'norm1.weight': to('attn.norm.weight'),
  'norm1.bias': to('attn.norm.bias'),
  'attn.qkv.weight': ['q', 'k', 'v'].flatMap((part, n) => to(`attn.${part}.weight`, third(n))),
  // A bias of the keys adds the same value to all scores of a query. The softmax removes it.
  'attn.qkv.bias': [...to('attn.q.bias', thirdOfVector(0)), ...to('attn.v.bias', thirdOfVector(2))],
  'attn.q_bias': to('attn.q.bias'),
  'attn.v_bias': to('attn.v.bias'),
  'attn.proj.weight': to('attn.proj.weight', transposed),
  'attn.proj.bias': to('attn.proj.bias'),
  'norm2.weight': to('mlp.norm.weight'),
  'norm2.bias': to('mlp.norm.bias'),
  'mlp.fc1.weight': to('mlp.fc1.weight', transposed),
  'mlp.fc1.bias': to('mlp.fc1.bias'),
  'mlp.fc2.weight': to('mlp.fc2.weight', transposed),
  'mlp.fc2.bias': to('mlp.fc2.bias'),
  'layernorm_before.weight': to('attn.norm.weight'),
  'layernorm_before.bias': to('attn.norm.bias'),
  'attention.attention.query.weight': to('attn.q.weight', transposed),
  'attention.attention.key.weight': to('attn.k.weight', transposed),
  'attention.attention.value.weight': to('attn.v.weight', transposed),
  'attention.attention.q_bias': to('attn.q.bias'),
  'attention.attention.v_bias': to('attn.v.bias'),
  'attention.output.dense.weight': to('attn.proj.weight', transposed),
  'attention.output.dense.bias': to('attn.proj.bias'),
  'layernorm_after.weight': to('mlp.norm.weight'),
  'layernorm_after.bias': to('mlp.norm.bias'),
  'intermediate.dense.weight': to('mlp.fc1.weight', transposed),
  'intermediate.dense.bias': to('mlp.fc1.bias'),
  'output.dense.weight': to('mlp.fc2.weight', transposed),
  'output.dense.bias': to('mlp.fc2.bias'),
};

const OUTSIDE: Readonly<Record<string, readonly Target[]>> = {
  'patch_embed.proj.weight': to('patch_embed.proj.weight', tubeKernel),
  'patch_embed.proj.bias': to('patch_embed.proj.bias'),
  'embeddings.patch_embeddings.projection.weight': to('patch_embed.proj.weight', tubeKernel),
  'embeddings.patch_embeddings.projection.bias': to('patch_embed.proj.bias'),
  'fc_norm.weight': to('head.norm.weight'),
  'fc_norm.bias': to('head.norm.bias'),
};
const LAST_NORM = /^fc_norm\./;

/** Why tensors outside the encoder are left, by the beginning of their names. */
const LEFT_PARTS: readonly (readonly [name: RegExp, reason: 'import/decoder' | 'import/head' | 'import/positions' | 'import/token-norm'])[] = [
  [/^(?:decoder\.|mask_token$|encoder_to_decoder\.|decoder_)/, 'import/decoder'],
  [/^(?:head|classifier|cls_head)\./, 'import/head'],
  [/^(?:pos_embed|embeddings\.position_embeddings)$/, 'import/positions'],
  [/^(?:norm|layernorm)\./, 'import/token-norm'],
];

/** Prefixes that programs add to the names of the encoder's tensors. */
const PREFIX = /^(?:module\.|model\.|videomae\.|backbone\.|_orig_mod\.|encoder\.(?!layer\.))+/;
const BLOCK = /^(?:blocks|encoder\.layer|layer)\.(\d+)\.(.+)$/;
const TUBE_WEIGHTS = ['patch_embed.proj.weight', 'embeddings.patch_embeddings.projection.weight'];
/** Tensors of a block of the LGI-Former, the encoder of MAE-DFER (Sun et al. 2023, section 3.2), and its region tokens. */
const LGI_FORMER = /^(?:first|second|third)_attn|^lg_region_tokens$/;

/** What an encoder in a file of another program looks like, by the names and shapes of its tensors. */
export interface ForeignEncoder {
  /** Shape of the kernel of the tube embedding; the first number is the width of a token. */
  readonly kernel: Dims;
  readonly blocks: number;
  /** Tensors of the blocks that only an LGI-Former has. */
  readonly lgiFormer: readonly string[];
}

/** @returns undefined where the file has no encoder with a tube embedding */
export function describeEncoder(dims: ReadonlyMap<string, Dims>): ForeignEncoder | undefined {
  const names = [...dims.keys()];
  const tubes = names.find((name) => TUBE_WEIGHTS.includes(plainName(name)));
  if (tubes === undefined) return undefined;
  const blocks = names.flatMap((name) => blockOf(name) ?? []);
  const lgiFormer = names.filter((name) => LGI_FORMER.test(blockOf(name)?.inner ?? plainName(name)));
  return { kernel: dims.get(tubes)!, blocks: blocks.reduce((most, { index }) => Math.max(most, index + 1), 0), lgiFormer };
}

/**
 * Maps the encoder of a VideoMAE-style file onto the parameters of this network, by name and shape.
 * @param dims the shapes of the tensors in the file
 * @param parameters the parameters of the network size that receives the weights, by name
 */
export function matchEncoder(dims: ReadonlyMap<string, Dims>, parameters: ReadonlyMap<string, Pick<Parameter, 'dims'>>): EncoderMatch {
  const blocks = blockCount(parameters);
  const taken = new Set<string>();
  const matches: Match[] = [];
  const left: LeftTensor[] = [];
  const hasMoreBlocks = (describeEncoder(dims)?.blocks ?? 0) > blocks;
  for (const [name, shape] of dims) {
    const found = targetsOf(name, shape, parameters, taken, blocks, hasMoreBlocks);
    if ('id' in found) left.push({ name, reason: found });
    else {
      matches.push({ name, targets: found });
      for (const target of found) taken.add(target.name);
    }
  }
  return { matches, left, missing: [...parameters.keys()].filter((name) => !taken.has(name)) };
}

/** Why a tensor inside a block that this network has, or of its tube embedding, cannot be imported. Such a file computes something else. */
export function unfitting({ left }: EncoderMatch, blocks: number): LeftTensor[] {
  return left.filter(({ name, reason }) => reason.id !== 'import/twice' && ((blockOf(name)?.index ?? blocks) < blocks || plainName(name) in EMBEDDING));
}

const EMBEDDING = Object.fromEntries(Object.entries(OUTSIDE).filter(([name]) => !LAST_NORM.test(name)));

/**
 * Parameters of the encoder that a file does not have. A network without biases of queries and values is the one with biases of
 * zero, which they have at first.
 */
export function missingInEncoder({ missing }: EncoderMatch): string[] {
  return missing.filter((name) => /^(?:patch_embed|blocks)\./.test(name) && !/attn\.[qv]\.bias$/.test(name));
}

/**
 * Reads and converts the values, one tensor after the other.
 * @returns values by the parameter names of this network
 * @throws Error where a value is no finite number, or cannot be read
 */
export async function readMatches(matches: readonly Match[], tensors: ReadonlyMap<string, StoredTensor>): Promise<Map<string, Float32Array>> {
  const weights = new Map<string, Float32Array>();
  for (const { name, targets } of matches) {
    const { dims, read } = tensors.get(name)!;
    const values = await read();
    if (!values.every(Number.isFinite)) throw new Error(`'${name}' has values that are not finite`);
    for (const target of targets) weights.set(target.name, Float32Array.from(target.conversion.values(values, dims)));
  }
  return weights;
}

/** The parameters that a tensor fills, or why it is left. */
function targetsOf(
  name: string,
  dims: Dims,
  parameters: ReadonlyMap<string, Pick<Parameter, 'dims'>>,
  taken: ReadonlySet<string>,
  blocks: number,
  hasMoreBlocks: boolean,
): readonly Target[] | Notice {
  const plain = plainName(name);
  const block = blockOf(name);
  if (block !== undefined && block.index >= blocks) return notice('import/later-block', { blocks });
  const targets =
    block === undefined
      ? ownEntry(OUTSIDE, plain)
      : ownEntry(IN_BLOCK, block.inner)?.map((target) => ({ ...target, name: `blocks.${block.index}.${target.name}` }));
  if (targets === undefined) return notice(LEFT_PARTS.find(([part]) => part.test(plain))?.[1] ?? 'import/no-counterpart', {});
  if (hasMoreBlocks && LAST_NORM.test(plain)) return notice('import/last-norm', {});
  for (const target of targets) {
    const expected = parameters.get(target.name)?.dims.join(' x ') ?? '';
    if (target.conversion.dims(dims)?.join(' x ') !== expected) return notice('import/shape', { found: dims.join(' x '), expected });
    if (taken.has(target.name)) return notice('import/twice', { name: target.name });
  }
  return targets;
}

/** Removes what programs put before the names of the encoder's tensors. */
function plainName(name: string): string {
  return name.replace(PREFIX, '');
}

function blockOf(name: string): { index: number; inner: string } | undefined {
  const found = BLOCK.exec(plainName(name));
  return found === null ? undefined : { index: Number(found[1]), inner: found[2]! };
}

function blockCount(parameters: ReadonlyMap<string, unknown>): number {
  return [...parameters.keys()].reduce((most, name) => Math.max(most, (blockOf(name)?.index ?? -1) + 1), 0);
}

function ownEntry<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
