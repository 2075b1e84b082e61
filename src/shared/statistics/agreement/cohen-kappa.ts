import type { Interval, JointCounts } from './tables.ts';
import { sum, Z95 } from './tables.ts';

/** Weight of a disagreement: the same for all, by the distance of the categories in their order, or by its square. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

export interface Kappa {
  /** NaN where both raters used only one category, because chance agreement is then certain. */
  readonly value: number;
  readonly observed: number;
  readonly expected: number;
  /** 95% interval from the large-sample variance; null where undefined. */
  readonly interval: Interval | null;
  readonly units: number;
}

/**
 * Cohen's kappa of two raters (Cohen 1960), optionally weighted for ordered categories (Cohen 1968). Variance from Fleiss,
 * Cohen and Everitt 1969, formula 13 (with weights 0 and 1 it is their formula 10).
 */
export function cohenKappa(table: JointCounts, weights: KappaWeights = 'none'): Kappa {
  const size = table.length;
  const units = sum(table.map(sum));
  const p = table.map((row) => row.map((count) => count / units));
  const rows = p.map(sum);
  const columns = rows.map((_, j) => sum(p.map((row) => row[j]!)));
  const agreement = (i: number, j: number): number =>
    weights === 'none' ? Number(i === j) : 1 - (Math.abs(i - j) / (size - 1)) ** (weights === 'linear' ? 1 : 2);
  const over = (value: (i: number, j: number) => number): number => sum(p.map((row, i) => sum(row.map((_, j) => value(i, j)))));
  const observed = over((i, j) => agreement(i, j) * p[i]![j]!);
  const expected = over((i, j) => agreement(i, j) * rows[i]! * columns[j]!);
  const value = (observed - expected) / (1 - expected);
  // Mean weight of a category over the other rater's distribution of categories.
  const meanOfRow = rows.map((_, i) => sum(columns.map((share, j) => share * agreement(i, j))));
  const meanOfColumn = columns.map((_, j) => sum(rows.map((share, i) => share * agreement(i, j))));
  const spread = over((i, j) => p[i]![j]! * (agreement(i, j) - (meanOfRow[i]! + meanOfColumn[j]!) * (1 - value)) ** 2);
  const variance = (spread - (value - expected * (1 - value)) ** 2) / (units * (1 - expected) ** 2);
  const half = Z95 * Math.sqrt(Math.max(0, variance));
  return { value, observed, expected, units, interval: Number.isFinite(half) ? { low: value - half, high: Math.min(1, value + half) } : null };
}

/** Share of units on which two raters agree. */
export function percentAgreement(table: JointCounts): number {
  return sum(table.map((row, i) => row[i]!)) / sum(table.map(sum));
}

/** F1 of each category with the first rater as the truth: 2 TP / (2 TP + FP + FN); null where neither rater used it. */
export function f1ByCategory(table: JointCounts): (number | null)[] {
  return table.map((row, i) => {
    const [truth, predicted] = [sum(row), sum(table.map((each) => each[i]!))];
    return truth + predicted === 0 ? null : (2 * row[i]!) / (truth + predicted);
  });
}
