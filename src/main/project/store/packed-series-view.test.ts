import { expect, test } from 'vitest';
import { BLOCK, SeriesPacker } from './packed-series.ts';
import { viewOf } from './packed-series-view.ts';
import type { SeriesView } from './packed-series-view.ts';

const COUNT = 5 * BLOCK;
const value = (i: number): number => (i === 123_457 ? 50 : i === 200_001 ? -50 : Math.round(100 * Math.sin(i / 1000)) / 100);
const packer = new SeriesPacker(1);
for (let i = 0; i < COUNT; i++) packer.push(i / 1000, [i >= 250_000 && i < 260_000 ? NaN : value(i)]);
const { blocks, intervalS } = packer.finish()[0]!;
const seconds = COUNT / 1000;

function check({ times, low, high }: SeriesView, from: number, to: number, columns: number): void {
  const width = (to - from) / columns;
  for (let k = 0; k < times.length; k++) {
    if (Number.isNaN(low[k]!)) continue;
    const samples = [];
    // Groups of the overview can begin up to a column before it.
    for (let i = Math.max(0, Math.floor((times[k]! - 2 * width) * 1000)); i <= Math.min(COUNT - 1, (times[k]! + 2 * width) * 1000); i++) samples.push(value(i));
    expect(low[k]!).toBeGreaterThanOrEqual(Math.min(...samples) - 1e-5);
    expect(high[k]!).toBeLessThanOrEqual(Math.max(...samples) + 1e-5);
  }
}

test('the whole series: at most two points a column, no extreme is lost, missing values interrupt the line', () => {
  const view = viewOf(blocks, intervalS, 0, seconds, 400);
  expect(view.times.length).toBeLessThanOrEqual(800);
  expect([Math.min(...view.low.filter((each) => !Number.isNaN(each))), Math.max(...view.high.filter((each) => !Number.isNaN(each)))]).toEqual([-50, 50]);
  check(view, 0, seconds, 400);
  const breaks = [...view.times].filter((_, k) => Number.isNaN(view.low[k]!));
  expect(breaks).toHaveLength(1);
  expect(breaks[0]!).toBeCloseTo(255, 0);
  expect([...view.times]).toEqual([...view.times].toSorted((a, b) => a - b));
});

test('a span of it in full resolution finds the same extremes', () => {
  const view = viewOf(blocks.slice(1, 3), intervalS, 120, 130, 500);
  expect(view.times.length).toBe(500);
  expect(Math.max(...view.high)).toBe(50);
  check(view, 120, 130, 500);
});

test('few samples are the samples themselves; a pause interrupts the line', () => {
  const few = new SeriesPacker(1);
  [0, 0.1, 0.2, 0.3, 2, 2.1].forEach((time, i) => few.push(time, [i === 1 ? NaN : i]));
  const packed = few.finish()[0]!;
  const view = viewOf(packed.blocks, packed.intervalS, 0, 3, 100);
  expect([...view.times]).toEqual([0, 0.1, 0.2, 0.3, 1.15, 2, 2.1]);
  expect([...view.low]).toEqual([0, NaN, 2, 3, NaN, 4, 5]);
  expect(view.high).toEqual(view.low);
});

test('nothing is in a span outside of the series', () => {
  expect(viewOf(blocks.slice(0, 1), intervalS, -10, -5, 100).times).toHaveLength(0);
});
