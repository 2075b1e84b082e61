import { lowerBound } from '../../../../../shared/basics/sorted-search.ts';

/**
 * Reduces a series to at most four points per pixel column: first, lowest, highest, last, and in addition one missing value (NaN), so
 * that no extreme is lost. Missing values break the line.
 * @param x ascending
 * @param y as long as x
 * @param from start of the shown span up to `to`; the next points outside are included, so that lines reach the edges
 * @param columns width in pixels
 * @param visit is called for each point in order of time; y is NaN for a missing value
 */
export function decimate(x: ArrayLike<number>, y: ArrayLike<number>, from: number, to: number, columns: number, visit: (x: number, y: number) => void): void {
  const [first, last] = indicesIn(x, from, to);
  if (last - first < 4 * columns) {
    for (let i = first; i <= last; i++) visit(x[i]!, y[i]!);
    return;
  }
  const width = (to - from) / columns;
  for (let i = first; i <= last;) {
    const end = from + (Math.floor((x[i]! - from) / width) + 1) * width;
    const begin = i;
    let [lowest, highest, missing] = [-1, -1, -1];
    for (; i <= last && (x[i]! < end || i === begin); i++) {
      const value = y[i]!;
      if (Number.isNaN(value)) missing = i;
      else {
        if (lowest < 0 || value < y[lowest]!) lowest = i;
        if (highest < 0 || value > y[highest]!) highest = i;
      }
    }
    let previous = -1;
    // In order of time, each once. -1 marks what the column does not have.
    const visitOnce = (index: number): void => {
      if (index <= previous) return;
      previous = index;
      visit(x[index]!, y[index]!);
    };
    const [early, late] = lowest < highest ? [lowest, highest] : [highest, lowest];
    visitOnce(begin);
    if (missing < early) visitOnce(missing);
    visitOnce(early);
    if (missing > early && missing < late) visitOnce(missing);
    visitOnce(late);
    visitOnce(missing);
    visitOnce(i - 1);
  }
}

/**
 * The highest value in each pixel column; NaN for a column without a value. A point reaches to the next one, so that columns between
 * two points have the value of the earlier one.
 * @param x starts of the points, ascending
 * @param ends ends of the points
 * @param highest [columns], overwritten
 */
export function highestInColumns(x: Float64Array, ends: Float64Array, y: Float32Array, from: number, to: number, highest: Float32Array): void {
  highest.fill(NaN);
  const perSecond = highest.length / (to - from);
  const [first, last] = indicesIn(x, from, to);
  for (let i = first; i <= last; i++) {
    const value = y[i]!;
    if (Number.isNaN(value) || ends[i]! <= from || x[i]! >= to) continue;
    const begin = Math.max(0, Math.floor((x[i]! - from) * perSecond));
    const end = Math.min(highest.length, Math.max(begin + 1, Math.floor((ends[i]! - from) * perSecond)));
    for (let column = begin; column < end; column++) if (!(highest[column]! >= value)) highest[column] = value;
  }
}

/**
 * Lowest and highest value in each pixel column, joined to those of the column before, so that a line without gaps results; NaN for a
 * column without a value. For series with more points than columns.
 * @param x ascending
 * @param lowest [columns], overwritten, like `highest`
 */
export function rangeInColumns(x: ArrayLike<number>, y: ArrayLike<number>, from: number, to: number, lowest: Float32Array, highest: Float32Array): void {
  lowest.fill(NaN);
  highest.fill(NaN);
  const perSecond = lowest.length / (to - from);
  const [first, last] = indicesIn(x, from, to);
  for (let i = first; i <= last; i++) {
    const [value, column] = [y[i]!, Math.floor((x[i]! - from) * perSecond)];
    if (Number.isNaN(value) || column < 0 || column >= lowest.length) continue;
    if (!(lowest[column]! <= value)) lowest[column] = value;
    if (!(highest[column]! >= value)) highest[column] = value;
  }
  let [low, high] = [lowest[0]!, highest[0]!];
  for (let column = 1; column < lowest.length; column++) {
    const [ownLow, ownHigh] = [lowest[column]!, highest[column]!];
    // A comparison with NaN is false: the first column after a gap is not joined.
    if (high < ownLow) lowest[column] = high;
    if (low > ownHigh) highest[column] = low;
    [low, high] = [ownLow, ownHigh];
  }
}

/** Number of points within a span. */
export function countIn(x: ArrayLike<number>, from: number, to: number): number {
  const [first, last] = indicesIn(x, from, to);
  return Math.max(0, last - first + 1);
}

/** First and last index of the points within a span, with the next ones outside. The first is greater than the last if there are none. */
function indicesIn(x: ArrayLike<number>, from: number, to: number): [number, number] {
  return [Math.max(0, lowerBound(x, from) - 1), Math.min(x.length - 1, lowerBound(x, to))];
}
