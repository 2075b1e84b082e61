import { CROP_MIDDLE } from '../../shared/domain/mask-maps.ts';
import type { FacePoints, Point } from './face-geometry.ts';
import { distance } from './face-geometry.ts';
import type { Placement } from './resample.ts';

/**
 * Position of a face in an aligned crop, as shares of the crop's side. The face is upright with level eyes. The point half
 * way between eyes and mouth is below the middle, so that the crop includes both brows and chin. Models are trained on
 * crops with this alignment: a change requires new weights.
 */
export const CANONICAL = { eyesToMouth: 0.36, betweenEyes: 0.335, middle: CROP_MIDDLE } as const;

/** A face's place in the picture: the point half way between eyes and mouth, the crop's side in pixels, the roll in radians. */
export interface FacePlace {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly roll: number;
}

/**
 * The place of a face from its eyes and mouth. Turning the head shortens only the distance between the eyes; nodding
 * shortens only the distance from eyes to mouth. The size is therefore the larger of the two measures.
 */
export function placeOf(points: Pick<FacePoints, 'rightEye' | 'leftEye' | 'mouth'>): FacePlace {
  const eyes = middleOf(points.rightEye, points.leftEye);
  const down = { x: points.mouth.x - eyes.x, y: points.mouth.y - eyes.y };
  const across = { x: points.leftEye.x - points.rightEye.x, y: points.leftEye.y - points.rightEye.y };
  // Least squares over both directions. The longer one counts more, so that the eyes-to-mouth line aligns a profile.
  const roll = Math.atan2(across.y - down.x, across.x + down.y);
  const side = Math.max(distance(points.rightEye, points.leftEye) / CANONICAL.betweenEyes, Math.hypot(down.x, down.y) / CANONICAL.eyesToMouth);
  return { ...middleOf(eyes, points.mouth), side, roll };
}

function middleOf(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** Standard deviations of the smoothing weights, in samples. Size and roll change slowly and are smoothed more than positions. */
const POSITION_SPREAD = 1.8;
const SHAPE_SPREAD = 3;

/**
 * The place at one sample from the places around it: a line fitted by least squares with Gaussian weights over time. It
 * removes the detector's jitter, which looks like motion to a temporal network, and has no lag for a head at constant
 * speed.
 * @param around places by sample, at least one
 */
export function smoothedPlace(sample: number, around: ReadonlyMap<number, FacePlace>): FacePlace {
  const offsets = [...around.keys()].map((key) => key - sample);
  const places = [...around.values()];
  const base = places[0]!.roll;
  const fit = (value: (place: FacePlace) => number, spread: number): number => lineAtZero(offsets, places.map(value), spread);
  return {
    x: fit(({ x }) => x, POSITION_SPREAD),
    y: fit(({ y }) => y, POSITION_SPREAD),
    side: Math.exp(fit(({ side }) => Math.log(side), SHAPE_SPREAD)),
    roll: base + fit(({ roll }) => Math.atan2(Math.sin(roll - base), Math.cos(roll - base)), SHAPE_SPREAD),
  };
}

/** Value at offset 0 of the weighted least squares line through (offset, value). */
function lineAtZero(offsets: readonly number[], values: readonly number[], spread: number): number {
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  offsets.forEach((x, i) => {
    const weight = Math.exp(-0.5 * (x / spread) ** 2);
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
    wy += weight * values[i]!;
    wxy += weight * x * values[i]!;
  });
  const spreadOfOffsets = w * wxx - wx * wx;
  return spreadOfOffsets > 1e-9 * w * w ? (wxx * wy - wx * wxy) / spreadOfOffsets : wy / w;
}

/** The mapping that reads an aligned crop of `pixels` x `pixels` from the picture. */
export function cropPlacement(place: FacePlace, pixels: number): Placement {
  const scale = place.side / pixels;
  const a = scale * Math.cos(place.roll);
  const d = scale * Math.sin(place.roll);
  const ox = CANONICAL.middle.x * pixels - 0.5;
  const oy = CANONICAL.middle.y * pixels - 0.5;
  return { a, b: -d, c: place.x - a * ox + d * oy, d, e: a, f: place.y - d * ox - a * oy };
}
