import { expect, test } from 'vitest';
import { thumbnailOf } from './thumbnails.ts';

test('the address of a thumbnail names the video, and the moment if there is one; others are rejected', () => {
  expect(['/thumbnails/a%20b', '/thumbnails/ab/12.5', '/thumbnails/ab/0'].map(thumbnailOf)).toEqual([
    { id: 'a%20b', atS: undefined },
    { id: 'ab', atS: 12.5 },
    { id: 'ab', atS: 0 },
  ]);
  const invalid = ['/thumbnails/', '/thumbnails/ab/', '/thumbnails/ab/-1', '/thumbnails/ab/1e9', '/thumbnails/ab/1.5/2', '/thumbnails/ab/1.2345'];
  expect(invalid.map(thumbnailOf)).toEqual(invalid.map(() => undefined));
});
