import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { TimingTable } from '../../../shared/domain/time.ts';
import { fromDifferences, toDifferences } from '../../../shared/domain/time-differences.ts';

/** Packs a timing table as differences (deflated Float64, little-endian). An hour with a constant rate needs about a thousand bytes. */
export function packTimes(timing: TimingTable): { packed: Uint8Array; facts: string } {
  const { differences, facts } = toDifferences(timing);
  return { packed: deflateRawSync(new Uint8Array(differences.buffer)), facts };
}

/** Unpacks a timing table with a resolution of one microsecond. */
export function unpackTimes(packed: Uint8Array, facts: string): TimingTable {
  const plain = inflateRawSync(packed);
  return fromDifferences({ differences: new Float64Array(plain.buffer.slice(plain.byteOffset, plain.byteOffset + plain.byteLength)), facts });
}
