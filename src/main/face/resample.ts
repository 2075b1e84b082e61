import type { Picture } from '../../shared/domain/picture.ts';

/** An affine map from the centre (x, y) of an output pixel to picture pixels: (a x + b y + c, d x + e y + f). */
export interface Placement {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** Samples per axis and output pixel. 3 suffice to read every pixel of a face of 340 px for a crop of 112. */
const MOST_SAMPLES = 3;

/** The colour of output pixels outside the picture: black, or that of the nearest edge pixel. */
export type Outside = 'black' | 'edge';

/**
 * Resamples a part of a picture, rotated and scaled, to RGB bytes.
 *
 * Where the picture is reduced, each output pixel is the mean of several evenly spaced samples. With plain bilinear
 * interpolation, fine texture would flicker as a face moves, which looks like motion to a temporal network.
 * @param out receives [height, width, 3]
 */
export function resampleRgb(picture: Picture, placement: Placement, width: number, height: number, out: Uint8Array, outside: Outside): void {
  const shrink = Math.sqrt(Math.abs(placement.a * placement.e - placement.b * placement.d));
  const n = Math.max(1, Math.min(MOST_SAMPLES, Math.round(shrink)));
  // A clamped array limits values to 0..255 faster than comparisons.
  const clamped = new Uint8ClampedArray(out.buffer, out.byteOffset, out.length);
  const upright = placement.b === 0 && placement.d === 0 && placement.a === placement.e;
  if (upright && shrink >= 1) drawUpright(picture, placement, width, height, clamped, outside);
  else if (n === 1) drawBilinear(picture, placement, width, height, clamped, outside);
  else drawAveraged(picture, placement, width, height, clamped, outside, n);
}

/** Limited-range YUV to RGB (ITU-R BT.601 and BT.709, 8 bits). */
const CONVERSION = {
  bt601: { rv: 1.596027, gu: -0.391762, gv: -0.812968, bu: 2.017232 },
  bt709: { rv: 1.792741, gu: -0.213249, gv: -0.532909, bu: 2.112402 },
} as const;
const LUMA_GAIN = 255 / 219;

/** Fixed-point numbers in units of 1/65536, so that the inner loops use only integers. */
const FRACTION_BITS = 16;
const ONE = 1 << FRACTION_BITS;
const HALF = ONE >> 1;

function toFixed(value: number): number {
  return Math.round(value * ONE) | 0;
}

/**
 * Fast path without rotation, for the detector's input, which is drawn many times a second. Columns and rows are computed
 * in advance. Luma is the mean of two by two samples (the detector finds the same faces with more samples). Chroma, which
 * has half the resolution, is read once per output pixel.
 */
function drawUpright(picture: Picture, p: Placement, width: number, height: number, out: Uint8ClampedArray, outside: Outside): void {
  const { y: luma, u: blue, v: red, width: w } = picture;
  const { rv, gu, gv, bu } = CONVERSION[picture.matrix];
  const columns = readPositions(p.a, p.c, width, w, outside);
  const rows = readPositions(p.e, p.f, height, picture.height, outside);
  const [fullRv, fullGu, fullGv, fullBu] = [toFixed(rv), toFixed(gu), toFixed(gv), toFixed(bu)];
  const gain = toFixed(LUMA_GAIN / 4);
  out.fill(0);
  for (let oy = 0; oy < height; oy++) {
    const upper = rows[2 * oy]! * w;
    const lower = rows[2 * oy + 1]! * w;
    if (upper < 0 || lower < 0) continue;
    const chromaRow = (rows[2 * oy]! >> 1) * (w >> 1);
    let at = oy * width * 3;
    for (let ox = 0; ox < width; ox++, at += 3) {
      const left = columns[2 * ox]!;
      const right = columns[2 * ox + 1]!;
      if (left < 0 || right < 0) continue;
      const chroma = chromaRow + (left >> 1);
      const grey = (luma[upper + left]! + luma[upper + right]! + luma[lower + left]! + luma[lower + right]! - 64) * gain + HALF;
      const u = blue[chroma]! - 128;
      const v = red[chroma]! - 128;
      out[at] = (grey + fullRv * v) >> FRACTION_BITS;
      out[at + 1] = (grey + fullGu * u + fullGv * v) >> FRACTION_BITS;
      out[at + 2] = (grey + fullBu * u) >> FRACTION_BITS;
    }
  }
}

/** Positions to read along one axis, two per output pixel; -1 stands for black outside the picture. */
function readPositions(scale: number, offset: number, length: number, limit: number, outside: Outside): Int32Array {
  const positions = new Int32Array(2 * length);
  for (let k = 0; k < positions.length; k++) {
    const at = Math.round(scale * ((k >> 1) + (k % 2 === 0 ? -0.25 : 0.25)) + offset);
    positions[k] = at >= 0 && at < limit ? at : outside === 'black' ? -1 : Math.max(0, Math.min(limit - 1, at));
  }
  return positions;
}

/** Means of n by n luma samples. Chroma is read once per output pixel, because expressions show mainly in the luma. */
function drawAveraged(picture: Picture, p: Placement, width: number, height: number, out: Uint8ClampedArray, outside: Outside, n: number): void {
  const { y: luma, u: blue, v: red, width: w, height: h } = picture;
  const { rv, gu, gv, bu } = CONVERSION[picture.matrix];
  const share = LUMA_GAIN / (n * n);
  const sum = staysInside(p, width, height, w, h) ? (n === 2 ? sumOfFour : sumOfNine) : sumNearEdge;
  // Offset from the centre of an output pixel to its first sample, then the steps between samples along the crop's x and y.
  const back = (1 / n - 1) / 2;
  const [backX, backY] = [back * (p.a + p.b), back * (p.d + p.e)];
  const steps = { xx: toFixed(p.a / n), xy: toFixed(p.d / n), yx: toFixed(p.b / n), yy: toFixed(p.e / n) };
  let at = 0;
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width; ox++, at += 3) {
      const cx = p.a * ox + p.b * oy + p.c + 0.5;
      const cy = p.d * ox + p.e * oy + p.f + 0.5;
      if (outside === 'black' && (cx < 0 || cy < 0 || cx >= w || cy >= h)) {
        out[at] = out[at + 1] = out[at + 2] = 0;
        continue;
      }
      const chroma = (within(cy | 0, h) >> 1) * (w >> 1) + (within(cx | 0, w) >> 1);
      const grey = (sum(luma, w, h, toFixed(cx + backX), toFixed(cy + backY), steps, n) - 16 * n * n) * share;
      const u = blue[chroma]! - 128;
      const v = red[chroma]! - 128;
      out[at] = grey + rv * v;
      out[at + 1] = grey + gu * u + gv * v;
      out[at + 2] = grey + bu * u;
    }
  }
}

/** Steps between samples in fixed-point numbers: along the crop's x (xx, xy) and along its y (yx, yy). */
interface Steps {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** Sum of two by two samples inside the picture, from (x, y), in fixed-point numbers. */
function sumOfFour(luma: Uint8Array, w: number, _h: number, x: number, y: number, { xx, xy, yx, yy }: Steps): number {
  const below = x + yx;
  const row = y + yy;
  return (
    luma[(y >> FRACTION_BITS) * w + (x >> FRACTION_BITS)]! +
    luma[((y + xy) >> FRACTION_BITS) * w + ((x + xx) >> FRACTION_BITS)]! +
    luma[(row >> FRACTION_BITS) * w + (below >> FRACTION_BITS)]! +
    luma[((row + xy) >> FRACTION_BITS) * w + ((below + xx) >> FRACTION_BITS)]!
  );
}

/** Sum of three by three samples inside the picture. */
function sumOfNine(luma: Uint8Array, w: number, _h: number, x: number, y: number, steps: Steps): number {
  const { yx, yy } = steps;
  return (
    sumOfThree(luma, w, x, y, steps) + sumOfThree(luma, w, (x + yx) | 0, (y + yy) | 0, steps) + sumOfThree(luma, w, (x + 2 * yx) | 0, (y + 2 * yy) | 0, steps)
  );
}

function sumOfThree(luma: Uint8Array, w: number, x: number, y: number, { xx, xy }: Steps): number {
  return (
    luma[(y >> FRACTION_BITS) * w + (x >> FRACTION_BITS)]! +
    luma[((y + xy) >> FRACTION_BITS) * w + ((x + xx) >> FRACTION_BITS)]! +
    luma[((y + 2 * xy) >> FRACTION_BITS) * w + ((x + 2 * xx) >> FRACTION_BITS)]!
  );
}

/** Sum of n by n samples, each of the nearest pixel of the picture. */
function sumNearEdge(luma: Uint8Array, w: number, h: number, x: number, y: number, { xx, xy, yx, yy }: Steps, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) {
    let sx = (x + j * yx) | 0;
    let sy = (y + j * yy) | 0;
    for (let i = 0; i < n; i++) {
      sum += luma[within(sy >> FRACTION_BITS, h) * w + within(sx >> FRACTION_BITS, w)]!;
      sx = (sx + xx) | 0;
      sy = (sy + xy) | 0;
    }
  }
  return sum;
}

/** Clamps a position to the picture. */
function within(position: number, limit: number): number {
  return position < 0 ? 0 : position >= limit ? limit - 1 : position;
}

/** True where every sample of every output pixel lies inside the picture, so that the inner loop needs no checks. */
function staysInside(p: Placement, width: number, height: number, w: number, h: number): boolean {
  return [-1, width].every((x) =>
    [-1, height].every((y) => {
      const sx = p.a * x + p.b * y + p.c;
      const sy = p.d * x + p.e * y + p.f;
      return sx >= 0 && sy >= 0 && sx < w - 1 && sy < h - 1;
    }),
  );
}

function drawBilinear(picture: Picture, p: Placement, width: number, height: number, out: Uint8ClampedArray, outside: Outside): void {
  const { rv, gu, gv, bu } = CONVERSION[picture.matrix];
  const w = picture.width;
  const h = picture.height;
  let at = 0;
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width; ox++) {
      const sx = p.a * ox + p.b * oy + p.c;
      const sy = p.d * ox + p.e * oy + p.f;
      if (outside === 'black' && (sx < -0.5 || sy < -0.5 || sx > w - 0.5 || sy > h - 0.5)) {
        out[at] = out[at + 1] = out[at + 2] = 0;
      } else {
        const grey = LUMA_GAIN * (bilinear(picture.y, w, h, sx, sy) - 16);
        // In 4:2:0 (MPEG-2 siting), chroma samples lie left and vertically centred; half a pixel of error is not visible.
        const u = bilinear(picture.u, w >> 1, h >> 1, sx / 2 - 0.25, sy / 2 - 0.25) - 128;
        const v = bilinear(picture.v, w >> 1, h >> 1, sx / 2 - 0.25, sy / 2 - 0.25) - 128;
        out[at] = grey + rv * v;
        out[at + 1] = grey + gu * u + gv * v;
        out[at + 2] = grey + bu * u;
      }
      at += 3;
    }
  }
}

function bilinear(plane: Uint8Array, w: number, h: number, x: number, y: number): number {
  const cx = x < 0 ? 0 : x > w - 1 ? w - 1 : x;
  const cy = y < 0 ? 0 : y > h - 1 ? h - 1 : y;
  const x0 = cx | 0;
  const y0 = cy | 0;
  const fx = cx - x0;
  const fy = cy - y0;
  const top = y0 * w + x0;
  const right = x0 + 1 < w ? 1 : 0;
  const below = y0 + 1 < h ? w : 0;
  const upper = plane[top]! + fx * (plane[top + right]! - plane[top]!);
  const lower = plane[top + below]! + fx * (plane[top + below + right]! - plane[top + below]!);
  return upper + fy * (lower - upper);
}
