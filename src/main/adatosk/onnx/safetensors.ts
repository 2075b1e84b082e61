/** A tensor of a .safetensors file, converted to single precision. */
export interface StoredTensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Size of one value in bytes and a function that reads it at a byte offset. */
const FLOAT_TYPES: Readonly<Record<string, { readonly bytes: number; readonly read: (view: DataView, at: number) => number }>> = {
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => view.getFloat16(at, true) },
  BF16: { bytes: 2, read: (view, at) => brainFloat(view.getUint16(at, true)) },
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
};

const LONGEST_HEADER = 100e6;

/**
 * Reads a .safetensors file: eight bytes with the length of the header, a JSON header, then the values of the tensors
 * (little-endian). The result omits integer tensors.
 * @throws Error with a reason where the bytes are not such a file or are truncated
 */
export function readSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? 0 : Number(view.getBigUint64(0, true));
  if (length < 2 || length > LONGEST_HEADER || 8 + length > bytes.length) throw new Error('it has no header of the safetensors format');
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, Entry>;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    const type = name === '__metadata__' ? undefined : FLOAT_TYPES[dtype];
    if (type === undefined) continue;
    const [start, end] = data_offsets.map((offset) => 8 + length + offset) as [number, number];
    const count = shape.reduce((a, b) => a * b, 1);
    if (end > bytes.length || end - start !== count * type.bytes) throw new Error(`it ends before '${name}' does`);
    tensors.set(name, { dims: shape, values: Float32Array.from({ length: count }, (_, i) => type.read(view, start + i * type.bytes)) });
  }
  return tensors;
}

/** A bfloat16 consists of the upper 16 bits of a float32. */
function brainFloat(bits: number): number {
  const word = new DataView(new ArrayBuffer(4));
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}
