import { Matrix, solve } from 'ml-matrix';
import type { FaceShapes } from './face-shapes.ts';
import type { Fit } from './identity-fit.ts';
import { fitFace } from './identity-fit.ts';
import type { Portrait } from './portrait.ts';
import type { Texture } from './texture.ts';
import type { Rig } from './rig-data.ts';

/**
 * A portrait mapped onto the fitted face model. All clips from one photograph share it. Axes are those of the photograph in
 * pixels: x right, y down, z towards the viewer.
 */
export interface Wearer {
  readonly rig: Rig;
  readonly portrait: Portrait;
  readonly fit: Fit;
  /** Matrix from centimetres of the model to pixels: rows x, y, z. */
  readonly toPixels: readonly (readonly [number, number, number])[];
  /** Positions of all vertices of the neutral face in the photograph, [3 vertices]. */
  readonly neutral: Float32Array;
  /** The grid on which the portrait is drawn behind the face. */
  readonly sheet: Sheet;
  /** Alpha of the skin's texture over the portrait, for each pixel of the photograph. */
  readonly cover: Uint8ClampedArray;
  /** Colours of the eyes, 0 to 255. */
  readonly sclera: readonly [number, number, number];
  readonly iris: readonly [number, number, number];
  /** Mean luminance of the skin, 0 to 255. */
  readonly skinLight: number;
}

/** A grid over the photograph. Its points follow the nearest skin, so that hair, ears, neck and background near the jaw move with the face. */
export interface Sheet {
  readonly columns: number;
  readonly rows: number;
  /** Position in the photograph and depth, [points] each. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  readonly triangles: Uint16Array;
  /** Anchor vertices of each point, [points * ANCHORS_USED]. */
  readonly anchors: Uint16Array;
  /** Their weights, [points * ANCHORS_USED]. Their sum for a point, 0 to 1, is the share by which it follows the skin. */
  readonly weights: Float32Array;
  /** Share of the head's pose for each point, [points]: 1 moves with the head, 0 with the body. */
  readonly head: Float32Array;
}

const SHEET = { columns: 30, rows: 34 } as const;
export const ANCHORS_USED = 5;
/** Standard deviation of the kernel that spreads the correction of a landmark, in distances between the eyes. */
const CORRECTION_SPREAD = 0.4;
const CORRECTION_RIDGE = 0.05;

/** Fits the model to a portrait, then corrects the vertices so that each landmark is at its position in the photograph. */
export function wear(rig: Rig, portrait: Portrait): Wearer {
  const { model } = rig;
  const fit = fitFace(model, portrait);
  const toPixels = fit.rotation.map((row, axis) => row.map((value) => value * fit.scale * (axis === 1 ? -1 : 1)) as [number, number, number]);
  const neutral = new Float32Array(model.neutral.length);
  const shape = Float32Array.from(model.neutral);
  fit.identity.forEach((weight, k) => {
    const component = model.identities[k]!;
    for (let i = 0; i < shape.length; i++) shape[i]! += weight * component[i]!;
  });
  for (let v = 0; v < model.vertexCount; v++) {
    const [x, y, z] = [shape[3 * v]!, shape[3 * v + 1]!, shape[3 * v + 2]!];
    toPixels.forEach((row, axis) => (neutral[3 * v + axis] = row[0] * x + row[1] * y + row[2] * z + [fit.shiftX, fit.shiftY, 0][axis]!));
  }
  correct(model, portrait, neutral);
  const cover = coverMap(rig, portrait, neutral);
  return { rig, portrait, fit, toPixels, neutral, cover, sheet: sheetOf(rig, portrait, neutral, cover), ...coloursOf(portrait) };
}

/** Moves all vertices in the picture plane by a smooth displacement with which the landmarks fit those of the photograph. */
function correct(model: FaceShapes, portrait: Portrait, neutral: Float32Array): void {
  const marks = [...portrait.landmarks].map(([landmark, { x, y, weight }]) => {
    const v = model.landmarks[landmark]!;
    return { x: neutral[3 * v]!, y: neutral[3 * v + 1]!, dx: x - neutral[3 * v]!, dy: y - neutral[3 * v + 1]!, weight };
  });
  const [right, left] = [portrait.outline[0]!, portrait.outline[1]!];
  const spread = CORRECTION_SPREAD * Math.hypot(left.x - right.x, left.y - right.y);
  const kernel = (ax: number, ay: number, bx: number, by: number): number => Math.exp(-0.5 * ((ax - bx) ** 2 + (ay - by) ** 2) * spread ** -2);
  const gram = new Matrix(marks.map((a, i) => marks.map((b, j) => kernel(a.x, a.y, b.x, b.y) + (i === j ? CORRECTION_RIDGE / a.weight ** 2 : 0))));
  const shares = solve(gram, new Matrix(marks.map(({ dx, dy }) => [dx, dy])));
  for (let v = 0; v < neutral.length / 3; v++) {
    const [x, y] = [neutral[3 * v]!, neutral[3 * v + 1]!];
    let [dx, dy] = [0, 0];
    marks.forEach((mark, i) => {
      const near = kernel(x, y, mark.x, mark.y);
      dx += near * shares.get(i, 0);
      dy += near * shares.get(i, 1);
    });
    neutral[3 * v] = x + dx;
    neutral[3 * v + 1] = y + dy;
  }
}

/** The cover of the skin as an alpha map over the photograph, [height, width]. */
function coverMap(rig: Rig, portrait: Portrait, neutral: Float32Array): Uint8ClampedArray {
  const { cover } = rig;
  const map = new Uint8ClampedArray(portrait.width * portrait.height);
  // Triangles extend beyond their edges, so that skin covers folds that the triangles facing the camera leave open.
  overSkin(rig, portrait, neutral, 0.3, (at, i, j, k, a, b) => {
    const value = 255 * (cover[i]! + a * (cover[j]! - cover[i]!) + b * (cover[k]! - cover[i]!));
    map[at] = Math.max(map[at]!, value);
  });
  return map;
}

/**
 * Calls `visit` for every pixel of the photograph that skin covers, with the index of the pixel, the vertices of the
 * triangle, and the barycentric weights of the second and the third vertex.
 * @param margin extension of triangles beyond their edges, as a share of their size
 */
export function overSkin(
  { skin }: Rig,
  { width, height }: Portrait,
  neutral: Float32Array,
  margin: number,
  visit: (at: number, i: number, j: number, k: number, a: number, b: number) => void,
): void {
  for (let t = 0; t < skin.length; t += 3) {
    const [i, j, k] = [skin[t]!, skin[t + 1]!, skin[t + 2]!];
    const [x0, y0] = [neutral[3 * i]!, neutral[3 * i + 1]!];
    const [ax, ay, bx, by] = [neutral[3 * j]! - x0, neutral[3 * j + 1]! - y0, neutral[3 * k]! - x0, neutral[3 * k + 1]! - y0];
    const area = ax * by - bx * ay;
    if (area >= 0) continue;
    const [low, high] = [Math.min(0, ay, by), Math.max(0, ay, by)];
    const [near, far] = [Math.min(0, ax, bx), Math.max(0, ax, bx)];
    const [over, beside] = [margin * (high - low), margin * (far - near)];
    const [top, bottom] = [Math.max(0, Math.ceil(y0 + low - over)), Math.min(height - 1, Math.floor(y0 + high + over))];
    const [left, right] = [Math.max(0, Math.ceil(x0 + near - beside)), Math.min(width - 1, Math.floor(x0 + far + beside))];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const a = ((x - x0) * by - bx * (y - y0)) / area;
        const b = (ax * (y - y0) - (x - x0) * ay) / area;
        if (a >= -margin && b >= -margin && a + b <= 1 + margin) visit(y * width + x, i, j, k, a, b);
      }
    }
  }
}

function sheetOf(rig: Rig, portrait: Portrait, neutral: Float32Array, cover: Uint8ClampedArray): Sheet {
  const { columns, rows } = SHEET;
  const count = columns * rows;
  const [x, y, z] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  const anchors = new Uint16Array(count * ANCHORS_USED);
  const weights = new Float32Array(count * ANCHORS_USED);
  const head = new Float32Array(count);
  const [right, left] = [portrait.outline[0]!, portrait.outline[1]!];
  const between = Math.hypot(left.x - right.x, left.y - right.y);
  const [chinY, jawZ] = [portrait.outline[129]!.y, neutral[3 * rig.model.landmarks[0]! + 2]!];
  for (let i = 0; i < count; i++) {
    x[i] = ((i % columns) / (columns - 1)) * (portrait.width - 1);
    y[i] = (Math.floor(i / columns) / (rows - 1)) * (portrait.height - 1);
    const near = rig.anchors
      .map((vertex) => ({ vertex, distance: Math.hypot(neutral[3 * vertex]! - x[i]!, neutral[3 * vertex + 1]! - y[i]!) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, ANCHORS_USED);
    const closeness = near.map(({ distance }) => 1 / (distance + 0.05 * between) ** 2);
    const total = closeness.reduce((sum, value) => sum + value, 0);
    const away = near[0]!.distance / between;
    const follows = Math.exp(-((Math.max(0, away - 0.15) / 0.55) ** 2));
    let depth = 0;
    near.forEach(({ vertex }, n) => {
      anchors[i * ANCHORS_USED + n] = vertex;
      weights[i * ANCHORS_USED + n] = (follows * closeness[n]!) / total;
      depth += (closeness[n]! / total) * neutral[3 * vertex + 2]!;
    });
    // Beyond the edge of the skin, the depth decreases towards that of the ears. Points farther out keep that depth.
    const out = 1 - Math.exp(-((away / 0.6) ** 2));
    z[i] = depth + out * (Math.min(depth, jawZ - 0.2 * between) - depth) - 0.04 * between;
    head[i] = 1 - smooth((y[i]! - chinY) / (0.9 * between));
  }
  const triangles: number[] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      if (!hidden(portrait, cover, x[at]!, y[at]!, x[at + columns + 1]!, y[at + columns + 1]!))
        triangles.push(at, at + columns, at + 1, at + 1, at + columns, at + columns + 1);
    }
  }
  return { columns, rows, x, y, z, triangles: Uint16Array.from(triangles), anchors, weights, head };
}

/** Whether skin always hides a cell of the sheet: it covers the cell and its surroundings. False near eyes and mouth, which can open. */
function hidden({ width, height, outline }: Portrait, cover: Uint8ClampedArray, left: number, top: number, right: number, bottom: number): boolean {
  const between = Math.hypot(outline[1]!.x - outline[0]!.x, outline[1]!.y - outline[0]!.y);
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  const mouth = { x: (outline[87]!.x + outline[93]!.x) / 2, y: (outline[87]!.y + outline[93]!.y) / 2 };
  if ([outline[0]!, outline[1]!].some(({ x, y }) => Math.hypot(middle.x - x, middle.y - y) < 0.45 * between)) return false;
  if (Math.hypot(middle.x - mouth.x, middle.y - mouth.y) < 0.75 * between) return false;
  const around = 0.3 * between;
  for (const x of [left - around, right + around])
    for (const y of [top - around, bottom + around]) {
      if (x < 0 || y < 0 || x >= width || y >= height || cover[Math.floor(y) * width + Math.floor(x)]! < 255) return false;
    }
  return true;
}

function smooth(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}

function coloursOf(portrait: Portrait): Pick<Wearer, 'sclera' | 'iris' | 'skinLight'> {
  const { width, rgba, outline } = portrait;
  const sclera: number[][] = [];
  const iris: number[][] = [];
  const light = ([r, g, b]: readonly number[]): number => 0.3 * r! + 0.59 * g! + 0.11 * b!;
  const at = (x: number, y: number): number[] => [0, 1, 2].map((c) => rgba[(Math.round(y) * width + Math.round(x)) * 4 + c]!);
  for (const [pupil, first, inner, outer] of [
    [0, 2, 22, 18],
    [1, 10, 23, 27],
  ] as const) {
    const centre = outline[pupil]!;
    for (let i = first; i < first + 8; i++) {
      const rim = outline[i]!;
      // Only points beside and below the pupil, because lid and lashes cover the iris above it.
      if (rim.y < centre.y - 1) continue;
      iris.push(at(centre.x + 0.65 * (rim.x - centre.x), centre.y + 0.65 * (rim.y - centre.y)));
    }
    for (const corner of [outline[inner]!, outline[outer]!])
      for (const share of [0.62, 0.7, 0.78]) sclera.push(at(centre.x + share * (corner.x - centre.x), centre.y + share * (corner.y - centre.y)));
  }
  const mean = (colours: number[][]): [number, number, number] =>
    [0, 1, 2].map((c) => colours.reduce((sum, colour) => sum + colour[c]! / colours.length, 0)) as [number, number, number];
  sclera.sort((a, b) => light(b) - light(a));
  const skin = [44, 49, 165, 168, 174, 84, 85].map((point) => light(at(outline[point]!.x, outline[point]!.y + 3)));
  return { sclera: mean(sclera.slice(0, 5)), iris: mean(iris), skinLight: skin.reduce((sum, value) => sum + value / skin.length, 0) };
}

/** Differences between the person of one clip and the photograph. */
export interface Variation {
  /** Added weights of the first identity components. */
  readonly identity: readonly number[];
  /** Gain of each channel. */
  readonly gain: readonly [number, number, number];
  /** Share of the photograph's tint to remove, 0 to 1. The whites of the eyes give the tint. */
  readonly balance: number;
  readonly gamma: number;
  /** Mean luminance of the skin after pigment is added, 0 to 255. Null, or a value above that of the photograph, keeps the skin. */
  readonly skinLight: number | null;
  /** Depth of each wrinkle on this face; 1 for average skin. */
  readonly wrinkles: readonly number[];
  /** Depth of each permanent line, 0 to 1: wrinkles that are visible at rest, from age and habit. Empty for none. */
  readonly lines: readonly number[];
}

/** The person of one clip: a portrait with a varied face shape, skin tone and skin. */
export interface Subject {
  readonly wearer: Wearer;
  readonly variation: Variation;
  /** [3 vertices], with the variation's identity. */
  readonly neutral: Float32Array;
  /** The portrait. */
  readonly behind: Texture;
  /** The portrait with the cover of the face as alpha. */
  readonly face: Texture;
  readonly sclera: readonly number[];
  readonly iris: readonly number[];
}

const BRIGHTEST_SKIN = 205;
/** Relative absorption of red, green and blue light by pigment: from light to dark skin, red decreases least. */
const PIGMENT = [0.85, 1.05, 1.15] as const;

export function vary(wearer: Wearer, variation: Variation): Subject {
  const { portrait, rig, toPixels } = wearer;
  const neutral = Float32Array.from(wearer.neutral);
  const change = new Float32Array(neutral.length);
  variation.identity.forEach((weight, k) => {
    const component = rig.model.identities[k]!;
    if (weight === 0) return;
    for (let i = 0; i < change.length; i++) change[i]! += weight * component[i]!;
  });
  for (const [axis, row] of toPixels.entries())
    for (let i = 0; i < change.length; i += 3) neutral[i + axis]! += row[0]! * change[i]! + row[1]! * change[i + 1]! + row[2]! * change[i + 2]!;
  const white = (wearer.sclera[0] + wearer.sclera[1] + wearer.sclera[2]) / 3;
  // Limits the gain, because skin is never as bright as paper.
  const brightest = BRIGHTEST_SKIN / (255 * (wearer.skinLight / 255) ** variation.gamma);
  const dim = Math.min(1, brightest / Math.max(...variation.gain));
  const tables = variation.gain.map((gain, c) => {
    const balanced = dim * gain * (white / wearer.sclera[c]!) ** variation.balance;
    return Uint8ClampedArray.from({ length: 256 }, (_, value) => 255 * balanced * (value / 255) ** variation.gamma);
  });
  // Pigment changes only the skin, not eyes and teeth.
  const tone = (colour: readonly number[]): number[] => colour.map((value, c) => tables[c]![Math.round(value)]!);
  const pigment = variation.skinLight === null ? 0 : Math.max(0, Math.log(wearer.skinLight / variation.skinLight));
  const skinTables = tables.map((table, c) => table.map((value) => value * Math.exp(-pigment * PIGMENT[c]!)));
  const { width, height, rgba } = portrait;
  const [behind, face] = coloured(rgba, wearer.cover, skinTables);
  return {
    wearer,
    variation,
    neutral,
    behind: { width, height, rgba: behind },
    face: { width, height, rgba: face },
    sclera: tone(wearer.sclera),
    iris: tone(wearer.iris),
  };
}

/** Applies a lookup table to each channel of a picture. Returns the result, [pixels, 4], with the picture's alpha and with another alpha. */
function coloured(rgba: Uint8ClampedArray, alpha: Uint8ClampedArray, tables: readonly Uint8ClampedArray[]): [Uint8ClampedArray, Uint8ClampedArray] {
  const [red, green, blue] = tables.map((table, c) => Uint32Array.from(table, (value) => value << (8 * c))) as [Uint32Array, Uint32Array, Uint32Array];
  const own = new Uint32Array(alpha.length);
  const other = new Uint32Array(alpha.length);
  // One 32-bit number per pixel, for speed: this runs for every pixel of every clip's portrait.
  for (let i = 0; i < own.length; i++) {
    const colour = red[rgba[4 * i]!]! | green[rgba[4 * i + 1]!]! | blue[rgba[4 * i + 2]!]!;
    own[i] = colour | (rgba[4 * i + 3]! << 24);
    other[i] = colour | (alpha[i]! << 24);
  }
  return [new Uint8ClampedArray(own.buffer), new Uint8ClampedArray(other.buffer)];
}
