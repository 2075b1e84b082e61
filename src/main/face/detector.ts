import type { ModelSession } from '../../shared/domain/model-session.ts';
import type { Picture } from '../../shared/domain/picture.ts';
import type { Box, Detection, Point } from './face-geometry.ts';
import { overlap } from './face-geometry.ts';
import { resampleRgb } from './resample.ts';

/** Input sides of the two models in pixels: one for whole scenes, one for close-ups of a face. */
export const SEARCH_SIDE = 256;
export const NEAR_SIDE = 128;

const INPUT = 'input:0';
/** The two anchor grids, the same in both models: cells per side, anchors per cell, and the names of the score and box outputs. */
const GRIDS = [
  { cells: 16, anchors: 2, scores: 'Identity:0', boxes: 'Identity_2:0' },
  { cells: 8, anchors: 6, scores: 'Identity_1:0', boxes: 'Identity_3:0' },
] as const;
const VALUES_PER_BOX = 16;
const POINTS_PER_BOX = 6;
/** Detections with a larger overlap (intersection over union) count as one face (MediaPipe's value). */
export const SAME_FACE_OVERLAP = 0.3;

/** A square region that the detector searches, in picture pixels. It may extend beyond the picture. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** The smallest square that contains the whole picture, with the picture in its middle. */
export function wholePicture(picture: { readonly width: number; readonly height: number }): Region {
  const side = Math.max(picture.width, picture.height);
  return { x: (picture.width - side) / 2, y: (picture.height - side) / 2, side };
}

/** The sessions of the two detectors. */
export interface DetectorSessions {
  /** MediaPipe's back-camera model, 256 x 256: whole scenes. */
  readonly search: ModelSession;
  /** MediaPipe's front-camera model, 128 x 128: for a face that fills half of the input; a quarter of the work. */
  readonly near: ModelSession;
}

/** One search, by all that its result depends on within a video. */
export interface FaceSearch {
  readonly sample: number;
  readonly model: keyof DetectorSessions;
  readonly region: Region;
  readonly threshold: number;
  /** Quarter turns, clockwise, of the faces to find. */
  readonly turn: number;
}

/** Knows what earlier searches in the same video found. */
export interface DetectionMemory {
  /** Crops of samples before this one are not needed again. */
  readonly firstCrop: number;
  /** @param find searches where the result is not known */
  detections(search: FaceSearch, find: () => Promise<Detection[]>): Promise<Detection[]>;
}

/** BlazeFace (Bazarevsky et al. 2019). */
export class FaceDetector {
  readonly #session: ModelSession;
  readonly #side: number;
  /** Reused for every region. This is safe because a session has read its feeds when `run` returns its promise. */
  readonly #image: Uint8Array;

  /** @param side of the model's input in pixels */
  constructor(session: ModelSession, side: number) {
    this.#session = session;
    this.#side = side;
    this.#image = new Uint8Array(side * side * 3);
  }

  /**
   * Searches one region of a picture for faces.
   * @param threshold lowest score of a detection, 0..1
   * @param turn quarter turns, clockwise, of the faces to find: 1 for a face whose top is on the right, 2 for one upside down
   * @returns detections in picture pixels, best first, one per face
   */
  async detect(picture: Picture, region: Region, threshold: number, turn = 0): Promise<Detection[]> {
    const side = this.#side;
    const scale = region.side / side;
    const { origin, across, down } = axesOf(region, turn);
    const corner = 0.5 * scale;
    const placement = {
      a: scale * across.x,
      b: scale * down.x,
      c: origin.x + (corner * (across.x + down.x) - 0.5),
      d: scale * across.y,
      e: scale * down.y,
      f: origin.y + (corner * (across.y + down.y) - 0.5),
    };
    resampleRgb(picture, placement, side, side, this.#image, 'black');
    const outputs = await this.#session.run({ [INPUT]: { dims: [1, side, side, 3], data: this.#image, scale: 2 / 255, offset: -1 } });
    const candidates: Detection[] = [];
    for (const grid of GRIDS) {
      readGrid(side / grid.cells, grid.cells, grid.anchors, outputs[grid.scores]!.data, outputs[grid.boxes]!.data, threshold, (box) =>
        candidates.push(place(box, region, scale, turn)),
      );
    }
    return joinOverlapping(candidates);
  }
}

/** Converts one grid's raw outputs to detections in input pixels. Offsets are relative to the centre of a cell; a cell is `step` pixels wide. */
function readGrid(
  step: number,
  cells: number,
  anchors: number,
  scores: Float32Array,
  boxes: Float32Array,
  threshold: number,
  found: (detection: Detection) => void,
): void {
  const logit = Math.log(threshold / (1 - threshold));
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! < logit) continue;
    const cell = Math.floor(i / anchors);
    const ax = ((cell % cells) + 0.5) * step;
    const ay = (Math.floor(cell / cells) + 0.5) * step;
    const raw = boxes.subarray(i * VALUES_PER_BOX, (i + 1) * VALUES_PER_BOX);
    const width = raw[2]!;
    const height = raw[3]!;
    const points: Point[] = [];
    for (let k = 0; k < POINTS_PER_BOX; k++) points.push({ x: ax + raw[4 + 2 * k]!, y: ay + raw[5 + 2 * k]! });
    found(detection(1 / (1 + Math.exp(-scores[i]!)), { x: ax + raw[0]! - width / 2, y: ay + raw[1]! - height / 2, width, height }, points));
  }
}

function detection(score: number, box: Box, points: readonly Point[]): Detection {
  const [rightEye, leftEye, nose, mouth, rightEar, leftEar] = points;
  return { score, box, points: { rightEye: rightEye!, leftEye: leftEye!, nose: nose!, mouth: mouth!, rightEar: rightEar!, leftEar: leftEar! } };
}

/** The corner of a turned region at which the input begins, and the directions of its rows and columns. All numbers of directions are whole. */
function axesOf({ x, y, side }: Region, turn: number): { origin: Point; across: Point; down: Point } {
  const directions = [
    { x: 1, y: 0 },
    { x: 0, y: 1 },
    { x: -1, y: 0 },
    { x: 0, y: -1 },
  ] as const;
  const across = directions[turn % 4]!;
  const down = directions[(turn + 1) % 4]!;
  const starts = (direction: number, other: number): number => (direction + other < 0 ? side : 0);
  return { origin: { x: x + starts(across.x, down.x), y: y + starts(across.y, down.y) }, across, down };
}

/** Converts a detection from input pixels to picture pixels. */
function place({ score, box, points }: Detection, region: Region, scale: number, turn: number): Detection {
  const { origin, across, down } = axesOf(region, turn);
  const move = ({ x, y }: Point): Point => ({
    x: origin.x + scale * (x * across.x + y * down.x),
    y: origin.y + scale * (x * across.y + y * down.y),
  });
  const [first, opposite] = [move(box), move({ x: box.x + box.width, y: box.y + box.height })];
  const corner = { x: Math.min(first.x, opposite.x), y: Math.min(first.y, opposite.y) };
  const moved = Object.fromEntries(Object.entries(points).map(([name, point]) => [name, move(point)])) as unknown as Detection['points'];
  const [width, height] = turn % 2 === 0 ? [box.width, box.height] : [box.height, box.width];
  return { score, box: { ...corner, width: width * scale, height: height * scale }, points: moved };
}

/** Non-maximum suppression that averages overlapping detections, weighted by score, which reduces jitter (BlazeFace, section 3.4). */
export function joinOverlapping(candidates: readonly Detection[]): Detection[] {
  const waiting = [...candidates].sort((a, b) => b.score - a.score);
  const faces: Detection[] = [];
  while (waiting.length > 0) {
    const best = waiting[0]!;
    const same = waiting.filter((each) => each === best || overlap(each.box, best.box) > SAME_FACE_OVERLAP);
    faces.push(average(same, best.score));
    for (const each of same) waiting.splice(waiting.indexOf(each), 1);
  }
  return faces;
}

function average(detections: readonly Detection[], score: number): Detection {
  const total = detections.reduce((sum, each) => sum + each.score, 0);
  const mean = (value: (detection: Detection) => number): number => detections.reduce((sum, each) => sum + each.score * value(each), 0) / total;
  const point = (name: keyof Detection['points']): Point => ({ x: mean(({ points }) => points[name].x), y: mean(({ points }) => points[name].y) });
  return {
    score,
    box: { x: mean(({ box }) => box.x), y: mean(({ box }) => box.y), width: mean(({ box }) => box.width), height: mean(({ box }) => box.height) },
    points: {
      rightEye: point('rightEye'),
      leftEye: point('leftEye'),
      nose: point('nose'),
      mouth: point('mouth'),
      rightEar: point('rightEar'),
      leftEar: point('leftEar'),
    },
  };
}
