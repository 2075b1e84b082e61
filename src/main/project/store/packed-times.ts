import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TimingTable } from '../../../shared/domain/time.ts';

/** Microseconds have a higher resolution than the clocks of common containers. */
const UNITS_PER_SECOND = 1e6;

/**
 * Packs a timing table as differences in microseconds (deflated Float64, little-endian). An hour with a constant rate needs
 * about a thousand bytes.
 */
export function packTimes({ pts, lastDuration, findings }: TimingTable): { packed: Uint8Array; facts: string } {
  const differences = new Float64Array(pts.length);
  let before = 0;
  for (let i = 0; i < pts.length; i++) {
    const now = Math.round((pts[i] ?? NaN) * UNITS_PER_SECOND);
    differences[i] = now - before;
    before = now;
  }
  return { packed: deflateRawSync(new Uint8Array(differences.buffer)), facts: JSON.stringify({ lastDuration, ...findings }) };
}

/** Unpacks a timing table with a resolution of one microsecond. */
export function unpackTimes(packed: Uint8Array, facts: string): TimingTable {
  const plain = inflateRawSync(packed);
  const differences = new Float64Array(plain.buffer.slice(plain.byteOffset, plain.byteOffset + plain.byteLength));
  const pts = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < pts.length; i++) {
    sum += differences[i] ?? NaN;
    pts[i] = sum / UNITS_PER_SECOND;
  }
  const stored = JSON.parse(facts) as Partial<TimingTable['findings']> &
    Pick<TimingTable['findings'], 'duplicateTimestamps' | 'missingTimestamps'> & { lastDuration: number };
  const { lastDuration, duplicateTimestamps, missingTimestamps, origin, variableRate } = stored;
  return new TimingTable(pts, lastDuration, { duplicateTimestamps, missingTimestamps, origin, variableRate, tick: 1 / UNITS_PER_SECOND });
}
