import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import type { FaceMaps } from '../../shared/domain/mask-maps.ts';
import { MASK_COUNT } from '../../shared/domain/mask-maps.ts';

/**
 * Layout (little-endian, deflated): version (1 byte), side of the patch grid (1 byte), 2 unused bytes, number of slots
 * (4 bytes); then slots (Int32), face places and similarities (Float32), weights (1 byte each).
 */
const VERSION = 1;
const HEADER = 8;
const PLACE_VALUES = 4;

export function packMaps({ side, slots, places, similarity, weights }: FaceMaps): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER));
  header.setUint8(0, VERSION);
  header.setUint8(1, side);
  header.setUint32(4, slots.length, true);
  const parts = [new Uint8Array(header.buffer), bytesOf(slots), bytesOf(places), bytesOf(similarity), weights];
  return deflateRawSync(Buffer.concat(parts), { level: 6 });
}

/** @throws RangeError for bytes of another version or length */
export function unpackMaps(packed: Uint8Array): FaceMaps {
  const plain = inflateRawSync(packed);
  const header = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  if (header.getUint8(0) !== VERSION) throw new RangeError(`mask maps of version ${header.getUint8(0)} cannot be read`);
  const side = header.getUint8(1);
  const count = header.getUint32(4, true);
  const [slotsAt, placesAt] = [HEADER, HEADER + 4 * count];
  const similarityAt = placesAt + 4 * PLACE_VALUES * count;
  const weightsAt = similarityAt + 4 * EXPRESSIONS.length * count;
  if (plain.length !== weightsAt + MASK_COUNT * side * side * count) throw new RangeError('mask maps are cut off');
  // Copies, because the buffer from zlib may not be aligned for Int32Array and Float32Array.
  const copy = (from: number, to: number): ArrayBuffer => plain.buffer.slice(plain.byteOffset + from, plain.byteOffset + to) as ArrayBuffer;
  return {
    side,
    slots: new Int32Array(copy(slotsAt, placesAt)),
    places: new Float32Array(copy(placesAt, similarityAt)),
    similarity: new Float32Array(copy(similarityAt, weightsAt)),
    weights: new Uint8Array(copy(weightsAt, plain.length)),
  };
}

/**
 * The maps of one face from those of several tracks.
 * @param parts the maps of each track, and which of their slots belong to the face
 */
export function joinMaps(parts: readonly { readonly maps: FaceMaps; readonly isShown: (slot: number) => boolean }[]): FaceMaps | null {
  const side = parts[0]?.maps.side;
  if (side === undefined) return null;
  const size = MASK_COUNT * side * side;
  const rows = parts
    .filter(({ maps }) => maps.side === side)
    .flatMap(({ maps, isShown }) => Array.from(maps.slots, (slot, row) => ({ maps, slot, row })).filter(({ slot }) => isShown(slot)))
    .sort((a, b) => a.slot - b.slot);
  const joined: FaceMaps = {
    side,
    slots: Int32Array.from(rows, ({ slot }) => slot),
    places: new Float32Array(PLACE_VALUES * rows.length),
    similarity: new Float32Array(EXPRESSIONS.length * rows.length),
    weights: new Uint8Array(size * rows.length),
  };
  rows.forEach(({ maps: { places, similarity, weights }, row }, i) => {
    joined.places.set(places.subarray(PLACE_VALUES * row, PLACE_VALUES * (row + 1)), PLACE_VALUES * i);
    joined.similarity.set(similarity.subarray(EXPRESSIONS.length * row, EXPRESSIONS.length * (row + 1)), EXPRESSIONS.length * i);
    joined.weights.set(weights.subarray(size * row, size * (row + 1)), size * i);
  });
  return joined;
}

function bytesOf(values: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
