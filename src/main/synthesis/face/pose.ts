import type { Point } from '../../face/face-geometry.ts';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import { activationIndex, shapeWeights } from './action-units.ts';
import type { Activation } from './action-units.ts';
import { wrinkleStrength } from './wrinkles.ts';
import type { Subject } from './subject.ts';
import { ANCHORS_USED } from './subject.ts';

/** Action units, head pose and gaze of a face at one moment. */
export interface FaceState {
  readonly activation: Activation;
  /** Radians: yaw towards the subject's left, pitch downwards, roll towards the subject's left shoulder. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Position of the head relative to the photograph, in distances between the eyes. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Direction of the eyes relative to the head, radians: to the subject's left, downwards. */
  readonly gazeX: number;
  readonly gazeY: number;
}

/** Positions of eyes and mouth, with which a face is aligned. */
export interface AlignmentPoints {
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly mouth: Point;
}

/** Ambient light and a directional light. The direction has unit length: x right, y down, z towards the viewer. */
export interface Light {
  readonly ambient: number;
  readonly key: number;
  readonly direction: readonly [number, number, number];
}

/** The light in the photographs: soft, from the front. */
const STUDIO: Light = { ambient: 0.62, key: 0.38, direction: [0, -0.2, 0.98] };
/** Limits of the ratio between the scene's and the studio's light. */
const LIGHTEST = 1.7;
const DARKEST = 0.12;
/** Smallest distance of the camera, in distances between the eyes (6.3 cm): about 80 cm. */
const NEAREST_CAMERA = 13;

/** Radius of the iris in centimetres. */
const IRIS_RADIUS = 0.6;
/** Distance of the face in front of the head's centre of rotation, in distances between the eyes. */
const HEAD_DEPTH = 1.2;

/** Largest gap between the lips of a closed mouth, as a share of the distance between the eyes. */
const CLOSED = 0.012;

type Row = readonly [number, number, number];
type Rotation = readonly [Row, Row, Row];

/** Poses one subject for many moments and reuses its memory. All positions are in pixels of the photograph. */
export class Pose {
  readonly subject: Subject;
  /** Positions and shade of all vertices after expression and head movement. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  readonly shade: Float32Array;
  /** Texture coordinates: for skin, positions in the photograph; for eyes, see #prepareEyes. */
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly sheet: { readonly x: Float32Array; readonly y: Float32Array; readonly z: Float32Array; readonly shade: Float32Array };
  /** Distance between the eyes in the photograph, in pixels. */
  readonly between: number;
  readonly #delta: Float32Array;
  readonly #still: Float32Array;
  readonly #normal: Float32Array;
  readonly #light: Light;
  readonly #cameraDistance: number;
  readonly #pivot: Row;
  readonly #studioShade: Float32Array;
  readonly #sheetNormals: Float32Array;
  readonly #studioSheetShade: Float64Array;
  readonly #eyeCentres: readonly Row[];

  /** @param cameraDistance in distances between the eyes */
  constructor(subject: Subject, light: Light, cameraDistance: number) {
    const { neutral, wearer } = subject;
    const count = neutral.length / 3;
    const { landmarks } = wearer.rig.model;
    this.subject = subject;
    [this.x, this.y, this.z, this.shade, this.u, this.v] = [0, 0, 0, 0, 0, 0].map(() => new Float32Array(count)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const points = wearer.sheet.x.length;
    this.sheet = { x: new Float32Array(points), y: new Float32Array(points), z: new Float32Array(points), shade: new Float32Array(points) };
    for (let v = 0; v < count; v++) [this.u[v], this.v[v]] = [wearer.neutral[3 * v]!, wearer.neutral[3 * v + 1]!];
    this.#delta = new Float32Array(neutral.length);
    this.#still = Float32Array.from(neutral);
    this.#normal = new Float32Array(3 * (wearer.rig.lastSkin + 1));
    this.#light = light;
    const at = (landmark: number, axis: number): number => neutral[3 * landmarks[landmark]! + axis]!;
    this.between = Math.hypot(at(45, 0) + at(42, 0) - at(36, 0) - at(39, 0), at(45, 1) + at(42, 1) - at(36, 1) - at(39, 1)) / 2;
    this.#cameraDistance = Math.max(NEAREST_CAMERA, cameraDistance) * this.between;
    // The head rotates about the top of the neck: below the ears and slightly behind them.
    this.#pivot = [(at(0, 0) + at(16, 0)) / 2, at(3, 1), (at(0, 2) + at(16, 2)) / 2 - 0.3 * this.between];
    this.#normals(this.#still);
    this.#studioShade = new Float32Array(wearer.rig.lastSkin + 1);
    for (let v = 0; v <= wearer.rig.lastSkin; v++) this.#studioShade[v] = lit(STUDIO, this.#normal[3 * v]!, this.#normal[3 * v + 1]!, this.#normal[3 * v + 2]!);
    this.#sheetNormals = this.#normalsOfSheet();
    const slant = this.#sheetNormals;
    this.#studioSheetShade = Float64Array.from(wearer.sheet.x, (_, i) => lit(STUDIO, slant[3 * i]!, slant[3 * i + 1]!, slant[3 * i + 2]!));
    this.#eyeCentres = this.#prepareEyes();
  }

  /** Poses skin, sheet, eyes and mouth. */
  set(state: FaceState): void {
    const { rig, toPixels } = this.subject.wearer;
    const { neutral } = this.subject;
    const delta = this.#delta.fill(0);
    for (const [name, weight] of shapeWeights(state.activation)) {
      const { vertices, deltas } = rig.model.expressions.get(name)!;
      for (let i = 0; i < vertices.length; i++) {
        const to = 3 * vertices[i]!;
        delta[to]! += weight * deltas[3 * i]!;
        delta[to + 1]! += weight * deltas[3 * i + 1]!;
        delta[to + 2]! += weight * deltas[3 * i + 2]!;
      }
    }
    const still = this.#still;
    const [rx, ry, rz] = toPixels as [Row, Row, Row];
    for (const [first, last] of [[0, rig.lastSkin], rig.mouthRange] as const) {
      // The inside of the mouth moves with the skin; it is projected only where the mouth is open.
      for (let i = 3 * first; i <= 3 * last; i += 3) {
        const dx = delta[i]!;
        const dy = delta[i + 1]!;
        const dz = delta[i + 2]!;
        still[i] = neutral[i]! + rx[0] * dx + rx[1] * dy + rx[2] * dz;
        still[i + 1] = neutral[i + 1]! + ry[0] * dx + ry[1] * dy + ry[2] * dz;
        still[i + 2] = neutral[i + 2]! + rz[0] * dx + rz[1] * dy + rz[2] * dz;
      }
    }
    this.#normals(still);
    const turn = rotationOf(state);
    this.#place(0, rig.lastSkin, still, turn, state);
    if (this.mouthOpening() > 0) this.#place(...rig.mouthRange, still, turn, state);
    this.#shadeSkin(turn, state.activation);
    this.#turnEyes(turn, state);
    this.#placeSheet(still, turn, state);
  }

  /** Gap between the lips in pixels of the photograph; 0 or less for a closed mouth. */
  mouthOpening(): number {
    const { landmarks } = this.subject.wearer.rig.model;
    const gap = (upper: number, lower: number): number => this.y[landmarks[lower]!]! - this.y[landmarks[upper]!]!;
    return (gap(61, 67) + gap(62, 66) + gap(63, 65)) / 3 - CLOSED * this.between;
  }

  /** Positions of eyes and mouth, without posing the other vertices. */
  points(state: FaceState): AlignmentPoints {
    const { rig, toPixels } = this.subject.wearer;
    const weights = shapeWeights(state.activation);
    const turn = rotationOf(state);
    const positions = rig.points.map((vertex, i) => {
      const d = [0, 0, 0];
      for (const [name, weight] of weights) {
        const deltas = rig.pointDeltas.get(name)!;
        for (let c = 0; c < 3; c++) d[c]! += weight * deltas[3 * i + c]!;
      }
      const p = toPixels.map((row, axis) => this.subject.neutral[3 * vertex + axis]! + row[0] * d[0]! + row[1] * d[1]! + row[2] * d[2]!);
      return this.#project(turn, state, p[0]!, p[1]!, p[2]!);
    });
    const mean = (first: number, end: number): Point => {
      const some = positions.slice(first, end);
      return { x: some.reduce((sum, [x]) => sum + x / some.length, 0), y: some.reduce((sum, [, y]) => sum + y / some.length, 0) };
    };
    return { rightEye: mean(0, 6), leftEye: mean(6, 12), mouth: mean(12, 24) };
  }

  #project(turn: Rotation, state: FaceState, x: number, y: number, z: number): [number, number, number] {
    const [px, py, pz] = this.#pivot;
    const [tx, ty, tz] = apply(turn, x - px, y - py, z - pz);
    const nearer = this.#cameraDistance / (this.#cameraDistance - tz + HEAD_DEPTH * this.between);
    return [px + tx * nearer + state.shiftX * this.between, py + ty * nearer + state.shiftY * this.between, tz];
  }

  /** Does the same as #project for a range of vertices, without allocating memory. */
  #place(first: number, last: number, from: Float32Array, turn: Rotation, state: FaceState): void {
    const [px, py, pz] = this.#pivot;
    const [a, b, c] = turn;
    const { x, y, z, between } = this;
    const distance = this.#cameraDistance;
    const far = distance + HEAD_DEPTH * between;
    const [left, top] = [px + state.shiftX * between, py + state.shiftY * between];
    for (let v = first; v <= last; v++) {
      const dx = from[3 * v]! - px;
      const dy = from[3 * v + 1]! - py;
      const dz = from[3 * v + 2]! - pz;
      const tz = c[0] * dx + c[1] * dy + c[2] * dz;
      const nearer = distance / (far - tz);
      x[v] = left + (a[0] * dx + a[1] * dy + a[2] * dz) * nearer;
      y[v] = top + (b[0] * dx + b[1] * dy + b[2] * dz) * nearer;
      z[v] = tz;
    }
  }

  /** Area-weighted normals of the skin. */
  #normals(still: Float32Array): void {
    const normal = this.#normal.fill(0);
    const { skin } = this.subject.wearer.rig;
    for (let t = 0; t < skin.length; t += 3) {
      const a = 3 * skin[t]!;
      const b = 3 * skin[t + 1]!;
      const c = 3 * skin[t + 2]!;
      const ax = still[b]! - still[a]!;
      const ay = still[b + 1]! - still[a + 1]!;
      const az = still[b + 2]! - still[a + 2]!;
      const bx = still[c]! - still[a]!;
      const by = still[c + 1]! - still[a + 1]!;
      const bz = still[c + 2]! - still[a + 2]!;
      // y points downwards, so the cross product points inwards; its sign is inverted here.
      const nx = az * by - ay * bz;
      const ny = ax * bz - az * bx;
      const nz = ay * bx - ax * by;
      for (let corner = t; corner < t + 3; corner++) {
        const to = 3 * skin[corner]!;
        normal[to]! += nx;
        normal[to + 1]! += ny;
        normal[to + 2]! += nz;
      }
    }
    for (let i = 0; i < normal.length; i += 3) {
      const length = Math.sqrt(normal[i]! ** 2 + normal[i + 1]! ** 2 + normal[i + 2]! ** 2) + 1e-9;
      normal[i]! /= length;
      normal[i + 1]! /= length;
      normal[i + 2]! /= length;
    }
  }

  /** Shade of the skin: the ratio of the scene's light to the studio's light, darkened by wrinkles. */
  #shadeSkin(turn: Rotation, activation: Activation): void {
    const { rig } = this.subject.wearer;
    const normal = this.#normal;
    const { ambient, key, direction } = this.#light;
    const [lx, ly, lz] = [0, 1, 2].map((axis) => turn.reduce((sum, row, n) => sum + row[axis]! * direction[n]!, 0)) as [number, number, number];
    for (let v = 0; v <= rig.lastSkin; v++) {
      // The light is rotated into the head's axes, which is cheaper than rotating every normal.
      const facing = lx * normal[3 * v]! + ly * normal[3 * v + 1]! + lz * normal[3 * v + 2]!;
      this.shade[v] = ratio(ambient + key * wrapped(facing), this.#studioShade[v]!);
    }
    const { wrinkles, lines } = this.subject.variation;
    for (const { wrinkle, side, vertices, darkening } of rig.wrinkles) {
      const pressed = wrinkleStrength(wrinkle, (unit) => activation[activationIndex(unit, side)]!) * wrinkles[wrinkle]!;
      const strength = Math.max(pressed, lines[wrinkle] ?? 0);
      if (strength < 0.02) continue;
      for (let i = 0; i < vertices.length; i++) this.shade[vertices[i]!]! *= Math.max(0.2, 1 - strength * darkening[i]!);
    }
  }

  #turnEyes(turn: Rotation, state: FaceState): void {
    const { rig, toPixels } = this.subject.wearer;
    const [sx, cx, sy, cy] = [Math.sin(state.gazeX), Math.cos(state.gazeX), Math.sin(state.gazeY), Math.cos(state.gazeY)];
    const still = this.#still;
    const source = rig.model.neutral;
    const [rx, ry, rz] = toPixels as [Row, Row, Row];
    rig.eyes.forEach(({ first, last, centre }, eye) => {
      const [mx, my, mz] = this.#eyeCentres[eye]!;
      for (let v = first; v <= last; v++) {
        const [x, y, z] = [source[3 * v]! - centre[0], source[3 * v + 1]! - centre[1], source[3 * v + 2]! - centre[2]];
        const [x1, z1] = [x * cx + z * sx, z * cx - x * sx];
        const [y2, z2] = [y * cy - z1 * sy, z1 * cy + y * sy];
        still[3 * v] = mx + rx[0] * x1 + rx[1] * y2 + rx[2] * z2;
        still[3 * v + 1] = my + ry[0] * x1 + ry[1] * y2 + ry[2] * z2;
        still[3 * v + 2] = mz + rz[0] * x1 + rz[1] * y2 + rz[2] * z2;
      }
      this.#place(first, last, still, turn, state);
    });
  }

  /** Centres of the eyes after the identity's displacement. Also sets the texture coordinates of the eyes: positions on the eyeball in radii of the iris. */
  #prepareEyes(): Row[] {
    const { rig, toPixels } = this.subject.wearer;
    const { neutral } = this.subject;
    const source = rig.model.neutral;
    return rig.eyes.map(({ first, last, centre, radius }) => {
      const mean = [0, 0, 0];
      const count = last - first + 1;
      for (let v = first; v <= last; v++) {
        const [x, y, z] = [0, 1, 2].map((c) => source[3 * v + c]! - centre[c]!) as [number, number, number];
        this.u[v] = z > 0 ? x / IRIS_RADIUS : 9;
        this.v[v] = z > 0 ? y / IRIS_RADIUS : 9;
        this.shade[v] = 0.4 + 0.6 * (z / radius);
        for (let axis = 0; axis < 3; axis++) {
          const row = toPixels[axis]!;
          mean[axis]! += (neutral[3 * v + axis]! - row[0] * x - row[1] * y - row[2] * z) / count;
        }
      }
      return mean as [number, number, number];
    });
  }

  #normalsOfSheet(): Float32Array {
    const { sheet } = this.subject.wearer;
    const normals = new Float32Array(3 * sheet.x.length);
    for (let i = 0; i < sheet.x.length; i++) {
      let [x, y, z] = [0, 0, 0.4];
      for (let n = 0; n < ANCHORS_USED; n++) {
        const at = 3 * sheet.anchors[i * ANCHORS_USED + n]!;
        const weight = sheet.weights[i * ANCHORS_USED + n]!;
        [x, y, z] = [x + weight * this.#normal[at]!, y + weight * this.#normal[at + 1]!, z + weight * this.#normal[at + 2]!];
      }
      const length = Math.hypot(x, y, z);
      normals.set([x / length, y / length, z / length], 3 * i);
    }
    return normals;
  }

  /** Interpolates every point of the sheet between the pose of the head and that of the body. Allocates no memory, because it runs for thousands of points per frame. */
  #placeSheet(still: Float32Array, turn: Rotation, state: FaceState): void {
    const { wearer } = this.subject;
    const { sheet } = wearer;
    const [h0, h1, h2] = turn;
    const [b0, b1, b2] = rotationOf({ yaw: 0.25 * state.yaw, pitch: 0.1 * state.pitch, roll: 0.25 * state.roll });
    const [px, py, pz] = this.#pivot;
    const distance = this.#cameraDistance;
    const [left, top] = [state.shiftX * this.between, state.shiftY * this.between];
    const { ambient, key, direction } = this.#light;
    for (let i = 0; i < sheet.x.length; i++) {
      let x = sheet.x[i]!;
      let y = sheet.y[i]!;
      let z = sheet.z[i]!;
      for (let n = i * ANCHORS_USED; n < (i + 1) * ANCHORS_USED; n++) {
        const weight = sheet.weights[n]!;
        if (weight < 1e-3) continue;
        const at = 3 * sheet.anchors[n]!;
        x += weight * (still[at]! - wearer.neutral[at]!);
        y += weight * (still[at + 1]! - wearer.neutral[at + 1]!);
        z += weight * (still[at + 2]! - wearer.neutral[at + 2]!);
      }
      x -= px;
      y -= py;
      z -= pz;
      const headZ = h2[0] * x + h2[1] * y + h2[2] * z;
      const bodyZ = b2[0] * x + b2[1] * y + b2[2] * z;
      const headNearer = distance / (distance - headZ + HEAD_DEPTH * this.between);
      const bodyNearer = distance / (distance - bodyZ + HEAD_DEPTH * this.between);
      const headX = px + (h0[0] * x + h0[1] * y + h0[2] * z) * headNearer + left;
      const bodyX = px + (b0[0] * x + b0[1] * y + b0[2] * z) * bodyNearer + left;
      const headY = py + (h1[0] * x + h1[1] * y + h1[2] * z) * headNearer + top;
      const bodyY = py + (b1[0] * x + b1[1] * y + b1[2] * z) * bodyNearer + top;
      const share = sheet.head[i]!;
      this.sheet.x[i] = bodyX + share * (headX - bodyX);
      this.sheet.y[i] = bodyY + share * (headY - bodyY);
      this.sheet.z[i] = bodyZ + share * (headZ - bodyZ);
      const nx = this.#sheetNormals[3 * i]!;
      const ny = this.#sheetNormals[3 * i + 1]!;
      const nz = this.#sheetNormals[3 * i + 2]!;
      const [rx, ry, rz] = [h0[0] * nx + h0[1] * ny + h0[2] * nz, h1[0] * nx + h1[1] * ny + h1[2] * nz, h2[0] * nx + h2[1] * ny + h2[2] * nz];
      this.sheet.shade[i] = ratio(ambient + key * wrapped(rx * direction[0] + ry * direction[1] + rz * direction[2]), this.#studioSheetShade[i]!);
    }
  }
}

function lit({ ambient, key, direction }: Light, nx: number, ny: number, nz: number): number {
  return ambient + key * wrapped(nx * direction[0] + ny * direction[1] + nz * direction[2]);
}

/** Diffuse light that extends slightly beyond a right angle, as from a light source of some size. */
function wrapped(facing: number): number {
  return Math.max(0, 0.15 + 0.85 * facing);
}

function ratio(now: number, then: number): number {
  return Math.min(LIGHTEST, Math.max(DARKEST, now / then));
}

function apply(turn: Rotation, x: number, y: number, z: number): [number, number, number] {
  const [a, b, c] = turn;
  return [a[0] * x + a[1] * y + a[2] * z, b[0] * x + b[1] * y + b[2] * z, c[0] * x + c[1] * y + c[2] * z];
}

/** Rotation matrix for yaw, then pitch, then roll, in picture axes. */
function rotationOf({ yaw, pitch, roll }: Pick<FaceState, 'yaw' | 'pitch' | 'roll'>): Rotation {
  const [sy, cy, sp, cp, sr, cr] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch), Math.sin(roll), Math.cos(roll)];
  // First about y: x' = cy x + sy z, z' = cy z - sy x. Then about x, then about z.
  const a: Row = [cy, 0, sy];
  const b: Row = [-sp * -sy, cp, sp * cy];
  const c: Row = [-cp * sy, -sp, cp * cy];
  return [
    [cr * a[0] - sr * b[0], cr * a[1] - sr * b[1], cr * a[2] - sr * b[2]],
    [sr * a[0] + cr * b[0], sr * a[1] + cr * b[1], sr * a[2] + cr * b[2]],
    [c[0], c[1], c[2]],
  ];
}

/** Strength of every action unit in an activation, as the mean of both sides, for records of the truth. */
export function unitsOf(activation: Activation): Record<string, number> {
  return Object.fromEntries(ACTION_UNITS.map((unit) => [`AU${unit}`, (activation[activationIndex(unit, 0)]! + activation[activationIndex(unit, 1)]!) / 2]));
}
