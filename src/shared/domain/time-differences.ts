import { TimingTable } from './time.ts';

/** Microseconds have a higher resolution than the clocks of common containers. */
const UNITS_PER_SECOND = 1e6;

/** A timing table for storage: differences between frames in microseconds, which repeat and can be compressed, and JSON. */
export interface TimeDifferences {
  readonly differences: Float64Array<ArrayBuffer>;
  readonly facts: string;
}

export function toDifferences({ pts, lastDuration, findings }: TimingTable): TimeDifferences {
  const differences = new Float64Array(pts.length);
  let before = 0;
  for (let i = 0; i < pts.length; i++) {
    const now = Math.round((pts[i] ?? NaN) * UNITS_PER_SECOND);
    differences[i] = now - before;
    before = now;
  }
  return { differences, facts: JSON.stringify({ lastDuration, ...findings }) };
}

/** The timing table with a resolution of one microsecond. */
export function fromDifferences({ differences, facts }: TimeDifferences): TimingTable {
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
