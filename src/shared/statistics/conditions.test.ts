import { expect, test } from 'vitest';
import { differencesWithin, linesWithin, meansByCondition } from './conditions.ts';

const values = [
  { participant: 'P1', condition: 'rest', value: 0.1 },
  { participant: 'P1', condition: 'stress', value: 0.3 },
  { participant: 'P2', condition: 'rest', value: 0.5 },
  { participant: 'P2', condition: 'stress', value: 0.6 },
  { participant: 'P2', condition: 'stress', value: 0.8 },
  { participant: 'P3', condition: 'rest', value: 0.2 },
  { participant: 'P3', condition: 'stress', value: 0.2 },
  // Has one condition only.
  { participant: 'P4', condition: 'stress', value: 0.9 },
];

test('means over participants by condition; several values of a participant count once', () => {
  expect(meansByCondition(values)).toEqual([
    { condition: 'rest', participants: 3, mean: expect.closeTo(0.8 / 3, 10) as number, sd: expect.closeTo(Math.sqrt(0.0866666666 / 2), 5) as number },
    { condition: 'stress', participants: 4, mean: expect.closeTo(2.1 / 4, 10) as number, sd: expect.any(Number) as number },
  ]);
  expect(meansByCondition(values.slice(0, 1))[0]!.sd).toBeNull();
});

test('differences are within participants: people with one condition do not count', () => {
  const [difference, ...others] = differencesWithin(values);
  expect(others).toEqual([]);
  // 0.2, 0.2 and 0: the difference of the means over all people would be 0.258.
  expect(difference).toMatchObject({ from: 'rest', to: 'stress', participants: 3, mean: expect.closeTo(0.4 / 3, 10) as number });
  expect(difference!.interval!.low).toBeGreaterThanOrEqual(0);
  expect(difference!.interval!.high).toBeLessThanOrEqual(0.2 + 1e-9);
  expect(differencesWithin(values.slice(0, 4))[0]!.interval).toBeNull();
  expect(differencesWithin(values.slice(7))).toEqual([]);
});

test('lines of participants with several conditions, in the order of the conditions', () => {
  expect(linesWithin(values, ['stress', 'none', 'rest'])).toEqual([
    { participant: 'P1', values: [0.3, null, 0.1] },
    { participant: 'P2', values: [expect.closeTo(0.7, 10), null, 0.5] },
    { participant: 'P3', values: [0.2, null, 0.2] },
  ]);
});
