import { expect, test } from 'vitest';
import { readLayerTarget, repeated } from './options.ts';

test('a layer of a file is given a coder, a face, or both', () => {
  expect(readLayerTarget('Mother=Ann')).toEqual({ name: 'Mother', coder: 'Ann' });
  expect(readLayerTarget('a=b=Ann B:2')).toEqual({ name: 'a=b', coder: 'Ann B', face: 2 });
  expect(readLayerTarget('Child=:12')).toEqual({ name: 'Child', face: 12 });
  expect(readLayerTarget('Child=A:x')).toEqual({ name: 'Child', coder: 'A:x' });
  for (const wrong of ['Child', 'Child=', '=Ann', 'Child= ']) expect(() => readLayerTarget(wrong)).toThrow(/is not LAYER=CODER/);
});

test('an option that can be repeated collects its values', () => {
  expect(repeated(Number)('2', repeated(Number)('1', []))).toEqual([1, 2]);
});
