import { describe, expect, test } from 'vitest';
import { HIDING_STYLES } from '../../shared/domain/export-formats.ts';
import type { Picture } from '../../shared/domain/picture.ts';
import { hideRegion } from './hide-region.ts';

const [WIDTH, HEIGHT] = [64, 48];

/** A picture of random pixels. */
function noise(seed: number): Picture {
  let state = seed;
  const values = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => 16 + ((state = (state * 48_271) % 2_147_483_647) % 220));
  const size = WIDTH * HEIGHT;
  return { width: WIDTH, height: HEIGHT, matrix: 'bt709', y: values(size), u: values(size / 4), v: values(size / 4) };
}
const copyOf = (picture: Picture): Picture => ({ ...picture, y: picture.y.slice(), u: picture.u.slice(), v: picture.v.slice() });
const hidden = (picture: Picture, ...[region, style, cell]: [Parameters<typeof hideRegion>[1], Parameters<typeof hideRegion>[2], number]): Picture => {
  const copy = copyOf(picture);
  hideRegion(copy, region, style, cell);
  return copy;
};
const valuesIn = ({ y }: Picture, left: number, top: number, right: number, bottom: number): number[] => {
  const found: number[] = [];
  for (let row = top; row < bottom; row++) found.push(...y.subarray(row * WIDTH + left, row * WIDTH + right));
  return found;
};

describe('a hidden region', () => {
  const region = { x: 10, y: 8, width: 24, height: 16 };

  test.each(HIDING_STYLES)('%s: every pixel outside is as before, in all planes', (style) => {
    const before = noise(3);
    const after = hidden(before, region, style, 8);
    for (const [plane, scale] of [
      ['y', 1],
      ['u', 2],
      ['v', 2],
    ] as const) {
      const stride = WIDTH / scale;
      before[plane].forEach((value, i) => {
        const [x, y] = [(i % stride) * scale, Math.floor(i / stride) * scale];
        const isInside = x >= 10 && x < 34 && y >= 8 && y < 24;
        if (!isInside) expect(after[plane][i]).toBe(value);
      });
    }
  });

  test('cover: two different faces leave the same pixels, in all planes', () => {
    const [a, b] = [noise(5), noise(7)];
    const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    expect(hidden(a, whole, 'cover', 2)).toEqual(hidden(b, whole, 'cover', 2));
    expect(a.y).not.toEqual(b.y);
  });

  test('pixelate: each cell has one value, the mean of its pixels', () => {
    const before = noise(3);
    const after = hidden(before, region, 'pixelate', 8);
    for (const [left, top] of [
      [10, 8],
      [18, 8],
      [26, 16],
    ] as const) {
      const own = valuesIn(before, left, top, left + 8, top + 8);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const cell = new Set(valuesIn(after, left, top, left + 8, top + 8));
      expect([...cell]).toEqual([Math.floor(mean)]);
    }
  });

  test('blur: two faces with the same means of cells leave the same pixels', () => {
    const a = noise(3);
    const b = copyOf(a);
    // The pixels of a cell in another order.
    for (let row = 8; row < 16; row++) b.y.subarray(row * WIDTH + 10, row * WIDTH + 18).reverse();
    expect(b.y).not.toEqual(a.y);
    expect(hidden(b, region, 'blur', 8).y).toEqual(hidden(a, region, 'blur', 8).y);
  });

  test.each(HIDING_STYLES)('%s: uneven limits grow to even ones, so that the colours of the edge are hidden too', (style) => {
    const before = noise(3);
    const after = hidden(before, { x: 11.4, y: 9.2, width: 21.5, height: 13.1 }, style, 8);
    expect(after).toEqual(hidden(before, region, style, 8));
  });

  test.each(HIDING_STYLES)('%s: parts outside the picture do not matter', (style) => {
    const before = noise(3);
    expect(hidden(before, { x: -20, y: -10, width: 30, height: 20 }, style, 8)).toEqual(hidden(before, { x: 0, y: 0, width: 10, height: 10 }, style, 8));
    expect(hidden(before, { x: WIDTH, y: 0, width: 10, height: 10 }, style, 8)).toEqual(before);
  });

  test('a region that is smaller than a cell is one cell', () => {
    const after = hidden(noise(3), { x: 4, y: 4, width: 6, height: 6 }, 'pixelate', 100);
    expect(new Set(valuesIn(after, 4, 4, 10, 10)).size).toBe(1);
  });
});
