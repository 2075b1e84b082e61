import { Matrix, solve } from 'ml-matrix';
import type { FaceShapes } from './face-shapes.ts';
import type { Portrait } from './portrait.ts';

/** Identity and weak-perspective camera of a fitted face: picture = scale * (rotation * model).xy + shift, with y downwards. */
export interface Fit {
  /** Rows of the rotation matrix. */
  readonly rotation: readonly (readonly [number, number, number])[];
  /** Pixels per centimetre. */
  readonly scale: number;
  readonly shiftX: number;
  readonly shiftY: number;
  /** Weights of the first identity components. */
  readonly identity: Float64Array;
  /** Mean distance between the fitted landmarks and those of the photograph, in pixels. */
  readonly error: number;
}

const COMPONENTS = 60;
/** Ridge penalty on the identity weights, in squared pixels for a weight of 1. */
const RIDGE = 6;
const ROUNDS = 8;

/** Fits pose and identity to the landmarks of a portrait, alternately. */
export function fitFace(model: FaceShapes, portrait: Portrait): Fit {
  const marks = [...portrait.landmarks].map(([landmark, { x, y, weight }]) => ({ vertex: model.landmarks[landmark]!, x, y: -y, weight }));
  const identity = new Float64Array(COMPONENTS);
  const place = (vertex: number): [number, number, number] => {
    const point: [number, number, number] = [0, 0, 0];
    for (let c = 0; c < 3; c++) {
      let value = model.neutral[3 * vertex + c]!;
      for (let k = 0; k < COMPONENTS; k++) value += identity[k]! * model.identities[k]![3 * vertex + c]!;
      point[c] = value;
    }
    return point;
  };
  let pose = poseOf(marks.map((mark) => ({ ...mark, point: place(mark.vertex) })));
  for (let round = 0; round < ROUNDS; round++) {
    identity.set(identityOf(model, marks, pose));
    pose = poseOf(marks.map((mark) => ({ ...mark, point: place(mark.vertex) })));
  }
  const error = marks.reduce((sum, { vertex, x, y }) => sum + Math.hypot(...difference(pose, place(vertex), x, y)) / marks.length, 0);
  return { rotation: pose.rotation, scale: pose.scale, shiftX: pose.shiftX, shiftY: -pose.shiftY, identity, error };
}

type Pose = Omit<Fit, 'identity' | 'error'>;
interface Mark {
  readonly vertex: number;
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

function difference({ rotation, scale, shiftX, shiftY }: Pose, point: readonly number[], x: number, y: number): [number, number] {
  const along = (row: readonly number[]): number => row[0]! * point[0]! + row[1]! * point[1]! + row[2]! * point[2]!;
  return [x - shiftX - scale * along(rotation[0]!), y - shiftY - scale * along(rotation[1]!)];
}

/** Fits an affine camera by least squares, then reduces it to rotation, scale and shift. */
function poseOf(marks: readonly (Mark & { readonly point: readonly number[] })[]): Pose {
  const rows = new Matrix(marks.map(({ point, weight }) => [...point, 1].map((value) => value * weight)));
  const sides = new Matrix(marks.map(({ x, y, weight }) => [x * weight, y * weight]));
  const camera = solve(rows, sides, true);
  const [a, b] = [0, 1].map((column) => [0, 1, 2].map((row) => camera.get(row, column)));
  const [lengthA, lengthB] = [Math.hypot(...a!), Math.hypot(...b!)];
  const [first, second] = [a!.map((value) => value / lengthA), b!.map((value) => value / lengthB)];
  // Each axis is corrected by half of the deviation from a right angle.
  const lean = first.reduce((sum, value, i) => sum + value * second[i]!, 0) / 2;
  const unit = (row: number[]): [number, number, number] => row.map((value) => value / Math.hypot(...row)) as [number, number, number];
  const [x, y] = [unit(first.map((value, i) => value - lean * second[i]!)), unit(second.map((value, i) => value - lean * first[i]!))];
  const z: [number, number, number] = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  const scale = (lengthA + lengthB) / 2;
  const free = { rotation: [x, y, z], scale, shiftX: 0, shiftY: 0 };
  const total = marks.reduce((sum, { weight }) => sum + weight, 0);
  const offsets = marks.map((mark) => difference(free, mark.point, mark.x, mark.y).map((value) => (value * mark.weight) / total));
  return { ...free, shiftX: offsets.reduce((sum, [dx]) => sum + dx!, 0), shiftY: offsets.reduce((sum, [, dy]) => sum + dy!, 0) };
}

function identityOf(model: FaceShapes, marks: readonly Mark[], pose: Pose): number[] {
  const rows: number[][] = [];
  const sides: number[] = [];
  for (const { vertex, x, y, weight } of marks) {
    const neutral = [0, 1, 2].map((c) => model.neutral[3 * vertex + c]!);
    const gap = difference(pose, neutral, x, y);
    for (const axis of [0, 1] as const) {
      const row = pose.rotation[axis]!;
      rows.push(
        Array.from({ length: COMPONENTS }, (_, k) => {
          const shape = model.identities[k]!;
          return weight * pose.scale * (row[0] * shape[3 * vertex]! + row[1] * shape[3 * vertex + 1]! + row[2] * shape[3 * vertex + 2]!);
        }),
      );
      sides.push(weight * gap[axis]);
    }
  }
  const a = new Matrix(rows);
  const at = a.transpose();
  const normal = at.mmul(a).add(Matrix.eye(COMPONENTS, COMPONENTS).mul(RIDGE));
  return solve(normal, at.mmul(Matrix.columnVector(sides))).to1DArray();
}
