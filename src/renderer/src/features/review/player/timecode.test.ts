import { expect, test } from 'vitest';
import { secondsOfTimecode } from './timecode.ts';

test('times are read as people write them', () => {
  expect(['75.5', '75,5 s', '1:15.5', '1:02:03', ' 0:00 ', '12.'].map(secondsOfTimecode)).toEqual([75.5, 75.5, 75.5, 3723, 0, 12]);
  expect(['', 'x', '1:2:3:4', '-1', '1:', ':5'].map(secondsOfTimecode)).toEqual([null, null, null, null, null, null]);
});
