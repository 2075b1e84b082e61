import { z } from 'zod';
import type { FileBytes } from './file-bytes.ts';
import type { FloatType, StoredTensor, StoredWeights } from './stored-tensor.ts';
import { BYTES_PER_VALUE, floatsOf, MOST_DIMENSIONS, valueCount } from './stored-tensor.ts';

const FLOAT_TYPES: Readonly<Record<string, FloatType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16', F64: 'float64' };
/** Bytes of a value of the other types. Types that are not listed here may have fewer than eight bits. */
const OTHER_TYPES: Readonly<Record<string, number>> = { BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, U16: 2, I16: 2, U32: 4, I32: 4, U64: 8, I64: 8, C64: 8 };

/** The header of a ViT-B has 30 kB. */
const LONGEST_HEADER = 16e6;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(MOST_DIMENSIONS),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type Entry = z.infer<typeof entrySchema>;

/**
 * Reads a .safetensors file: eight bytes with the length of the header, a JSON header, then the values of the tensors
 * (little-endian). The tensors must fill the file without gaps and overlaps, as the format demands: otherwise a small file
 * could name any number of large tensors.
 * @throws Error with a reason where the bytes are not such a file
 */
export async function readSafetensors(file: FileBytes): Promise<StoredWeights> {
  const length = file.size < 8 ? 0 : Number(dataView(await file.read(0, 8)).getBigUint64(0, true));
  if (length < 2 || length > LONGEST_HEADER || 8 + length > file.size) throw new Error('it has no header of the safetensors format');
  const entries = entriesOf(JSON.parse(new TextDecoder().decode(await file.read(8, length))));
  const first = 8 + length;
  refuseGaps(entries, file.size - first);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of entries) {
    const type = Object.hasOwn(FLOAT_TYPES, dtype) ? FLOAT_TYPES[dtype] : undefined;
    refuseOtherSize(name, dtype, type, valueCount(shape), offsets[1] - offsets[0]);
    if (type === undefined) continue;
    tensors.set(name, { dims: shape, read: async () => floatsOf(await file.read(first + offsets[0], offsets[1] - offsets[0]), type) });
  }
  return { tensors, cropSide: null };
}

function entriesOf(header: unknown): [string, Entry][] {
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new Error('its header is no list of tensors');
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => {
      const { success, data } = entrySchema.safeParse(entry);
      if (!success) throw new Error(`'${name}' has no valid type, shape and position`);
      return [name, data];
    });
}

function refuseGaps(entries: readonly [string, Entry][], bytes: number): void {
  let end = 0;
  for (const [name, { data_offsets: offsets }] of entries.toSorted(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    if (offsets[0] !== end || offsets[1] < offsets[0]) throw new Error(`'${name}' does not begin where the tensor before it ends`);
    end = offsets[1];
  }
  if (end > bytes) throw new Error('it is truncated');
  if (end < bytes) throw new Error('it has values that belong to no tensor');
}

function refuseOtherSize(name: string, dtype: string, type: FloatType | undefined, count: number, bytes: number): void {
  const each = type === undefined ? (Object.hasOwn(OTHER_TYPES, dtype) ? OTHER_TYPES[dtype] : undefined) : BYTES_PER_VALUE[type];
  if (each !== undefined && bytes !== count * each) throw new Error(`'${name}' has ${bytes} bytes, and its shape needs ${count * each}`);
}

function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
