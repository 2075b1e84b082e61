import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TimingTable } from '../../../shared/domain/time.ts';

/** Microseconds: finer than any container's clock that is in use. */
const PARTS = 1e6;

/**
 * A timing table as differences in microseconds, deflated: an hour of constant rate takes some
 * thousand bytes. Float64, little-endian. */
export function packTimes({ pts, lastDuration, findings }: TimingTable): { packed: Uint8Array; facts: string } {
  const differences = new Float64Array(pts.length);
  let before = 0;
  for (let i = 0; i < pts.length; i++) {
    const now = Math.round(pts[i]! * PARTS);
    differences[i] = now - before;
    before = now;
  }
  return { packed: deflateRawSync(new Uint8Array(differences.buffer)), facts: JSON.stringify({ lastDuration, ...findings }) };
}

/** The timing table again, to the microsecond. */
export function unpackTimes(packed: Uint8Array, facts: string): TimingTable {
  const plain = inflateRawSync(packed);
  const differences = new Float64Array(plain.buffer.slice(plain.byteOffset, plain.byteOffset + plain.byteLength));
  const pts = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < pts.length; i++) {
    sum += differences[i]!;
    pts[i] = sum / PARTS;
  }
  const { lastDuration, duplicateTimestamps, missingTimestamps } = JSON.parse(facts) as TimingTable['findings'] & { lastDuration: number };
  return new TimingTable(pts, lastDuration, { duplicateTimestamps, missingTimestamps, tick: 1 / PARTS });
}
