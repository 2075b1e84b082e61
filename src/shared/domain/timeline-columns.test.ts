import { expect, test } from 'vitest';
import { someRow } from '../../../testing/results.ts';
import { columnsOf, isSplitBy, seriesOf, withGaps } from './timeline-columns.ts';

test('a gap between slots becomes one row without values, so that no line is drawn across it', () => {
  const columns = columnsOf([0, 1, 5, 6, 9].map((slot) => someRow(1, slot)));
  const { slots, times, values } = withGaps(columns);
  expect([...slots]).toEqual([0, 1, 2, 5, 6, 7, 9]);
  expect([...times].map((at) => Number(at.toFixed(3)))).toEqual([...[1.4, 1.6, 1.8, 2.4, 2.6, 2.8, 3.2], ...[1.6, 1.8, 2.4, 2.6, 2.8, 3.2, 3.4]]);
  const happiness = [...seriesOf({ slots, times, values }, 'happiness')];
  expect(happiness.map((value) => Number.isNaN(value))).toEqual([false, false, true, false, false, true, false]);
  expect(happiness.filter((value) => !Number.isNaN(value))).toEqual([...seriesOf(columns, 'happiness')]);
  expect([...seriesOf({ slots, times, values }, 'box_h')].map((value) => Number.isNaN(value)).filter(Boolean)).toHaveLength(2);
});

test('columns without gaps are the same object', () => {
  const columns = columnsOf([3, 4, 5].map((slot) => someRow(1, slot)));
  expect(withGaps(columns)).toBe(columns);
});

test('a face is split only by a moment before and after which it is visible', () => {
  const columns = columnsOf([3, 4, 5].map((slot) => someRow(1, slot)));
  const [first, last] = [columns.times[0]!, columns.times.at(-1)!];
  expect([0, first, (first + last) / 2, last, last + 1].map((at) => isSplitBy(columns, at))).toEqual([false, false, true, false, false]);
});
