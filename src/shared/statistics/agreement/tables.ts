/** Joint counts of two raters: table[i][j] is the number of units with category i by the first and j by the second rater. */
export type JointCounts = readonly (readonly number[])[];

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * An interval, or null if it says nothing: a bound is not finite or outside the values that the statistic can have. With very
 * few units, the formulas give such intervals (for example -647 to 1 for an intraclass correlation of two units).
 * @param lowest the smallest possible value of the statistic
 */
export function usableInterval(interval: Interval | null, lowest: number): Interval | null {
  if (interval === null || !Number.isFinite(interval.low) || !Number.isFinite(interval.high)) return null;
  const SLACK = 1e-9;
  return interval.low < lowest - SLACK || interval.high > 1 + SLACK ? null : interval;
}

/** Two-sided 95% quantile of the standard normal distribution. */
export const Z95 = 1.959963984540054;

/**
 * Counts pairs of categories.
 * @param weights how many units each pair stands for; by default 1
 * @returns [categories, categories]
 * @throws RangeError where a pair has a category that is not in `categories`
 */
export function jointCounts(pairs: readonly (readonly [string, string])[], categories: readonly string[], weights?: ArrayLike<number>): number[][] {
  const indexOf = new Map(categories.map((name, i) => [name, i]));
  const table = categories.map(() => categories.map(() => 0));
  for (const [unit, [a, b]] of pairs.entries()) {
    const [i, j] = [indexOf.get(a), indexOf.get(b)];
    if (i === undefined || j === undefined) throw new RangeError(`'${i === undefined ? a : b}' is none of ${categories.join(', ')}`);
    table[i]![j]! += weights?.[unit] ?? 1;
  }
  return table;
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
