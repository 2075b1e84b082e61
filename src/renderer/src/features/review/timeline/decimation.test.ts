import { describe, expect, test } from 'vitest';
import { lowerBound } from '../../../../../shared/domain/sorted-search.ts';
import { decimate } from './decimation.ts';

const x = Float64Array.from({ length: 45_000 }, (_, i) => i * 0.2);

describe('decimating a series', () => {
  test('keeps the minimum and the maximum of every pixel column, in order of time', () => {
    const y = Float32Array.from(x, (_, i) => Math.sin(i / 50) * 0.3 + 0.5);
    y[12_345] = 1;
    y[40_001] = 0;
    const points = decimate(x, y, 0, 9000, 1000);
    expect(points.length).toBeLessThanOrEqual(4 * 1001);
    expect(points.some(([at, value]) => at === x[12_345] && value === 1)).toBe(true);
    expect(points.some(([at, value]) => at === x[40_001] && value === 0)).toBe(true);
    for (let i = 1; i < points.length; i++) expect(points[i]![0]).toBeGreaterThan(points[i - 1]![0]);
    expect(points[0]).toEqual([x[0], y[0]]);
    expect(points.at(-1)).toEqual([x.at(-1), y.at(-1)]);
  });

  test('a single missing slot breaks the line even where thousands share a pixel', () => {
    const y = new Float32Array(x.length).fill(0.5);
    y[20_000] = NaN;
    expect(decimate(x, y, 0, 9000, 300)).toContainEqual([x[20_000], null]);
  });

  test('a zoomed-in view keeps every point, and one more on either side', () => {
    const y = Float32Array.from(x, (_, i) => (i % 10) / 10);
    const points = decimate(x, y, 100.1, 101.1, 1000);
    expect(points.map(([at]) => at)).toEqual([100, 100.2, 100.4, 100.6, 100.8, 101, 101.2].map((at) => expect.closeTo(at, 9) as number));
  });

  test('an empty view gives at most the two points around it, an empty series none', () => {
    expect(decimate([0, 1], [0.2, 0.4], 0.4, 0.6, 10)).toEqual([
      [0, 0.2],
      [1, 0.4],
    ]);
    expect(decimate([], [], 0, 1, 10)).toEqual([]);
    expect(lowerBound([1, 2, 2, 3], 2)).toBe(1);
  });
});
