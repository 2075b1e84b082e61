import type { HeadPose } from '../../shared/domain/timeline.ts';
import type { FacePoints } from './face-geometry.ts';

const NAMES = ['rightEye', 'leftEye', 'nose', 'mouth', 'rightEar', 'leftEar'] as const satisfies readonly (keyof FacePoints)[];

/**
 * BlazeFace's six points on a head that looks at the camera, in distances between the eyes: x to the right of the picture, y down, z
 * towards the camera, from their common centre. Fitted to the detections in 480 pictures of rendered faces with known pose.
 */
const MODEL: readonly (readonly [number, number, number])[] = [
  [-0.5, -0.371, 0.087],
  [0.5, -0.371, 0.087],
  [0, 0.172, 0.705],
  [0, 0.709, 0.475],
  [-1.052, -0.069, -0.676],
  [1.052, -0.069, -0.676],
];

/** The inverse of the products of the model's coordinates. x is independent of y and z, because the model is symmetric. */
const INVERSE = inverseOfProducts();

function inverseOfProducts(): { readonly xx: number; readonly yy: number; readonly yz: number; readonly zz: number } {
  const sum = (a: 0 | 1 | 2, b: 0 | 1 | 2): number => MODEL.reduce((total, point) => total + point[a] * point[b], 0);
  const [yy, yz, zz] = [sum(1, 1), sum(1, 2), sum(2, 2)];
  const determinant = yy * zz - yz * yz;
  return { xx: 1 / sum(0, 0), yy: zz / determinant, yz: -yz / determinant, zz: yy / determinant };
}

const DEGREES = 180 / Math.PI;

/**
 * The pose of a head from the six points of a detection, in degrees. The points are the projection of a rigid head without
 * perspective (Tomasi and Kanade 1992): the affine map from the model to the points by least squares, then the nearest rotation.
 *
 * It is rough, for quality control. On rendered faces turned by less than 45 degrees, the mean error of yaw is 4 degrees and that of
 * roll 4. Pitch is underestimated: 30 degrees are read as about 20, less on turned faces (mean error 9). Beyond 45 degrees
 * of yaw the detector's points hardly move any more, so that a profile is read as about 45.
 *
 * @returns yaw positive where the face is turned to the person's left, pitch positive downwards, roll positive where the head leans
 *   to the person's left shoulder; null where the points coincide
 */
export function headPoseOf(points: FacePoints): HeadPose | null {
  const [a, b] = [rowOf(NAMES.map((name) => points[name].x)), rowOf(NAMES.map((name) => points[name].y))];
  const axes = nearestAxes(a, b);
  if (axes === null) return null;
  const [u, v] = axes;
  const third = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]] as const;
  return {
    yaw: DEGREES * Math.asin(Math.max(-1, Math.min(1, -third[0]))),
    pitch: DEGREES * Math.atan2(-third[1], third[2]),
    roll: DEGREES * Math.atan2(v[0], u[0]),
  };
}

type Vector = readonly [number, number, number];

/** One row of the affine map: how a coordinate of the picture depends on x, y and z of the model. */
function rowOf(values: readonly number[]): Vector {
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => MODEL.reduce((sum, point, i) => sum + point[axis] * (values[i]! - middle), 0)) as [
    number,
    number,
    number,
  ];
  return [INVERSE.xx * x, INVERSE.yy * y + INVERSE.yz * z, INVERSE.yz * y + INVERSE.zz * z];
}

/** The two orthogonal unit vectors nearest to two vectors, by the polar decomposition: (A Aᵀ)^(-1/2) A. */
function nearestAxes(a: Vector, b: Vector): readonly [Vector, Vector] | null {
  const dot = (p: Vector, q: Vector): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const [aa, ab, bb] = [dot(a, a), dot(a, b), dot(b, b)];
  const root = Math.sqrt(Math.max(0, aa * bb - ab * ab));
  if (!(root > 1e-9 * (aa + bb))) return null;
  // The square root of a symmetric 2 x 2 matrix S is (S + r I) / t with r² = det S and t² = trace S + 2 r.
  const t = Math.sqrt(aa + bb + 2 * root);
  const combine = (p: number, q: number): Vector => [0, 1, 2].map((i) => (p * a[i]! + q * b[i]!) / (t * root)) as unknown as Vector;
  return [combine(bb + root, -ab), combine(-ab, aa + root)];
}
