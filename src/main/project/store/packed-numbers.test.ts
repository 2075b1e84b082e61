import { expect, test } from 'vitest';
import { packNumbers, unpackNumbers } from './packed-numbers.ts';

const round = (numbers: readonly number[]): number[] => [...unpackNumbers(packNumbers(Float64Array.from(numbers)))];

test('numbers come back as they were: decimals, missing ones, large steps, and doubles of any kind', () => {
  for (const numbers of [
    [],
    [NaN],
    [0.1, 0.2, 0.30000000000000004],
    [12.345, -7.1, NaN, NaN, 12.345, 0],
    [1e12, -1e12, 3],
    [NaN, 1700000000.123, 1700000000.124],
    [Math.PI, 1 / 3, -1e-30],
    [1e-9, 2e-9, 1e300],
  ])
    expect(round(numbers)).toEqual(numbers);
});

test('an even clock needs next to nothing, and a recording with three decimals far less than its text', () => {
  const count = 65_536;
  const clock = Float64Array.from({ length: count }, (_, i) => i / 1000);
  const wave = Float64Array.from({ length: count }, (_, i) => Math.round(1000 * Math.sin(i / 40) + 3 * ((i * 7919) % 11)) / 1000 + 0);
  expect(packNumbers(clock).length).toBeLessThan(1000);
  expect(packNumbers(wave).length).toBeLessThan(2 * count);
  expect(unpackNumbers(packNumbers(wave))).toEqual(wave);
});

test('data that are cut off are rejected', () => {
  const packed = packNumbers(Float64Array.from([1, 2, 3]));
  packed[2] = 9;
  expect(() => unpackNumbers(packed)).toThrow(RangeError);
});
