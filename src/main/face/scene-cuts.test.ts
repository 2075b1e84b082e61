import { describe, expect, test } from 'vitest';
import type { Picture } from '../../shared/domain/picture.ts';
import { randomStream } from '../../shared/basics/random.ts';
import { lookOf, SAME_PERSON, similarity } from './look.ts';
import { cellsOf } from './picture-cells.ts';
import { SceneCuts } from './scene-cuts.ts';

const flat = new Uint8Array(32 * 32).fill(128);

function picture(grey: (x: number, y: number) => number): Picture {
  return { width: 64, height: 64, matrix: 'bt709', y: Uint8Array.from({ length: 64 * 64 }, (_, i) => grey(i % 64, Math.floor(i / 64))), u: flat, v: flat };
}

/** The pictures at which a scene begins. */
function cutsOf(pictures: readonly Picture[]): number[] {
  const finder = new SceneCuts();
  const changes = pictures.map((each) => finder.change(cellsOf(each)));
  return changes.flatMap((change, i) => (change !== null && finder.isCut(change, changes[i + 1] ?? null) ? [i] : []));
}

const random = randomStream(1, 'cuts');
const noise = (): number => 3 * random();
const room = (shift: number): Picture => picture((x, y) => 100 + 40 * Math.sin((x + shift) / 9) + 20 * Math.cos(y / 7) + noise());
const street = (shift: number): Picture => picture((x, y) => 130 + 50 * Math.cos((x - shift) / 5) * Math.sin(y / 11) + noise());

describe('a scene begins', () => {
  test('where the whole picture changes once, also at the second cut', () => {
    expect(
      cutsOf([...Array.from({ length: 8 }, () => room(0)), ...Array.from({ length: 9 }, () => street(0)), ...Array.from({ length: 5 }, () => room(0))]),
    ).toEqual([8, 17]);
  });

  test('not where the camera moves, for a flash, or in a still picture', () => {
    expect(cutsOf(Array.from({ length: 20 }, (_, i) => room(i < 8 ? 0 : 4 * (i - 8))))).toEqual([]);
    expect(cutsOf(Array.from({ length: 20 }, (_, i) => (i === 10 ? picture(() => 235) : room(0))))).toEqual([]);
    const still = room(0);
    expect(cutsOf(Array.from({ length: 10 }, () => still))).toEqual([]);
  });

  test('also where frames are repeated, as in a video of few frames a second', () => {
    const frames = [...Array.from({ length: 6 }, () => room(0)), ...Array.from({ length: 6 }, () => street(0))];
    expect(cutsOf(frames.flatMap((frame) => [frame, frame, frame]))).toEqual([18]);
  });
});

/** Means of the cells by their definition: every second pixel in both directions, 32 cells a side. */
function cellsByDefinition({ width, height, y }: Picture): number[] {
  const step = width === 1280 ? 4 : 2;
  const cells = Array.from({ length: 32 * 32 }, () => [] as number[]);
  for (let row = 0; row < height; row += step)
    for (let column = 0; column < width; column += step)
      cells[Math.floor((row * 32) / height) * 32 + Math.floor((column * 32) / width)]!.push(y[row * width + column]!);
  return cells.map((values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length));
}

test.each([
  [1280, 720],
  [642, 362],
  [50, 40],
])('the change of a picture is the mean change of its cells: %i x %i', (width, height) => {
  const chroma = new Uint8Array((width * height) / 4);
  const noisy = (): Picture => ({ width, height, matrix: 'bt709', y: Uint8Array.from({ length: width * height }, () => 256 * random()), u: chroma, v: chroma });
  const [a, b] = [noisy(), noisy()];
  const finder = new SceneCuts();
  finder.change(cellsOf(a));
  const [before, after] = [cellsByDefinition(a), cellsByDefinition(b)];
  expect(finder.change(cellsOf(b))).toBeCloseTo(after.reduce((sum, value, i) => sum + Math.abs(value - before[i]!), 0) / 1024, 5);
});

test('the look of a face stays plainly the same in other light, and differs from another pattern', () => {
  const points = (x: number) => ({
    rightEye: { x: x - 8, y: 26 },
    leftEye: { x: x + 8, y: 26 },
    nose: { x, y: 34 },
    mouth: { x, y: 42 },
    rightEar: { x: x - 16, y: 30 },
    leftEar: { x: x + 16, y: 30 },
  });
  const [own, brighter, other] = [room(0), picture((x, y) => 30 + 0.8 * (100 + 40 * Math.sin(x / 9) + 20 * Math.cos(y / 7))), street(0)];
  const look = lookOf(own, { points: points(32) });
  expect(similarity(look, look)).toBeCloseTo(1, 5);
  expect(similarity(look, lookOf(brighter, { points: points(32) }))).toBeGreaterThan(SAME_PERSON);
  expect(similarity(look, lookOf(other, { points: points(32) }))).toBeLessThan(SAME_PERSON);
});
