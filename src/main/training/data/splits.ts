import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import { randomStream } from '../../../shared/domain/random.ts';
import type { ClipRow } from './clip-set.ts';
import { refuse } from './clip-set.ts';

/** A row with the SHA-256 of its video, which identifies the same video under different names. */
export interface KnownRow extends ClipRow {
  readonly sha256: string;
}

export type SplitRows = Readonly<Record<Split, readonly KnownRow[]>>;

/**
 * Assigns every row to training, validation or test, so that no participant is in two of them. Rows with a split keep it.
 * If no row has one, whole participants (or whole videos without a participant) are drawn for validation.
 * @param validationShare share of the rows for validation, 0..1
 * @throws StudioError 'data-set-invalid' where a participant or a video is in two splits, with the rows
 */
export function splitRows(set: string, rows: readonly KnownRow[], seed: number, validationShare: number): SplitRows {
  refuse(set, leaks(rows), 'Put all clips of a person into one split: a model that has seen a person in training looks better on that person than it is.');
  const hasSplits = rows.some(({ split }) => split !== null);
  const drawn = hasSplits ? new Set<string>() : drawUnits(rows, seed, validationShare);
  const place = (row: KnownRow): Split => row.split ?? (drawn.has(unitOf(row)) ? 'validation' : 'train');
  return Object.fromEntries(SPLITS.map((split) => [split, rows.filter((row) => place(row) === split)])) as unknown as SplitRows;
}

/** The unit that must stay in one split: a participant, or a video without a participant. */
export function unitOf({ participant, sha256 }: KnownRow): string {
  return participant === null ? `video ${sha256}` : `participant ${participant}`;
}

/** One sentence for each participant and video that is in two splits. */
function leaks(rows: readonly KnownRow[]): string[] {
  const problems: string[] = [];
  const report = (what: (name: string) => string, key: (row: KnownRow) => string | null): void => {
    const seen = new Map<string, KnownRow>();
    const reported = new Set<string>();
    for (const row of rows) {
      const name = key(row);
      if (name === null || row.split === null) continue;
      const other = seen.get(name);
      if (other === undefined) seen.set(name, row);
      else if (other.split !== row.split && !reported.has(name)) {
        reported.add(name);
        problems.push(`${what(name)} is in ${other.split} (${other.from}) and in ${row.split} (${row.from})`);
      }
    }
  };
  report(
    (name) => `participant ${name}`,
    ({ participant }) => participant,
  );
  report(
    () => 'the same video',
    ({ sha256 }) => sha256,
  );
  return problems;
}

/** Draws units until they have the given share of the rows; at least one unit and never all. */
function drawUnits(rows: readonly KnownRow[], seed: number, share: number): Set<string> {
  const random = randomStream(seed, 'validation');
  const units = [...new Set(rows.map(unitOf))].map((unit) => ({ unit, order: random() })).sort((a, b) => a.order - b.order);
  const target = share * rows.length;
  const drawn = new Set<string>();
  let held = 0;
  for (const { unit } of units) {
    if (held >= target || drawn.size >= units.length - 1) break;
    drawn.add(unit);
    held += rows.filter((row) => unitOf(row) === unit).length;
  }
  return drawn;
}

/** @throws StudioError 'data-set-invalid' where the rows have fewer than two classes */
export function refuseOneClass(set: string, rows: readonly KnownRow[]): void {
  const labels = new Set(rows.flatMap(({ label }) => (label === null ? [] : [label])));
  if (labels.size >= 2) return;
  const only = [...labels].map((label) => EXPRESSIONS[label]).join();
  const what = labels.size === 0 ? 'no clip for training has a label' : `all ${rows.length} clips for training are ${only} (${rows[0]!.from} and on)`;
  refuse(set, [what], 'Add clips of at least one other class.');
}
