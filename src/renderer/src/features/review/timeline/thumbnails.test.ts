import { expect, test } from 'vitest';
import { momentsOfPictures, stepOfPictures, Thumbnails } from './thumbnails.ts';

test('pictures are at multiples of a power of two of a second, so that panning and zooming keep them', () => {
  expect([0.001, 0.3, 1, 1.1, 40].map(stepOfPictures)).toEqual([0.0625, 0.5, 1, 2, 64]);
  expect(momentsOfPictures({ from: 3.2, to: 7.9 }, 2)).toEqual([2, 4, 6]);
  expect(momentsOfPictures({ from: 0, to: 2 }, 0.5)).toEqual([0, 0.5, 1, 1.5]);
});

interface Made {
  readonly moment: number;
  isClosed: boolean;
  readonly width: number;
  readonly height: number;
  close: () => void;
}
const make = (moment: number): Made => {
  const made = { moment, isClosed: false, width: 160, height: 90, close: () => void (made.isClosed = true) };
  return made;
};

test('only missing pictures are loaded; the oldest ones go, and are closed', async () => {
  const loaded: Made[] = [];
  const thumbnails = new Thumbnails(
    (atS) => {
      loaded.push(make(atS));
      return Promise.resolve(loaded.at(-1)!);
    },
    () => undefined,
    3,
  );
  await thumbnails.request([0, 1, 2]);
  await thumbnails.request([0, 2, 3]);
  expect(loaded.map(({ moment }) => moment).sort()).toEqual([0, 1, 2, 3]);
  expect(loaded.filter(({ isClosed }) => isClosed).map(({ moment }) => moment)).toEqual([1]);
  expect([thumbnails.near(3, 0)?.moment, thumbnails.near(0.9, 0.5)?.moment, thumbnails.near(0.4, 0.5)?.moment]).toEqual([3, undefined, 0]);
  thumbnails.clear();
  expect(loaded.every(({ isClosed }) => isClosed)).toBe(true);
});

test('a new request aborts the one before: its pictures are not kept, and the rest is not asked for', async () => {
  const asked: { moment: number; signal: AbortSignal; answer: () => void; made: Made }[] = [];
  let changes = 0;
  const thumbnails = new Thumbnails(
    (moment, signal) =>
      new Promise<Made>((resolve) => {
        const made = make(moment);
        asked.push({ moment, signal, made, answer: () => resolve(made) });
      }),
    () => (changes += 1),
  );
  const stale = thumbnails.request([0, 1, 2, 3]);
  expect(asked.map(({ moment }) => moment)).toEqual([0, 1]);
  const next = thumbnails.request([8]);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  asked.forEach(({ answer }) => answer());
  await Promise.all([stale, next]);
  expect(asked.map(({ moment, made }) => [moment, made.isClosed])).toEqual([
    [0, true],
    [1, true],
    [8, false],
  ]);
  expect([changes, thumbnails.near(0, 0.1), thumbnails.near(8, 0)?.moment]).toEqual([1, undefined, 8]);
});
