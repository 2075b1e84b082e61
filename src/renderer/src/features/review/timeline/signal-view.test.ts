import { expect, test } from 'vitest';
import type { SignalView } from '../../../stores/signals-store.ts';
import { drawSignal, spanToRead } from './signal-view.ts';

const loaded = { from: 0, to: 30, columns: 3000 };

test('panning within what is loaded reads nothing; at its edge, a view of three widths is read', () => {
  expect(spanToRead(null, { from: 10, to: 20 }, 1000)).toEqual({ from: 0, to: 30, columns: 3000 });
  expect(spanToRead(loaded, { from: 3, to: 13 }, 1000)).toBeNull();
  expect(spanToRead(loaded, { from: 21, to: 31 }, 1000)).toEqual({ from: 11, to: 41, columns: 3000 });
});

test('zooming reads again where the resolution differs much; a view without a width reads nothing', () => {
  expect(spanToRead(loaded, { from: 10, to: 18 }, 1000)).toBeNull();
  expect(spanToRead(loaded, { from: 10, to: 12 }, 1000)).toEqual({ from: 8, to: 14, columns: 3000 });
  expect(spanToRead({ ...loaded, columns: 30_000 }, { from: 10, to: 20 }, 1000)).not.toBeNull();
  expect(spanToRead(null, { from: 1, to: 1 }, 1000)).toBeNull();
  expect(spanToRead(null, { from: 0, to: 1 }, 0)).toBeNull();
});

/** The commands of a drawing. */
function drawing(points: readonly (readonly [number, number, number])[], plot: { from: number; to: number }): string[] {
  const commands: string[] = [];
  const command =
    (name: string) =>
    (x?: number, y?: number): void =>
      void commands.push(x === undefined ? name : `${name} ${x} ${y}`);
  const column = (k: 0 | 1 | 2): number[] => points.map((point) => point[k]);
  const view: SignalView = { ...loaded, times: Float64Array.from(column(0)), low: Float32Array.from(column(1)), high: Float32Array.from(column(2)) };
  drawSignal({ beginPath: command('begin'), moveTo: command('move'), lineTo: command('line'), stroke: command('stroke') }, view, {
    ...plot,
    width: 100,
    height: 26,
    lowest: 0,
    highest: 10,
  });
  return commands;
}

test('a line goes from the minimum to the maximum of each time; a missing value interrupts it', () => {
  const points = [
    [0, 0, 10],
    [1, 5, 5],
    [2, NaN, NaN],
    [3, 10, 10],
  ] as const;
  expect(drawing(points, { from: 0, to: 10 })).toEqual(['begin', 'move 0 3', 'line 0 23', 'line 10 13', 'line 10 13', 'move 30 3', 'line 31 3', 'stroke']);
});

test('of the points outside of the view only the next ones are drawn', () => {
  const points = Array.from({ length: 10 }, (_, i): [number, number, number] => [i, 0, 0]);
  expect(drawing(points, { from: 4.5, to: 5.5 }).filter((each) => /^(move|line)/.test(each))).toEqual([
    'move -50 23',
    'line -49 23',
    'line 50 23',
    'line 50 23',
    'line 150 23',
    'line 150 23',
  ]);
});
