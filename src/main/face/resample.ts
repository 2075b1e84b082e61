import type { Picture } from '../../shared/picture.ts';

/** Maps an output pixel's centre (x, y) to the picture: (a x + b y + c, d x + e y + f), in pixels. */
export interface Placement {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** More samples an axis do not show: at 4 a face of 450 px is still read at every pixel into a crop of 112. */
const MOST_SAMPLES = 4;

/** What an output pixel shows where it lies outside the picture. */
export type Outside = 'black' | 'edge';

/**
 * Draws a part of a picture, turned and scaled, as RGB bytes.
 *
 * Where the picture is shrunk, several evenly spread samples are averaged for each output pixel: plain bilinear
 * reading would make fine texture flicker as a face moves, which a temporal network takes for motion.
 * @param out receives [height, width, 3]
 */
export function resampleRgb(picture: Picture, placement: Placement, width: number, height: number, out: Uint8Array, outside: Outside): void {
  const shrink = Math.sqrt(Math.abs(placement.a * placement.e - placement.b * placement.d));
  const n = Math.max(1, Math.min(MOST_SAMPLES, Math.round(shrink)));
  if (n === 1) drawBilinear(picture, placement, width, height, out, outside);
  else drawAveraged(picture, placement, width, height, out, outside, n);
}

/** Limited-range YUV to RGB (ITU-R BT.601 and BT.709, 8 bits). */
const CONVERSION = {
  bt601: { rv: 1.596027, gu: -0.391762, gv: -0.812968, bu: 2.017232 },
  bt709: { rv: 1.792741, gu: -0.213249, gv: -0.532909, bu: 2.112402 },
} as const;
const LUMA_GAIN = 255 / 219;

function drawAveraged(picture: Picture, p: Placement, width: number, height: number, out: Uint8Array, outside: Outside, n: number): void {
  const { y: luma, u: blue, v: red, width: w, height: h } = picture;
  const half = w >> 1;
  const { rv, gu, gv, bu } = CONVERSION[picture.matrix];
  const black = outside === 'black';
  const offsets = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n - 0.5);
  const share = 1 / (n * n);
  let at = 0;
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width; ox++) {
      let sumY = 0;
      let sumU = 0;
      let sumV = 0;
      let inside = 0;
      for (let j = 0; j < n; j++) {
        const dy = oy + offsets[j]!;
        for (let i = 0; i < n; i++) {
          const dx = ox + offsets[i]!;
          let sx = (p.a * dx + p.b * dy + p.c + 0.5) | 0;
          let sy = (p.d * dx + p.e * dy + p.f + 0.5) | 0;
          if (sx < 0 || sy < 0 || sx >= w || sy >= h) {
            if (black) continue;
            sx = sx < 0 ? 0 : sx >= w ? w - 1 : sx;
            sy = sy < 0 ? 0 : sy >= h ? h - 1 : sy;
          }
          const chroma = (sy >> 1) * half + (sx >> 1);
          sumY += luma[sy * w + sx]!;
          sumU += blue[chroma]!;
          sumV += red[chroma]!;
          inside += 1;
        }
      }
      const grey = LUMA_GAIN * (sumY - 16 * inside) * share;
      const u = (sumU - 128 * inside) * share;
      const v = (sumV - 128 * inside) * share;
      out[at] = byte(grey + rv * v);
      out[at + 1] = byte(grey + gu * u + gv * v);
      out[at + 2] = byte(grey + bu * u);
      at += 3;
    }
  }
}

function drawBilinear(picture: Picture, p: Placement, width: number, height: number, out: Uint8Array, outside: Outside): void {
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
        // Chroma samples of 4:2:0 lie at the left and half way down (MPEG-2's siting); half a pixel does not show.
        const u = bilinear(picture.u, w >> 1, h >> 1, sx / 2 - 0.25, sy / 2 - 0.25) - 128;
        const v = bilinear(picture.v, w >> 1, h >> 1, sx / 2 - 0.25, sy / 2 - 0.25) - 128;
        out[at] = byte(grey + rv * v);
        out[at + 1] = byte(grey + gu * u + gv * v);
        out[at + 2] = byte(grey + bu * u);
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

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}
