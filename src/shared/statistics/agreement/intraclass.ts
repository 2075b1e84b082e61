import { mean } from '../../basics/mean.ts';
import { fQuantile } from './f-distribution.ts';
import type { Interval } from './tables.ts';
import { sum } from './tables.ts';

/**
 * The coefficient in the notation of McGraw and Wong 1996: absolute agreement (A) or consistency (C), of a single rater (1)
 * or of the mean of all k raters. ICC(A,1) is Shrout and Fleiss' ICC(2,1), ICC(C,1) their ICC(3,1).
 */
export type IntraclassForm = 'A,1' | 'C,1' | 'A,k' | 'C,k';

export interface Intraclass {
  readonly value: number;
  /** 95% interval (McGraw and Wong 1996, table 7). */
  readonly interval: Interval;
  readonly units: number;
  readonly raters: number;
}

/**
 * Intraclass correlation of numeric ratings by the same raters: two-way model with random raters.
 * @param ratings [units, raters], without missing values
 * @throws RangeError for fewer than two units or raters
 */
export function intraclass(ratings: readonly (readonly number[])[], form: IntraclassForm, level = 0.95): Intraclass {
  const [n, k] = [ratings.length, ratings[0]?.length ?? 0];
  if (n < 2 || k < 2) throw new RangeError('an intraclass correlation needs two units and two raters');
  const { rows, columns, error } = meanSquares(ratings);
  const value = {
    'C,1': (rows - error) / (rows + (k - 1) * error),
    'C,k': (rows - error) / rows,
    'A,1': (rows - error) / (rows + (k - 1) * error + (k * (columns - error)) / n),
    'A,k': (rows - error) / (rows + (columns - error) / n),
  }[form];
  const single = form.startsWith('C') ? consistencyInterval(rows / error, n, k, level) : absoluteInterval(rows, columns, error, n, k, level);
  // The interval for the mean of k raters follows from that of a single rater by the Spearman-Brown formula.
  const interval = form.endsWith('k') ? { low: stepUp(single.low, k), high: stepUp(single.high, k) } : single;
  return { value, interval, units: n, raters: k };
}

function meanSquares(ratings: readonly (readonly number[])[]): { rows: number; columns: number; error: number } {
  const [n, k] = [ratings.length, ratings[0]!.length];
  const all = mean(ratings.map(mean));
  const rowMeans = ratings.map(mean);
  const columnMeans = ratings[0]!.map((_, j) => mean(ratings.map((row) => row[j]!)));
  const rows = (k * sum(rowMeans.map((each) => (each - all) ** 2))) / (n - 1);
  const columns = (n * sum(columnMeans.map((each) => (each - all) ** 2))) / (k - 1);
  const rest = sum(ratings.map((row, i) => sum(row.map((value, j) => (value - rowMeans[i]! - columnMeans[j]! + all) ** 2))));
  return { rows, columns, error: rest / ((n - 1) * (k - 1)) };
}

function consistencyInterval(f: number, n: number, k: number, level: number): Interval {
  const p = 1 - (1 - level) / 2;
  const low = f / fQuantile(p, n - 1, (n - 1) * (k - 1));
  const high = f * fQuantile(p, (n - 1) * (k - 1), n - 1);
  return { low: (low - 1) / (low + k - 1), high: (high - 1) / (high + k - 1) };
}

function absoluteInterval(rows: number, columns: number, error: number, n: number, k: number, level: number): Interval {
  const icc = (rows - error) / (rows + (k - 1) * error + (k * (columns - error)) / n);
  const a = (k * icc) / (n * (1 - icc));
  const b = 1 + (k * icc * (n - 1)) / (n * (1 - icc));
  // Satterthwaite's degrees of freedom for a sum of mean squares.
  const freedom = (a * columns + b * error) ** 2 / ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)));
  const p = 1 - (1 - level) / 2;
  const [upper, lower] = [fQuantile(p, n - 1, freedom), fQuantile(p, freedom, n - 1)];
  const between = k * columns + (k * n - k - n) * error;
  return { low: (n * (rows - upper * error)) / (upper * between + n * rows), high: (n * (lower * rows - error)) / (between + n * lower * rows) };
}

const stepUp = (icc: number, k: number): number => (k * icc) / (1 + (k - 1) * icc);
