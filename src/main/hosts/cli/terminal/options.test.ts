import { expect, test } from 'vitest';
import { readLayerTarget, readShard, repeated } from './options.ts';

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

test('a shard is given by numbers, or by the array job of Slurm', () => {
  const slurm = (id: string, min: string, count: string): NodeJS.ProcessEnv => ({
    SLURM_ARRAY_TASK_ID: id,
    SLURM_ARRAY_TASK_MIN: min,
    SLURM_ARRAY_TASK_COUNT: count,
  });
  expect(readShard('3/20')).toEqual({ index: 3, of: 20 });
  expect(readShard('slurm', undefined, slurm('0', '0', '8'))).toEqual({ index: 1, of: 8 });
  expect(readShard('slurm', undefined, slurm('12', '5', '8'))).toEqual({ index: 8, of: 8 });
  for (const wrong of ['0/3', '4/3', '1', '1/2/3', '-1/3', 'a/b', '1/1000000']) expect(() => readShard(wrong)).toThrow('for example 3/20');
  // --array=3,7: the second task is 7 of an array of 2.
  expect(() => readShard('slurm', undefined, slurm('7', '3', '2'))).toThrow('gaps');
  expect(() => readShard('slurm', undefined, {})).toThrow('no array job');
});
