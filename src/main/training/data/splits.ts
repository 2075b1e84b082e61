import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import type { ClipRow } from './clip-row.ts';
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
  refuse('data-set-invalid/split-leak', set, leaks(rows));
  const hasSplits = rows.some(({ split }) => split !== null);
  const drawn = hasSplits ? new Set<string>() : drawUnits(rows, seed, validationShare);
  const place = (row: KnownRow): Split => row.split ?? (drawn.has(unitOf(row)) ? 'validation' : 'train');
  return Object.fromEntries(SPLITS.map((split) => [split, rows.filter((row) => place(row) === split)])) as unknown as SplitRows;
}

/** The unit that must stay in one split: a participant, or a video without a participant. */
export function unitOf({ participant, sha256 }: KnownRow): string {
  return participant === null ? `video ${sha256}` : `participant ${participant}`;
}

/** Everything that is in two splits. */
function leaks(rows: readonly KnownRow[]): Notice[] {
  return [
    ...leaksBy(rows, ({ participant }) => participant).map(({ name, ...places }) => notice('split/participant', { participant: name, ...places })),
    ...leaksBy(rows, ({ sha256 }) => sha256).map(({ name: _, ...places }) => notice('split/video', places)),
  ];
}

interface Leak {
  readonly name: string;
  readonly split: Split;
  readonly from: KnownRow['from'];
  readonly otherSplit: Split;
  readonly otherFrom: KnownRow['from'];
}

function leaksBy(rows: readonly KnownRow[], key: (row: KnownRow) => string | null): Leak[] {
  const seen = new Map<string, KnownRow>();
  const found = new Map<string, Leak>();
  for (const row of rows) {
    const name = key(row);
    if (name === null || row.split === null) continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, row);
    else if (first.split !== row.split && !found.has(name))
      found.set(name, { name, split: first.split!, from: first.from, otherSplit: row.split, otherFrom: row.from });
  }
  return [...found.values()];
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

const labelsIn = (rows: readonly KnownRow[]): Set<number> => new Set(rows.flatMap(({ label }) => (label === null ? [] : [label])));

export const hasSeveralClasses = (rows: readonly KnownRow[]): boolean => labelsIn(rows).size >= 2;

/** @throws StudioError 'data-set-invalid' where the rows have fewer than two classes */
export function refuseOneClass(set: string, rows: readonly KnownRow[]): void {
  if (hasSeveralClasses(rows)) return;
  const [only] = labelsIn(rows);
  const what = only === undefined ? notice('classes/none', {}) : notice('classes/one', { clips: rows.length, label: EXPRESSIONS[only]!, from: rows[0]!.from });
  refuse('data-set-invalid/one-class', set, [what]);
}
