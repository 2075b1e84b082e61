import { expect, test } from 'vitest';
import { slotMeans } from './resampled.ts';

const starts = [1, 1.5, 2, 4];
const ends = [1.5, 2, 2.5, 4.5];

test('a slot has the mean of its samples; slots are half-open, gaps and empty slots have none', () => {
  const stretches = [
    { times: [0.9, 1, 1.2, 1.4999], values: [100, 1, 2, 6] },
    { times: [1.5, 2, 2.4, 2.5, 3], values: [7, 4, 5, 100, 100] },
    { times: [4.5], values: [100] },
  ];
  expect(slotMeans(stretches, starts, ends)).toEqual({ means: Float64Array.from([3, 7, 4.5, NaN]), counts: Int32Array.from([3, 1, 2, 0]) });
});

test('missing values do not count', () => {
  const stretches = [{ times: [1, 1.1, 1.6], values: [NaN, 3, NaN] }];
  expect(slotMeans(stretches, starts, ends)).toEqual({ means: Float64Array.from([3, NaN, NaN, NaN]), counts: Int32Array.from([1, 0, 0, 0]) });
});

test('no samples, and no slots', () => {
  expect([...slotMeans([], [1], [2]).means]).toEqual([NaN]);
  expect(slotMeans([{ times: [1], values: [1] }], [], []).means).toHaveLength(0);
});
