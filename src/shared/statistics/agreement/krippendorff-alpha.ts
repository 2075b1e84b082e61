import { sum } from './tables.ts';

export type Metric = 'nominal' | 'ordinal' | 'interval';

/**
 * Krippendorff's alpha (Krippendorff 2011, "Computing Krippendorff's alpha-reliability") for any number of raters, with
 * missing values. Units with fewer than two values are excluded, because they contain no pair to compare.
 * @param ratings [raters, units], null for a missing value; for 'nominal' the numbers are names of categories
 * @param weights [units] how many units each column stands for; by default 1
 * @returns `value` is NaN where all ratings are equal, because there is no variation
 */
export function krippendorffAlpha(
  ratings: readonly (readonly (number | null)[])[],
  metric: Metric,
  weights?: readonly number[],
): { value: number; units: number; pairable: number } {
  const units = (ratings[0] ?? [])
    .map((_, unit) => ({ rated: ratings.flatMap((row) => row[unit] ?? []), weight: weights?.[unit] ?? 1 }))
    .filter(({ rated }) => rated.length >= 2);
  const values = [...new Set(units.flatMap(({ rated }) => rated))].sort((a, b) => a - b);
  const indexOf = new Map(values.map((value, i) => [value, i]));
  const coincidences = values.map(() => values.map(() => 0));
  for (const { rated, weight } of units) {
    rated.forEach((a, i) =>
      rated.forEach((b, j) => {
        if (i !== j) coincidences[indexOf.get(a)!]![indexOf.get(b)!]! += weight / (rated.length - 1);
      }),
    );
  }
  const totals = coincidences.map(sum);
  const pairable = sum(totals);
  const distance = distances(values, totals, metric);
  const over = (weight: (i: number, j: number) => number): number => sum(values.map((_, i) => sum(values.map((__, j) => weight(i, j) * distance(i, j)))));
  const observed = over((i, j) => coincidences[i]![j]!);
  const expected = over((i, j) => totals[i]! * totals[j]!) / (pairable - 1);
  return { value: 1 - observed / expected, units: sum(units.map(({ weight }) => weight)), pairable };
}

/** Returns a function for the squared difference of two values, given their indices among the values in use. */
function distances(values: readonly number[], totals: readonly number[], metric: Metric): (i: number, j: number) => number {
  if (metric === 'nominal') return (i, j) => Number(i !== j);
  if (metric === 'interval') return (i, j) => (values[i]! - values[j]!) ** 2;
  return (i, j) => {
    const [low, high] = [Math.min(i, j), Math.max(i, j)];
    return (sum(totals.slice(low, high + 1)) - (totals[low]! + totals[high]!) / 2) ** 2;
  };
}
