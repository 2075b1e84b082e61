import { sum } from './tables.ts';

/**
 * Fleiss' kappa (Fleiss 1971) for subjects with the same number of raters each; the raters may differ between subjects.
 * @param counts [subjects, categories] number of raters who chose each category
 * @param weights [subjects] how many subjects each row stands for; by default 1
 * @returns `value` is NaN without subjects, or where all raters chose one category
 * @throws RangeError where the numbers of raters differ or are below two
 */
export function fleissKappa(
  counts: readonly (readonly number[])[],
  weights: readonly number[] = counts.map(() => 1),
): { value: number; observed: number; expected: number; units: number; raters: number } {
  if (counts.length === 0) return { value: NaN, observed: NaN, expected: NaN, units: 0, raters: 0 };
  const raters = sum(counts[0]!);
  if (raters < 2 || counts.some((row) => sum(row) !== raters))
    throw new RangeError("Fleiss' kappa needs the same number of raters, two or more, for every unit");
  const units = sum(weights);
  const shares = counts[0]!.map((_, j) => sum(counts.map((row, i) => weights[i]! * row[j]!)) / (units * raters));
  const observed = sum(counts.map((row, i) => (weights[i]! * (sum(row.map((n) => n * n)) - raters)) / (raters * (raters - 1)))) / units;
  const expected = sum(shares.map((share) => share * share));
  return { value: (observed - expected) / (1 - expected), observed, expected, units, raters };
}
