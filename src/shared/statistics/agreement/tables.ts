/** Two raters' joint counts: table[i][j] units that the first called category i and the second j. */
export type JointCounts = readonly (readonly number[])[];

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 95% of the standard normal distribution, two-sided. */
export const Z95 = 1.959963984540054;

/** @returns [categories, categories]; pairs with a category that is not listed are an error of the caller's */
export function jointCounts(pairs: readonly (readonly [string, string])[], categories: readonly string[]): number[][] {
  const place = new Map(categories.map((name, i) => [name, i]));
  const table = categories.map(() => categories.map(() => 0));
  for (const [a, b] of pairs) {
    const [i, j] = [place.get(a), place.get(b)];
    if (i === undefined || j === undefined) throw new RangeError(`'${i === undefined ? a : b}' is none of ${categories.join(', ')}`);
    table[i]![j]! += 1;
  }
  return table;
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
