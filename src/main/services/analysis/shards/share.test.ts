import { expect, test } from 'vitest';
import { asRanges, shardsOf, shareOf } from './share.ts';

const video = (name: string, bytes: number): { name: string; bytes: number } => ({ name, bytes });

test('every video is in one shard, in the order of the list', () => {
  const videos = Array.from({ length: 23 }, (_, i) => video(`v${i}`, (i * 7919) % 100));
  const shares = [1, 2, 3, 4].map((index) => shareOf(videos, { index, of: 4 }));
  expect(shares.flat().toSorted((a, b) => videos.indexOf(a) - videos.indexOf(b))).toEqual(videos);
  for (const share of shares) expect(share).toEqual(share.toSorted((a, b) => videos.indexOf(a) - videos.indexOf(b)));
});

test('shards have about the same number of bytes', () => {
  // The largest first, each to the lightest: 10 + 3, 6 + 5, 6 + 4 + 2.
  const videos = [video('a', 2), video('b', 10), video('c', 6), video('d', 5), video('e', 6), video('f', 4), video('g', 3)];
  const sums = [1, 2, 3].map((index) => shareOf(videos, { index, of: 3 }).reduce((sum, { bytes }) => sum + bytes, 0));
  expect(sums).toEqual([13, 11, 12]);
});

test('the shares do not depend on the order of the list', () => {
  const videos = Array.from({ length: 40 }, (_, i) => video(`v${i}`, i % 5));
  const names = (list: typeof videos): string[] =>
    shareOf(list, { index: 2, of: 3 })
      .map(({ name }) => name)
      .sort();
  expect(names(videos.toReversed())).toEqual(names(videos));
});

test('videos of size 0 are shared out, too; there may be more shards than videos', () => {
  expect([...shardsOf([video('a', 0), video('b', 0), video('c', 0)], 3)]).toEqual([0, 1, 2]);
  expect(shareOf([video('a', 1)], { index: 5, of: 9 })).toEqual([]);
});

test('numbers as Slurm writes them', () => {
  expect(asRanges([1, 2, 3, 7, 9, 10])).toBe('1-3,7,9-10');
  expect(asRanges([])).toBe('');
});
