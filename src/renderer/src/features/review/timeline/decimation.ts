import { lowerBound } from '../../../../../shared/domain/sorted-search.ts';

/**
 * Reduces a series to at most four points per pixel column: first, lowest, highest, last, and in addition one missing value (NaN), so
 * that no extreme is lost. Missing values break the line.
 * @param x ascending
 * @param y as long as x
 * @param from start of the shown span up to `to`; the next points outside are included, so that lines reach the edges
 * @param columns width in pixels
 */
export function decimate(x: ArrayLike<number>, y: ArrayLike<number>, from: number, to: number, columns: number): [number, number | null][] {
  const first = Math.max(0, lowerBound(x, from) - 1);
  const last = Math.min(x.length - 1, lowerBound(x, to));
  const count = last - first + 1;
  if (count <= 0) return [];
  if (count <= 4 * columns) return Array.from({ length: count }, (_, i) => point(x[first + i]!, y[first + i]!));
  const points: [number, number | null][] = [];
  const width = (to - from) / columns;
  for (let i = first; i <= last;) {
    const end = from + (Math.floor((x[i]! - from) / width) + 1) * width;
    const bucket = { first: i, lowest: -1, highest: -1, last: i, missing: -1 };
    for (; i <= last && (x[i]! < end || i === bucket.first); i++) {
      bucket.last = i;
      const value = y[i]!;
      if (Number.isNaN(value)) bucket.missing = i;
      else {
        if (bucket.lowest < 0 || value < y[bucket.lowest]!) bucket.lowest = i;
        if (bucket.highest < 0 || value > y[bucket.highest]!) bucket.highest = i;
      }
    }
    const kept = new Set([bucket.first, bucket.lowest, bucket.highest, bucket.last, bucket.missing].filter((index) => index >= 0));
    for (const index of [...kept].sort((a, b) => a - b)) points.push(point(x[index]!, y[index]!));
  }
  return points;
}

function point(x: number, y: number): [number, number | null] {
  return [x, Number.isNaN(y) ? null : y];
}
