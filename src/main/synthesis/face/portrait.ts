import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { z } from 'zod';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Point } from '../../face/face-geometry.ts';

/** A photograph of a face with the outline of the face. */
export interface Portrait {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] RGBA bytes. Alpha is the share by which a pixel belongs to the person and not to the plain background. */
  readonly rgba: Uint8ClampedArray;
  /** The 189 points of the FRL template, in pixels. */
  readonly outline: readonly Point[];
  /** Positions of those of the 68 landmarks that follow from the outline, with their weights (reliability) in a fit. */
  readonly landmarks: ReadonlyMap<number, Point & { readonly weight: number }>;
}

const outlineSchema = z.array(z.tuple([z.number(), z.number()])).length(189);

/**
 * [landmark (0 to 67), points of the outline whose mean it is, weight]. Jaw points have a low weight, because the edge of
 * the face in the outline is not exactly the jaw of the model. The inner lips (61 to 67) are on the template's mouth line.
 */
const LANDMARKS: readonly (readonly [number, readonly number[], number])[] = [
  ...(
    [
      [0, 109],
      [1, 110],
      [2, 111],
      [3, 125],
      [4, 126],
      [5, 127],
      [6, 128],
      [8, 129],
      [10, 130],
      [11, 131],
      [12, 132],
      [13, 133],
      [14, 114],
      [15, 113],
      [16, 112],
    ] as const
  ).map(([landmark, point]) => [landmark, [point], 0.3] as const),
  ...(
    [
      [17, 71],
      [18, 72],
      [19, 73],
      [20, 74],
      [21, 75],
      [22, 78],
      [23, 79],
      [24, 80],
      [25, 81],
      [26, 82],
    ] as const
  ).map(([landmark, point]) => [landmark, [point], 1] as const),
  [27, [50, 56], 1],
  [28, [51, 57], 1],
  [29, [53, 59], 1],
  [30, [54, 60], 1],
  [31, [64], 1],
  [33, [180, 181], 1],
  [35, [69], 1],
  ...(
    [
      [36, 18],
      [37, 19],
      [38, 21],
      [39, 22],
      [40, 30],
      [41, 28],
      [42, 23],
      [43, 24],
      [44, 26],
      [45, 27],
      [46, 33],
      [47, 31],
    ] as const
  ).map(([landmark, point]) => [landmark, [point], 1.5] as const),
  ...(
    [
      [48, 87],
      [49, 88],
      [50, 89],
      [51, 90],
      [52, 91],
      [53, 92],
      [54, 93],
      [55, 108],
      [56, 107],
      [57, 106],
      [58, 105],
      [59, 104],
    ] as const
  ).map(([landmark, point]) => [landmark, [point], 1.5] as const),
  ...(
    [
      [61, 95],
      [62, 96],
      [63, 97],
      [65, 102],
      [66, 101],
      [67, 100],
    ] as const
  ).map(([landmark, point]) => [landmark, [point], 1.5] as const),
];

/**
 * Reads a portrait, NAME.jpg, with its outline, NAME.json.
 * @param extent 'head' crops the photograph to the part that an aligned crop can show
 * @throws StudioError 'file-unreadable' with the name of the file
 */
export async function readPortrait(picturePath: string, extent: Extent): Promise<Portrait> {
  const outlinePath = picturePath.replace(/\.[^.]+$/, '.json');
  try {
    const { data, info } = await sharp(picturePath).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    const outline = outlineSchema.parse(JSON.parse(await readFile(outlinePath, 'utf8'))).map(([x, y]) => ({ x, y }));
    const landmarks = new Map(
      LANDMARKS.map(([landmark, points, weight]) => {
        const sum = points.reduce((total, point) => ({ x: total.x + outline[point]!.x, y: total.y + outline[point]!.y }), { x: 0, y: 0 });
        return [landmark, { x: sum.x / points.length, y: sum.y / points.length, weight }];
      }),
    );
    const whole = { width: info.width, height: info.height, rgba: cutOut(data, info.width, info.height, outline), outline, landmarks };
    return extent === 'head' ? headOf(whole) : whole;
  } catch (error) {
    throw new StudioError('file-unreadable/portrait', { file: picturePath }, error);
  }
}

/** The part of a photograph to use: all of it, or only the head, which is all that an aligned crop can show. */
export type Extent = 'whole' | 'head';

/** Extent of 'head' from the point between the eyes, in distances between the eyes: to the sides, up, down. */
const REACH = { side: 2.7, up: 2.3, down: 3.3 } as const;

function headOf({ width, height, rgba, outline, landmarks }: Portrait): Portrait {
  const [right, left] = [outline[0]!, outline[1]!];
  const between = Math.hypot(left.x - right.x, left.y - right.y);
  const [x, y] = [(right.x + left.x) / 2, (right.y + left.y) / 2];
  const [x0, y0] = [Math.max(0, Math.floor(x - REACH.side * between)), Math.max(0, Math.floor(y - REACH.up * between))];
  const [x1, y1] = [Math.min(width, Math.ceil(x + REACH.side * between)), Math.min(height, Math.ceil(y + REACH.down * between))];
  const head = new Uint8ClampedArray((x1 - x0) * (y1 - y0) * 4);
  for (let row = y0; row < y1; row++) head.set(rgba.subarray((row * width + x0) * 4, (row * width + x1) * 4), (row - y0) * (x1 - x0) * 4);
  return {
    width: x1 - x0,
    height: y1 - y0,
    rgba: head,
    outline: outline.map((point) => ({ x: point.x - x0, y: point.y - y0 })),
    landmarks: new Map([...landmarks].map(([landmark, mark]) => [landmark, { ...mark, x: mark.x - x0, y: mark.y - y0 }])),
  };
}

/** Pixels with a colour distance to the background up to this value are background, and from twice this value the person. */
const GROUND_DISTANCE = 22;

/**
 * Separates the person from the plain, evenly lit background of a studio portrait. The sides of the picture give the
 * background's colour at each height. Pixels with a similar colour that are connected to the edge of the picture are
 * background, except inside the face.
 */
function cutOut(rgb: Uint8Array, width: number, height: number, outline: readonly Point[]): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const strip = Math.max(2, Math.round(width * 0.04));
  const groundAt = (x: number, y: number, c: number): number => {
    // The background darkens from one side to the other, so its colour is interpolated between both sides. Only the upper
    // part of the sides is used, because lower down they show shoulders.
    const row = Math.min(y, Math.round(height * 0.45));
    const mean = (from: number): number => {
      let sum = 0;
      for (let i = 0; i < strip; i++) sum += rgb[(row * width + from + i) * 3 + c]!;
      return sum / strip;
    };
    return mean(0) + (x / width) * (mean(width - strip) - mean(0));
  };
  const similarity = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const ends = [0, 1, 2].map((c) => [groundAt(0, y, c), groundAt(width, y, c)] as const);
    for (let x = 0; x < width; x++) {
      let distance = 0;
      for (let c = 0; c < 3; c++) {
        const [left, right] = ends[c]!;
        distance = Math.max(distance, Math.abs(rgb[(y * width + x) * 3 + c]! - left - (x / width) * (right - left)));
      }
      similarity[y * width + x] = distance;
    }
  }
  const ground = joinedToEdge(similarity, width, height, 2 * GROUND_DISTANCE);
  const middle = outline.slice(109, 145).reduce((sum, { x, y }) => ({ x: sum.x + x / 36, y: sum.y + y / 36 }), { x: 0, y: 0 });
  const [reachX, reachY] = [Math.abs(outline[109]!.x - outline[112]!.x) / 2, Math.abs(outline[129]!.y - outline[139]!.y) / 2];
  for (let i = 0; i < width * height; i++) {
    const [dx, dy] = [((i % width) - middle.x) / reachX, (Math.floor(i / width) - middle.y) / reachY];
    const inFace = dx * dx + dy * dy < 1.05;
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = rgb[3 * i + c]!;
    rgba[4 * i + 3] = ground[i] === 0 || inFace ? 255 : 255 * Math.min(1, Math.max(0, similarity[i]! / GROUND_DISTANCE - 1));
  }
  return rgba;
}

/** 1 for pixels below the limit that are connected to the left, right or upper edge by such pixels. */
function joinedToEdge(values: Float32Array, width: number, height: number, limit: number): Uint8Array {
  const joined = new Uint8Array(width * height);
  const waiting: number[] = [];
  const visit = (x: number, y: number): void => {
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || joined[i] === 1 || values[i]! >= limit) return;
    joined[i] = 1;
    waiting.push(i);
  };
  for (let x = 0; x < width; x++) visit(x, 0);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(x, y);
  while (waiting.length > 0) {
    const i = waiting.pop()!;
    const [x, y] = [i % width, Math.floor(i / width)];
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return joined;
}
