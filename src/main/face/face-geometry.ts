export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle in picture pixels; x and y are its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** BlazeFace's six points. Right and left are those of the person. */
export interface FacePoints {
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly nose: Point;
  readonly mouth: Point;
  readonly rightEar: Point;
  readonly leftEar: Point;
}

export interface Detection {
  /** 0..1 */
  readonly score: number;
  readonly box: Box;
  readonly points: FacePoints;
  /** The look of the face, if it was read (look.ts). */
  readonly look?: Float32Array;
}

/** Turns a detection by 180 degrees about the middle of its box: the points of a face that hangs upside down were found as if it were upright. */
export function turnedOver({ score, box, points }: Detection): Detection {
  const { x, y } = centreOf(box);
  const turn = (point: Point): Point => ({ x: 2 * x - point.x, y: 2 * y - point.y });
  const { rightEye, leftEye, nose, mouth, rightEar, leftEar } = points;
  const turned = { rightEye: turn(rightEye), leftEye: turn(leftEye), nose: turn(nose), mouth: turn(mouth), rightEar: turn(rightEar), leftEar: turn(leftEar) };
  return { score, box, points: turned };
}

/** Intersection over union of two boxes, 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

export function centreOf(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
