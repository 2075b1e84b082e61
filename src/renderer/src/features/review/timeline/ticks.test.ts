import { expect, test } from 'vitest';
import { ticksIn } from './ticks.ts';

test('ticks are at round times, and as many as have space', () => {
  expect(ticksIn({ from: 0.3, to: 4.1 }, 5)).toEqual([1, 2, 3, 4]);
  expect(ticksIn({ from: 0, to: 1 }, 10)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  expect(ticksIn({ from: 0, to: 7200 }, 10)).toEqual([0, 900, 1800, 2700, 3600, 4500, 5400, 6300, 7200]);
  expect(ticksIn({ from: 3599, to: 3601 }, 2)).toEqual([3599, 3600, 3601]);
  expect(ticksIn({ from: 0, to: 1e6 }, 1)).toHaveLength(70);
});
