import { describe, expect, test } from 'vitest';
import { randomStream } from '../basics/random.ts';
import type { LagCorrelation } from './dyads.ts';
import { coOccurrences, laggedSynchrony } from './dyads.ts';

test('co-occurrence: time together, and the time expected of independent people', () => {
  const first = [
    { label: 'happiness', startS: 0, endS: 4 },
    { label: 'happiness', startS: 3, endS: 6 },
    { label: 'anger', startS: 10, endS: 12 },
  ];
  const second = [
    { label: 'happiness', startS: 5, endS: 11 },
    { label: 'happiness', startS: 18, endS: 20 },
  ];
  expect(coOccurrences(first, second, [{ startS: 0, endS: 20 }])).toEqual([
    { first: 'anger', second: 'happiness', seconds: 1, expectedS: (2 * 8) / 20, ratio: 1.25 },
    { first: 'happiness', second: 'happiness', seconds: 1, expectedS: (6 * 8) / 20, ratio: expect.closeTo(1 / 2.4, 10) as number },
  ]);
  expect(coOccurrences(first, [], [{ startS: 0, endS: 20 }])).toEqual([]);
});

test('co-occurrence counts only the time in which both people are visible', () => {
  const first = [{ label: 'happiness', startS: 0, endS: 30 }];
  const second = [{ label: 'happiness', startS: 35, endS: 40 }];
  // Together for 10 s, in which the first person smiles for 5 s before and the second for 5 s after.
  const together = [
    { startS: 25, endS: 30 },
    { startS: 35, endS: 40 },
  ];
  expect(coOccurrences(first, second, together)).toEqual([{ first: 'happiness', second: 'happiness', seconds: 0, expectedS: (5 * 5) / 10, ratio: 0 }]);
  expect(coOccurrences(first, second, [{ startS: 0, endS: 30 }])).toEqual([]);
});

describe('lagged synchrony', () => {
  const RATE = 5;
  const synchrony = (first: readonly number[], second: readonly number[]): LagCorrelation[] => [...laggedSynchrony(first, second, RATE)];
  /** A slow random course, as intensities are. */
  function course(seed: number): number[] {
    const random = randomStream(seed, 'course');
    let value = 0;
    return Array.from({ length: 120 * RATE }, () => (value = 0.9 * value + random() - 0.5));
  }

  test('finds that the second person follows the first by a second', () => {
    const leader = course(1);
    const follower = leader.map((_, i) => leader[i - RATE] ?? 0);
    const lags = synchrony(leader, follower);
    expect(lags).toHaveLength(31);
    const best = lags.toSorted((a, b) => b.r - a.r)[0]!;
    expect(best.lagS).toBe(1);
    expect(best.r).toBeGreaterThan(0.99);
    expect(best.r).toBeGreaterThan(best.surrogateHigh);
    // In the other direction, the lag is negative.
    expect(synchrony(follower, leader).toSorted((a, b) => b.r - a.r)[0]!.lagS).toBe(-1);
  });

  test('of two independent people lies within the surrogates', () => {
    const lags = synchrony(course(2), course(3));
    const outside = lags.filter(({ r, surrogateLow, surrogateHigh }) => r < surrogateLow || r > surrogateHigh);
    expect(outside.length).toBeLessThan(lags.length / 5);
  });

  test('needs windows in which both are seen and change', () => {
    const values = course(4);
    const missing = values.map((value, i) => (i < 60 * RATE ? NaN : value));
    expect(synchrony(values, missing).find(({ lagS }) => lagS === 0)!.windows).toBeLessThan(synchrony(values, values)[15]!.windows);
    expect(
      synchrony(
        values,
        values.map(() => NaN),
      ),
    ).toEqual([]);
    expect(
      synchrony(
        values,
        values.map(() => 0.5),
      ),
    ).toEqual([]);
    expect(synchrony(values.slice(0, 60), values.slice(0, 60))).toEqual([]);
  });
});
