import { expect, test } from 'vitest';
import { optionGroups, plainOptions } from './select-options.ts';

test('neighbouring options of a group stand together, and keep their positions in the whole list', () => {
  const groups = optionGroups([
    { value: 'all', label: 'All' },
    { value: 'a', label: 'A', group: 'letters' },
    { value: 'b', label: 'B', group: 'letters' },
    { value: 1, label: '1', group: 'numbers' },
  ]);
  expect(groups.map(({ name, options }) => [name, options.map(({ position }) => position)])).toEqual([
    ['', [0]],
    ['letters', [1, 2]],
    ['numbers', [3]],
  ]);
});

test('plain options show their values', () => {
  expect(plainOptions([1, 2])).toEqual([
    { value: 1, label: '1' },
    { value: 2, label: '2' },
  ]);
});
