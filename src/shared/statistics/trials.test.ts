import { expect, test } from 'vitest';
import type { EventPoint } from './trials.ts';
import { meanOfCourses } from './trials.ts';

const point = (atS: number, mean: number, n = 1): EventPoint => ({ atS, mean, sd: null, n });

test('the mean course over participants counts each participant once, and has the standard error over participants', () => {
  const courses = [[point(0, 0.2, 9), point(0.2, 0.4)], [point(0, 0.6)], [point(-0.2, 0.5), point(0, 0.7)]];
  expect(meanOfCourses(courses)).toEqual([
    { atS: -0.2, mean: 0.5, error: null, participants: 1 },
    // Deviations of -0.3, 0.1 and 0.2: a variance of 0.07, and an error of √(0.07 / 3).
    { atS: 0, mean: expect.closeTo(0.5, 12) as number, error: expect.closeTo(Math.sqrt(0.07 / 3), 12) as number, participants: 3 },
    { atS: 0.2, mean: 0.4, error: null, participants: 1 },
  ]);
  expect(meanOfCourses([])).toEqual([]);
});
