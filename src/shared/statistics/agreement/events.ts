import { upperBound } from '../../basics/sorted-search.ts';
import type { LabelledSpan } from './layers.ts';
import { UNLABELLED } from './layers.ts';
import type { JointCounts } from './tables.ts';
import { sum } from './tables.ts';

/** Two spans without length are the same event if they are this close, in seconds: tools round times to milliseconds. */
const SAME_INSTANT_S = 0.001;

/**
 * Pairs spans of two layers that are the same event, as EasyDIAg does (Holle and Rein 2015): their intersection is at least
 * the share `overlap` of the longer span. Pairs with the largest share are matched first, then those with the longer
 * intersection, each span at most once. A span without a partner is paired with UNLABELLED.
 */
export function matchEvents(first: readonly LabelledSpan[], second: readonly LabelledSpan[], overlap: number): [string, string][] {
  const candidates = overlapping(first, second).filter(({ share }) => share >= overlap);
  const [left, right] = [new Set(first.keys()), new Set(second.keys())];
  const pairs: [string, string][] = [];
  for (const { i, j } of candidates.sort((a, b) => b.share - a.share || b.sharedS - a.sharedS || a.i - b.i || a.j - b.j)) {
    if (!left.has(i) || !right.has(j)) continue;
    left.delete(i);
    right.delete(j);
    pairs.push([first[i]!.label, second[j]!.label]);
  }
  for (const i of left) pairs.push([first[i]!.label, UNLABELLED]);
  for (const j of right) pairs.push([UNLABELLED, second[j]!.label]);
  return pairs;
}

interface Overlap {
  readonly i: number;
  readonly j: number;
  /** Length of the intersection in seconds. */
  readonly sharedS: number;
  /** The intersection as a share of the longer span; 1 for two spans without length at the same time. */
  readonly share: number;
}

/** All pairs of spans that intersect. Takes time in proportion to the number of spans and pairs. */
function overlapping(first: readonly LabelledSpan[], second: readonly LabelledSpan[]): Overlap[] {
  const order = [...second.keys()].sort((a, b) => second[a]!.startS - second[b]!.startS);
  // The latest end of each span and those before it: ascending, so that the first span that can intersect is found by bisection.
  const latestEnds = new Float64Array(order.length);
  let latest = -Infinity;
  for (const [n, j] of order.entries()) latestEnds[n] = latest = Math.max(latest, second[j]!.endS);
  const found: Overlap[] = [];
  for (const [i, a] of first.entries()) {
    for (let n = upperBound(latestEnds, a.startS - SAME_INSTANT_S); n < order.length; n++) {
      const j = order[n]!;
      const b = second[j]!;
      if (b.startS > a.endS + SAME_INSTANT_S) break;
      const sharedS = Math.min(a.endS, b.endS) - Math.max(a.startS, b.startS);
      const longer = Math.max(a.endS - a.startS, b.endS - b.startS);
      if (sharedS > 0) found.push({ i, j, sharedS, share: sharedS / longer });
      else if (longer === 0 && Math.abs(a.startS - b.startS) <= SAME_INSTANT_S) found.push({ i, j, sharedS: 0, share: 1 });
    }
  }
  return found;
}

/** The expected counts of a table change by less than this share of its total in the last step of the fitting. */
const FITTED = 1e-10;
const MOST_STEPS = 500;

/**
 * Kappa of two raters over matched events (Holle and Rein 2015, kappa_ipf of EasyDIAg and ELAN). Nothing can be unlabelled
 * by both raters, so that the cell of this pair is empty by definition. The agreement expected by chance is therefore not
 * the product of the margins: it comes from the table with this empty cell whose margins equal the observed ones and whose
 * other cells are independent, found by iterative proportional fitting.
 * @param unlabelled index of the category for events without a partner
 * @returns NaN if nothing varies
 */
export function eventKappa(table: JointCounts, unlabelled: number): number {
  const total = sum(table.map(sum));
  const observed = sum(table.map((row, i) => row[i]!)) / total;
  const fitted = quasiIndependent(table, unlabelled);
  const expected = sum(fitted.map((row, i) => row[i]!)) / total;
  return (observed - expected) / (1 - expected);
}

/** The table with the margins of `table`, an empty cell [unlabelled][unlabelled], and otherwise independent rows and columns. */
function quasiIndependent(table: JointCounts, unlabelled: number): number[][] {
  const rows = table.map(sum);
  const columns = table.map((_, j) => sum(table.map((row) => row[j]!)));
  const total = sum(rows);
  const scale = (wanted: number, found: number): number => (found > 0 ? wanted / found : 0);
  let fitted: number[][] = table.map((row, i) => row.map((_, j) => (i === unlabelled && j === unlabelled ? 0 : 1)));
  for (let step = 0; step < MOST_STEPS; step++) {
    const byRow = fitted.map((row, i) => row.map((value) => value * scale(rows[i]!, sum(row))));
    const columnSums = columns.map((_, j) => sum(byRow.map((row) => row[j]!)));
    const next = byRow.map((row) => row.map((value, j) => value * scale(columns[j]!, columnSums[j]!)));
    const change = sum(next.map((row, i) => sum(row.map((value, j) => Math.abs(value - fitted[i]![j]!)))));
    fitted = next;
    if (change <= FITTED * total) break;
  }
  return fitted;
}
