import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Numbers as compressed bytes, without any loss. Numbers that a text file had with at most nine decimals become whole numbers, of
 * which the differences are stored; others stay Float64. NaN is a missing number.
 *
 * Format (little-endian): kind (1 byte), decimals (1 byte), count (4 bytes), first whole number (Float64); then, deflated, the bytes
 * of all numbers by their place in the number (all first bytes, all second bytes …), which compresses far better.
 */
const HEADER = 14;
const KINDS = { decimals: 1, doubles: 2 } as const;
const MOST_DECIMALS = 9;
const MISSING = -0x80000000;
const LARGEST_DIFFERENCE = 0x7fffffff;

/** @param numbers finite, or NaN for a missing one */
export function packNumbers(numbers: Float64Array): Uint8Array {
  const decimals = decimalsOf(numbers);
  const whole = decimals === null ? null : differencesOf(numbers, 10 ** decimals);
  const plain = whole === null ? new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength) : new Uint8Array(whole.differences.buffer);
  const body = deflateRawSync(byPlace(plain, numbers.length));
  const packed = new Uint8Array(HEADER + body.length);
  const head = new DataView(packed.buffer);
  head.setUint8(0, whole === null ? KINDS.doubles : KINDS.decimals);
  head.setUint8(1, decimals ?? 0);
  head.setUint32(2, numbers.length, true);
  head.setFloat64(6, whole?.first ?? 0, true);
  packed.set(body, HEADER);
  return packed;
}

/** @throws RangeError for other data */
export function unpackNumbers(packed: Uint8Array): Float64Array {
  const head = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const [kind, decimals, count] = [head.getUint8(0), head.getUint8(1), head.getUint32(2, true)];
  const plain = inflateRawSync(packed.subarray(HEADER));
  const width = kind === KINDS.decimals ? 4 : 8;
  if ((kind !== KINDS.decimals && kind !== KINDS.doubles) || plain.length !== count * width) throw new RangeError('packed numbers are cut off');
  const bytes = inOrder(plain, count);
  if (kind === KINDS.doubles) return new Float64Array(bytes.buffer);
  const differences = new Int32Array(bytes.buffer);
  const numbers = new Float64Array(count);
  const scale = 10 ** decimals;
  let last = head.getFloat64(6, true);
  for (let i = 0; i < count; i++) {
    const difference = differences[i]!;
    if (difference !== MISSING) last += difference;
    numbers[i] = difference === MISSING ? NaN : last / scale;
  }
  return numbers;
}

/** The smallest number of decimals that all numbers have; null if there is none. */
function decimalsOf(numbers: Float64Array): number | null {
  let decimals = 0;
  for (const number of numbers) {
    if (Number.isNaN(number)) continue;
    // A whole number by a power of ten is rounded correctly, like the text of the file was.
    while (Math.round(number * 10 ** decimals) / 10 ** decimals !== number) {
      decimals += 1;
      if (decimals > MOST_DECIMALS) return null;
    }
  }
  return decimals;
}

/** Differences of the whole numbers; null if one is too large. */
function differencesOf(numbers: Float64Array, scale: number): { first: number; differences: Int32Array<ArrayBuffer> } | null {
  const differences = new Int32Array(numbers.length);
  let first: number | null = null;
  let last: number | null = null;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (Number.isNaN(number)) {
      differences[i] = MISSING;
      continue;
    }
    const whole = Math.round(number * scale);
    const difference = last === null ? 0 : whole - last;
    if (Math.abs(difference) > LARGEST_DIFFERENCE || Math.abs(whole) > Number.MAX_SAFE_INTEGER || whole / scale !== number) return null;
    first ??= whole;
    differences[i] = difference;
    last = whole;
  }
  return { first: first ?? 0, differences };
}

function byPlace(bytes: Uint8Array, count: number): Uint8Array {
  const planes = new Uint8Array(bytes.length);
  const width = count === 0 ? 0 : bytes.length / count;
  for (let place = 0; place < width; place++) for (let i = 0; i < count; i++) planes[place * count + i] = bytes[i * width + place]!;
  return planes;
}

function inOrder(planes: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(planes.length);
  const width = count === 0 ? 0 : planes.length / count;
  for (let place = 0; place < width; place++) for (let i = 0; i < count; i++) bytes[i * width + place] = planes[place * count + i]!;
  return bytes;
}
