import type { Texture } from '../face/texture.ts';

/**
 * The pixels that the triangles of one call of `draw` cover, and the attributes of the nearest triangle at each pixel. A
 * paint gets all pixels at once and processes them in one loop, because a function call for every pixel would take longer
 * than the painting itself.
 */
export interface Hits {
  /** Number of valid elements of `pixels`. */
  readonly count: number;
  /** Indices of the covered pixels, each once. */
  readonly pixels: Int32Array;
  /** Attributes, indexed by pixel. */
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly shade: Float32Array;
}

function noHits(pixels: number): Hits {
  return { count: 0, pixels: new Int32Array(pixels), u: new Float32Array(pixels), v: new Float32Array(pixels), shade: new Float32Array(pixels) };
}

type Sides = 'front' | 'both';

/** A function that colours the covered pixels. */
export type Paint = (hits: Hits) => void;

/** Vertices on the output: positions in pixels, depth, and attributes to interpolate. */
export interface Corners {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Larger is nearer. */
  readonly z: Float32Array;
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly shade: Float32Array;
}

/** An RGB picture on which triangles are drawn. Within a layer, nearer triangles hide farther ones. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], 0 to 255 */
  readonly colour: Float32Array;
  readonly #depth: Float32Array;
  /** Initial depth of a new layer: Infinity where a higher layer has already painted opaque pixels. */
  readonly #floor: Float32Array;
  readonly #hits: Hits;
  readonly #topHits: Hits;
  /** Number of the last call of `draw` that covered each pixel. */
  readonly #covered: Int32Array;
  #calls = 0;
  #left = 0;
  #top = 0;
  #right: number;
  #bottom: number;
  #middle = new Float32Array(0);
  readonly #coverages = new Map<string, Coverage>();

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.colour = new Float32Array(width * height * 3);
    const pixels = width * height;
    this.#depth = new Float32Array(pixels);
    this.#floor = new Float32Array(pixels).fill(-Infinity);
    this.#covered = new Int32Array(pixels);
    [this.#hits, this.#topHits] = [noHits(pixels), noHits(pixels)];
    this.#right = width;
    this.#bottom = height;
  }

  /** Limits drawing to the pixels [left, right) by [top, bottom). */
  within(left: number, top: number, right: number, bottom: number): void {
    this.#left = Math.max(0, Math.floor(left));
    this.#top = Math.max(0, Math.floor(top));
    this.#right = Math.min(this.width, Math.ceil(right));
    this.#bottom = Math.min(this.height, Math.ceil(bottom));
  }

  /** Begins a layer: triangles drawn after this call hide all earlier ones. */
  newLayer(): void {
    this.#depth.set(this.#floor);
  }

  /** Draws triangles in the current layer. @param sides 'front' skips triangles that face away */
  draw(triangles: Uint16Array, corners: Corners, sides: Sides, paint: Paint): void {
    paint(this.#trace(triangles, corners, sides, this.#hits));
  }

  /**
   * Draws a textured layer above all layers that are drawn after it. It paints the opaque pixels at once, so that later
   * layers skip them. The returned function paints the translucent pixels; it must be called after the lower layers.
   */
  drawOver(triangles: Uint16Array, corners: Corners, sides: Sides, texture: Texture): () => void {
    this.newLayer();
    const hits = this.#trace(triangles, corners, sides, this.#topHits);
    const floor = this.#floor;
    for (let n = 0; n < hits.count; n++) floor[hits.pixels[n]!] = Infinity;
    const count = paintTexture(this, texture, hits, 'opaque');
    for (let n = 0; n < count; n++) floor[hits.pixels[n]!] = -Infinity;
    return () => {
      floor.fill(-Infinity);
      paintTexture(this, texture, { ...hits, count }, 'all');
    };
  }

  #trace(triangles: Uint16Array, { x, y, z, u, v, shade }: Corners, sides: Sides, into: Hits): Hits {
    const { width } = this;
    const [edgeLeft, edgeTop, edgeRight, edgeBottom] = [this.#left, this.#top, this.#right, this.#bottom];
    const depth = this.#depth;
    const { pixels, u: hitU, v: hitV, shade: hitShade } = into;
    const covered = this.#covered;
    const call = ++this.#calls;
    let count = 0;
    for (let t = 0; t < triangles.length; t += 3) {
      // No arrays here: this runs about ten thousand times per frame, and short-lived arrays would take half of the time.
      const i = triangles[t]!;
      const j = triangles[t + 1]!;
      const k = triangles[t + 2]!;
      const x0 = x[i]!;
      const y0 = y[i]!;
      const ax = x[j]! - x0;
      const ay = y[j]! - y0;
      const bx = x[k]! - x0;
      const by = y[k]! - y0;
      const area = ax * by - bx * ay;
      // y points downwards in pictures, so counter-clockwise triangles of the model are clockwise here.
      if (area === 0 || (sides === 'front' && area > 0)) continue;
      const x1 = x0 + ax;
      const x2 = x0 + bx;
      const y1 = y0 + ay;
      const y2 = y0 + by;
      const leftmost = (x0 < x1 ? (x0 < x2 ? x0 : x2) : x1 < x2 ? x1 : x2) + 0.5;
      const rightmost = (x0 > x1 ? (x0 > x2 ? x0 : x2) : x1 > x2 ? x1 : x2) - 0.5;
      const uppermost = (y0 < y1 ? (y0 < y2 ? y0 : y2) : y1 < y2 ? y1 : y2) + 0.5;
      const lowest = (y0 > y1 ? (y0 > y2 ? y0 : y2) : y1 > y2 ? y1 : y2) - 0.5;
      if (rightmost < edgeLeft || lowest < edgeTop || leftmost > edgeRight || uppermost > edgeBottom) continue;
      // Pixels whose centres may be inside. `| 0` rounds down, because none of these values is negative.
      const left = leftmost < edgeLeft ? edgeLeft : leftmost | 0;
      const right = rightmost >= edgeRight - 1 ? edgeRight - 1 : rightmost | 0;
      const top = uppermost < edgeTop ? edgeTop : uppermost | 0;
      const bottom = lowest >= edgeBottom - 1 ? edgeBottom - 1 : lowest | 0;
      if (left > right || top > bottom) continue;
      const scale = 1 / area;
      const z0 = z[i]!;
      const u0 = u[i]!;
      const v0 = v[i]!;
      const s0 = shade[i]!;
      const za = z[j]! - z0;
      const zb = z[k]! - z0;
      const ua = u[j]! - u0;
      const ub = u[k]! - u0;
      const va = v[j]! - v0;
      const vb = v[k]! - v0;
      const sa = shade[j]! - s0;
      const sb = shade[k]! - s0;
      const aStep = by * scale;
      const bStep = -ay * scale;
      for (let py = top; py <= bottom; py++) {
        const dx = left + 0.5 - x0;
        const dy = py + 0.5 - y0;
        let a = (dx * by - bx * dy) * scale - aStep;
        let b = (ax * dy - dx * ay) * scale - bStep;
        for (let px = left; px <= right; px++) {
          a += aStep;
          b += bStep;
          if (a < 0 || b < 0 || a + b > 1) continue;
          const near = z0 + a * za + b * zb;
          const pixel = py * width + px;
          if (near <= depth[pixel]!) continue;
          depth[pixel] = near;
          hitU[pixel] = u0 + a * ua + b * ub;
          hitV[pixel] = v0 + a * va + b * vb;
          hitShade[pixel] = s0 + a * sa + b * sb;
          if (covered[pixel] === call) continue;
          covered[pixel] = call;
          pixels[count++] = pixel;
        }
      }
    }
    return { ...into, count };
  }

  /** Replaces every pixel by the mean of 3 x 3 pixels, `times` times. Pixels at the edge do not change. */
  blur(times: number): void {
    const row = this.width * 3;
    for (let time = 0; time < times; time++) {
      const before = Float32Array.from(this.colour);
      for (let y = 1; y + 1 < this.height; y++) {
        for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
          let sum = 0;
          for (const line of [i - row, i, i + row]) sum += before[line - 3]! + before[line]! + before[line + 3]!;
          this.colour[i] = sum / 9;
        }
      }
    }
  }

  /** The picture reduced to the given size, [height, width, 3] RGB bytes. Each output pixel is the mean of the area that it covers. */
  shrunk(width: number, height: number): Uint8Array {
    const result = new Uint8ClampedArray(width * height * 3);
    const columns = this.#coverage(this.width, width);
    const rows = this.#coverage(this.height, height);
    if (this.#middle.length !== width * this.height * 3) this.#middle = new Float32Array(width * this.height * 3);
    const middle = this.#middle;
    const { colour } = this;
    // Unrolled channels and reused memory, for speed: this runs for every frame.
    for (let y = 0; y < this.height; y++) {
      let to = y * width * 3;
      for (let x = 0; x < width; x++) {
        let from = (y * this.width + columns.first[x]!) * 3;
        let r = 0;
        let g = 0;
        let b = 0;
        for (let n = x * columns.each; n < x * columns.each + columns.count[x]!; n++) {
          const weight = columns.weights[n]!;
          r += weight * colour[from]!;
          g += weight * colour[from + 1]!;
          b += weight * colour[from + 2]!;
          from += 3;
        }
        middle[to] = r;
        middle[to + 1] = g;
        middle[to + 2] = b;
        to += 3;
      }
    }
    const line = width * 3;
    const sums = new Float32Array(line);
    for (let y = 0; y < height; y++) {
      sums.fill(0);
      for (let n = 0; n < rows.count[y]!; n++) {
        const weight = rows.weights[y * rows.each + n]!;
        const from = (rows.first[y]! + n) * line;
        for (let i = 0; i < line; i++) sums[i]! += weight * middle[from + i]!;
      }
      result.set(sums, y * line);
    }
    return new Uint8Array(result.buffer);
  }

  #coverage(from: number, to: number): Coverage {
    const key = `${from} ${to}`;
    let known = this.#coverages.get(key);
    if (known === undefined) this.#coverages.set(key, (known = coverage(from, to)));
    return known;
  }
}

/** The pixels of a longer row that each pixel of a shorter row covers: `count` pixels from `first` on, with weights of sum 1. */
interface Coverage {
  /** Stride of `weights`; at least the largest count. */
  readonly each: number;
  readonly count: Uint8Array;
  readonly first: Int32Array;
  /** [pixels, each] */
  readonly weights: Float32Array;
}

function coverage(from: number, to: number): Coverage {
  const step = from / to;
  const each = Math.min(from, Math.ceil(step) + 1);
  const first = Int32Array.from({ length: to }, (_, i) => Math.min(from - each, Math.floor(i * step)));
  const weights = new Float32Array(to * each);
  for (let i = 0; i < to; i++)
    for (let n = 0; n < each; n++) {
      const pixel = first[i]! + n;
      weights[i * each + n] = Math.max(0, Math.min((i + 1) * step, pixel + 1) - Math.max(i * step, pixel)) / step;
    }
  const count = Uint8Array.from(first, (_, i) => weights.subarray(i * each, (i + 1) * each).findLastIndex((weight) => weight > 0) + 1);
  return { each, count, first, weights };
}

/** A paint from a texture with bilinear interpolation (u, v in pixels of the texture), multiplied by shade, and blended by the texture's alpha. */
export function texturePaint(canvas: Canvas, texture: Texture): Paint {
  return (hits) => void paintTexture(canvas, texture, hits, 'all');
}

/** Alpha from which the background changes the result by less than one step of 8-bit colour. */
const OPAQUE = 0.999;

/** @returns the number of pixels that were skipped because they are not opaque; they are then the first elements of hits.pixels */
function paintTexture(
  { colour }: Canvas,
  { width, height, rgba }: Texture,
  { count, pixels, u: us, v: vs, shade: shades }: Hits,
  which: 'all' | 'opaque',
): number {
  const [right, bottom] = [width - 1.001, height - 1.001];
  const least = which === 'all' ? 0 : OPAQUE;
  let left = 0;
  for (let n = 0; n < count; n++) {
    const pixel = pixels[n]!;
    const u = us[pixel]!;
    const v = vs[pixel]!;
    const fx = u < 0 ? 0 : u > right ? right : u;
    const fy = v < 0 ? 0 : v > bottom ? bottom : v;
    const x = fx | 0;
    const y = fy | 0;
    const dx = fx - x;
    const dy = fy - y;
    const a = (y * width + x) << 2;
    const b = a + (width << 2);
    const w11 = dx * dy;
    const w01 = dy - w11;
    const w10 = dx - w11;
    const w00 = 1 - dx - w01;
    const alpha = (w00 * rgba[a + 3]! + w10 * rgba[a + 7]! + w01 * rgba[b + 3]! + w11 * rgba[b + 7]!) * (1 / 255);
    if (alpha < least) {
      pixels[left++] = pixel;
      continue;
    }
    if (alpha <= 0.004) continue;
    const to = pixel * 3;
    const gain = alpha * shades[pixel]!;
    const rest = 1 - alpha;
    // Unrolled for speed: this runs for every pixel of every layer.
    colour[to] = rest * colour[to]! + gain * (w00 * rgba[a]! + w10 * rgba[a + 4]! + w01 * rgba[b]! + w11 * rgba[b + 4]!);
    colour[to + 1] = rest * colour[to + 1]! + gain * (w00 * rgba[a + 1]! + w10 * rgba[a + 5]! + w01 * rgba[b + 1]! + w11 * rgba[b + 5]!);
    colour[to + 2] = rest * colour[to + 2]! + gain * (w00 * rgba[a + 2]! + w10 * rgba[a + 6]! + w01 * rgba[b + 2]! + w11 * rgba[b + 6]!);
  }
  return left;
}
