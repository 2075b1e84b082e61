import { expect, test } from 'vitest';
import { doubleRate, neighbourRate, RATES } from './playback-rates.ts';

test('rates go from a tenth to four times; the keys go to the next one, and doubling stays among them', () => {
  expect([RATES[0], RATES.at(-1)]).toEqual([0.1, 4]);
  expect([neighbourRate(1, 1), neighbourRate(0.1, -1), neighbourRate(4, 1)]).toEqual([1.5, 0.1, 4]);
  expect([0.25, 0.75, 1, 1.5, 2, 4].map(doubleRate)).toEqual([0.5, 1.5, 2, 4, 4, 4]);
});
