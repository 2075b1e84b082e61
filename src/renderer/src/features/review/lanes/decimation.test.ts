import { describe, expect, test } from 'vitest';
import { lowerBound } from '../../../../../shared/basics/sorted-search.ts';
import { countIn, decimate, highestInColumns, rangeInColumns } from './decimation.ts';

const x = Float64Array.from({ length: 45_000 }, (_, i) => i * 0.2);
function pointsOf(...of: [ArrayLike<number>, ArrayLike<number>, number, number, number]): [number, number | null][] {
  const points: [number, number | null][] = [];
  decimate(...of, (px, py) => points.push([px, Number.isNaN(py) ? null : py]));
  return points;
}

describe('decimating a series', () => {
  test('keeps the minimum and the maximum of every pixel column, in order of time', () => {
    const y = Float32Array.from(x, (_, i) => Math.sin(i / 50) * 0.3 + 0.5);
    y[12_345] = 1;
    y[40_001] = 0;
    const points = pointsOf(x, y, 0, 9000, 1000);
    expect(points.length).toBeLessThanOrEqual(4 * 1001);
    expect(points.some(([at, value]) => at === x[12_345] && value === 1)).toBe(true);
    expect(points.some(([at, value]) => at === x[40_001] && value === 0)).toBe(true);
    for (let i = 1; i < points.length; i++) expect(points[i]![0]).toBeGreaterThan(points[i - 1]![0]);
    expect(points[0]).toEqual([x[0], y[0]]);
    expect(points.at(-1)).toEqual([x.at(-1), y.at(-1)]);
  });

  test('a single missing slot breaks the line even where thousands share a pixel', () => {
    for (const at of [20_000, 20_001, 20_077, 20_149]) {
      const y = Float32Array.from(x, (_, i) => (i % 7) / 7);
      y[at] = NaN;
      const points = pointsOf(x, y, 0, 9000, 300);
      expect(points).toContainEqual([x[at], null]);
      for (let i = 1; i < points.length; i++) expect(points[i]![0]).toBeGreaterThan(points[i - 1]![0]);
    }
  });

  test('a zoomed-in view keeps every point, and one more on either side', () => {
    const y = Float32Array.from(x, (_, i) => (i % 10) / 10);
    const points = pointsOf(x, y, 100.1, 101.1, 1000);
    expect(points.map(([at]) => at)).toEqual([100, 100.2, 100.4, 100.6, 100.8, 101, 101.2].map((at) => expect.closeTo(at, 9) as number));
  });

  test('an empty view gives at most the two points around it, an empty series none', () => {
    expect(pointsOf([0, 1], [0.2, 0.4], 0.4, 0.6, 10)).toEqual([
      [0, expect.closeTo(0.2)],
      [1, expect.closeTo(0.4)],
    ]);
    expect(pointsOf([], [], 0, 1, 10)).toEqual([]);
    expect(lowerBound([1, 2, 2, 3], 2)).toBe(1);
  });
});

describe('the highest value of each pixel column', () => {
  const columns = (from: number, to: number, y: number[], count: number): (number | null)[] => {
    const highest = new Float32Array(count);
    const starts = Float64Array.from(y, (_, i) => i);
    highestInColumns(
      starts,
      starts.map((at) => at + 1),
      Float32Array.from(y),
      from,
      to,
      highest,
    );
    return [...highest].map((value) => (Number.isNaN(value) ? null : Math.round(100 * value) / 100));
  };
  test('of several points in a column, the highest is shown', () => {
    expect(columns(0, 6, [0.1, 0.9, 0.2, 0.3, 0.5, 0.4], 3)).toEqual([0.9, 0.3, 0.5]);
  });
  test('zoomed in, each column between two points has the value of the earlier one', () => {
    expect(columns(1, 3, [0.1, 0.9, 0.2, 0.3], 4)).toEqual([0.9, 0.9, 0.2, 0.2]);
  });
  test('a column without a value is empty', () => {
    expect(columns(0, 4, [0.1, NaN, NaN, 0.4], 4)).toEqual([0.1, null, null, 0.4]);
    expect(columns(10, 12, [0.1, 0.2], 2)).toEqual([null, null]);
  });
});

describe('the range of each pixel column', () => {
  const ranges = (y: number[], from: number, to: number, columns: number): (number | null)[][] => {
    const [lowest, highest] = [new Float32Array(columns), new Float32Array(columns)];
    rangeInColumns(
      y.map((_, i) => i),
      Float32Array.from(y),
      from,
      to,
      lowest,
      highest,
    );
    return [...lowest].map((low, i) => [low, highest[i]!].map((value) => (Number.isNaN(value) ? null : Math.round(100 * value) / 100)));
  };
  test('has the extremes, and reaches to the column before, so that the line has no gap', () => {
    expect(ranges([0.1, 0.2, 0.6, 0.8, 0.5, 0.4], 0, 6, 3)).toEqual([
      [0.1, 0.2],
      [0.2, 0.8],
      [0.4, 0.6],
    ]);
  });
  test('a missing value is a gap that is not bridged', () => {
    expect(ranges([0.1, 0.1, NaN, NaN, 0.9, 0.9], 0, 6, 3)).toEqual([
      [0.1, 0.1],
      [null, null],
      [0.9, 0.9],
    ]);
  });
  test('counts the points of a span with those around it', () => {
    expect(countIn([0, 1, 2, 3, 4], 1.5, 2.5)).toBe(3);
    expect(countIn([], 0, 1)).toBe(0);
  });
});
