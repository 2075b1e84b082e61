import type { KnownRow } from '../src/main/training/data/splits.ts';

/** A row of a clip set with the given values; all others are null. */
export function knownRow(more: Partial<KnownRow>): KnownRow {
  return {
    from: 'line 2',
    path: 'video.mp4',
    label: 0,
    startS: null,
    endS: null,
    onsetS: null,
    apexS: null,
    offsetS: null,
    participant: null,
    group: null,
    split: null,
    sha256: 'hash',
    ...more,
  };
}
