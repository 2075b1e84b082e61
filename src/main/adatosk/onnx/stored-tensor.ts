/** A tensor in a file of weights. Its values are read when they are needed. */
export interface StoredTensor {
  readonly dims: readonly number[];
  /** The values in row-major order, in single precision. @throws Error where they cannot be read */
  readonly read: () => Promise<Float32Array>;
}

/** The tensors of a file of another program. */
export interface StoredWeights {
  /** By name. Tensors of whole numbers are left out. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Side in pixels of the pictures that the network was trained on; null where the file does not name it. */
  readonly cropSide: number | null;
}

/** Floating-point types of the values in a file, little-endian. */
export type FloatType = 'float32' | 'float16' | 'bfloat16' | 'float64';

export const BYTES_PER_VALUE: Readonly<Record<FloatType, number>> = { float32: 4, float16: 2, bfloat16: 2, float64: 8 };

/** No tensor of a network has more dimensions. */
export const MOST_DIMENSIONS = 16;

/** Number of values of a shape, and Infinity for a shape that no file can have. */
export function valueCount(dims: readonly number[]): number {
  return dims.includes(0) ? 0 : dims.reduce((product, dim) => product * dim, 1);
}

/** Converts values to single precision. @param bytes as many as the values need */
export function floatsOf(bytes: Uint8Array, type: FloatType): Float32Array {
  const count = bytes.length / BYTES_PER_VALUE[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count);
  switch (type) {
    case 'float32':
      for (let i = 0; i < count; i++) values[i] = view.getFloat32(i * 4, true);
      return values;
    case 'float64':
      for (let i = 0; i < count; i++) values[i] = view.getFloat64(i * 8, true);
      return values;
    case 'float16':
      for (let i = 0; i < count; i++) values[i] = view.getFloat16(i * 2, true);
      return values;
    case 'bfloat16': {
      // A bfloat16 consists of the upper 16 bits of a float32.
      const words = new Uint32Array(values.buffer);
      for (let i = 0; i < count; i++) words[i] = view.getUint16(i * 2, true) << 16;
      return values;
    }
  }
}
