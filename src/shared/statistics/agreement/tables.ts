/** Joint counts of two raters: table[i][j] is the number of units with category i by the first and j by the second rater. */
export type JointCounts = readonly (readonly number[])[];

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95% quantile of the standard normal distribution. */
export const Z95 = 1.959963984540054;

/**
 * Counts pairs of categories.
 * @returns [categories, categories]
 * @throws RangeError where a pair has a category that is not in `categories`
 */
export function jointCounts(pairs: readonly (readonly [string, string])[], categories: readonly string[]): number[][] {
  const indexOf = new Map(categories.map((name, i) => [name, i]));
  const table = categories.map(() => categories.map(() => 0));
  for (const [a, b] of pairs) {
    const [i, j] = [indexOf.get(a), indexOf.get(b)];
    if (i === undefined || j === undefined) throw new RangeError(`'${i === undefined ? a : b}' is none of ${categories.join(', ')}`);
    table[i]![j]! += 1;
  }
  return table;
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
