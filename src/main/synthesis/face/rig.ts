import type { Eye, Rig } from './rig-data.ts';
import type { FaceModel } from './face-shapes.ts';
import { wrinkleFields } from './wrinkles.ts';
import type { Shape } from './sparse-shape.ts';
import { simplified, thinned } from './thinning.ts';

/** Limits of the skin in centimetres. The cover is 0 behind `back` and below `neck`, and full in front of `front` and above `chin`. */
const SKIN = { back: 3.2, front: 4.8, neck: -8.6, chin: -7.2 } as const;
/** z of the normal up to which skin does not cover and from which it covers fully. */
const SLANT = { none: 0.08, whole: 0.34 } as const;
/** Smallest distance between two anchors, in centimetres. */
const ANCHOR_SPACING = 0.9;
/** Largest error of simplified meshes in centimetres. The model has twice as many triangles in mouth and eyes as in the skin. */
const SIMPLER_BY = { eyes: 0.03, mouth: 0.08 } as const;

export async function makeRig(model: FaceModel): Promise<Rig> {
  const lastSkin = model.groups.get('face')![1];
  const normals = slantOf(model, lastSkin);
  const cover = Float32Array.from({ length: lastSkin + 1 }, (_, v) => {
    const [y, z] = [model.neutral[3 * v + 1]!, model.neutral[3 * v + 2]!];
    return step(normals[v]!, SLANT.none, SLANT.whole) * step(z, SKIN.back, SKIN.front) * step(y, SKIN.neck, SKIN.chin);
  });
  const skin = trianglesWhere(model, (a, b, c) => Math.max(a, b, c) <= lastSkin && Math.max(cover[a]!, cover[b]!, cover[c]!) > 0);
  const inGroup = (name: string): Uint16Array => {
    const [first, last] = model.groups.get(name)!;
    return trianglesWhere(model, (a) => a >= first && a <= last);
  };
  // Landmarks 36 to 41 are the right eye, to 47 the left eye, to 59 the lips.
  const points = model.landmarks.slice(36, 60);
  const inMouth = (triangles: Uint16Array): Promise<Uint16Array> => simplified(model, triangles, SIMPLER_BY.mouth);
  const eyes = ['eyeballRight', 'eyeballLeft'].map((name) => eyeOf(model, name));
  return thinned({
    model,
    skin,
    cover,
    cavity: await inMouth(inGroup('mouthSocket')),
    gums: await inMouth(facingFront(model, inGroup('gumsAndTongue'))),
    teeth: await inMouth(facingFront(model, inGroup('teeth'))),
    eyes: await Promise.all(eyes.map(async (eye) => ({ ...eye, triangles: await simplified(model, eye.triangles, SIMPLER_BY.eyes) }))),
    anchors: anchorsOf(model, cover),
    wrinkles: wrinkleFields(model),
    lastSkin,
    mouthRange: [model.groups.get('mouthSocket')![0], model.groups.get('teeth')![1]],
    points,
    pointDeltas: new Map([...model.expressions].map(([name, shape]) => [name, deltasAt(shape, points)])),
  });
}

function step(value: number, none: number, whole: number): number {
  const t = Math.min(1, Math.max(0, (value - none) / (whole - none)));
  return t * t * (3 - 2 * t);
}

function trianglesWhere({ triangles }: FaceModel, keep: (a: number, b: number, c: number) => boolean): Uint16Array {
  const kept: number[] = [];
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
    if (keep(a, b, c)) kept.push(a, b, c);
  }
  return Uint16Array.from(kept);
}

/** z of the normal of each vertex on the mean face. */
function slantOf({ neutral, triangles }: FaceModel, last: number): Float32Array {
  const normals = new Float32Array(3 * (last + 1));
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
    if (Math.max(...corners) > last) continue;
    const [a, b, c] = corners.map((v) => [neutral[3 * v]!, neutral[3 * v + 1]!, neutral[3 * v + 2]!]) as [number[], number[], number[]];
    const [ax, ay, az, bx, by, bz] = [b[0]! - a[0]!, b[1]! - a[1]!, b[2]! - a[2]!, c[0]! - a[0]!, c[1]! - a[1]!, c[2]! - a[2]!];
    for (const v of corners) {
      normals[3 * v]! += ay * bz - az * by;
      normals[3 * v + 1]! += az * bx - ax * bz;
      normals[3 * v + 2]! += ax * by - ay * bx;
    }
  }
  return Float32Array.from(
    { length: last + 1 },
    (_, v) => normals[3 * v + 2]! / (Math.hypot(normals[3 * v]!, normals[3 * v + 1]!, normals[3 * v + 2]!) + 1e-9),
  );
}

/** Triangles that point forwards on the mean face. This removes, for example, the backs of the teeth. */
function facingFront({ neutral }: FaceModel, triangles: Uint16Array): Uint16Array {
  const kept: number[] = [];
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t]!, 3 * triangles[t + 1]!, 3 * triangles[t + 2]!];
    const [ax, ay, bx, by] = [neutral[b]! - neutral[a]!, neutral[b + 1]! - neutral[a + 1]!, neutral[c]! - neutral[a]!, neutral[c + 1]! - neutral[a + 1]!];
    if (ax * by - ay * bx > 0) kept.push(triangles[t]!, triangles[t + 1]!, triangles[t + 2]!);
  }
  return Uint16Array.from(kept);
}

function eyeOf(model: FaceModel, group: string): Eye {
  const [first, last] = model.groups.get(group)!;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let v = first; v <= last; v++) {
    for (let c = 0; c < 3; c++) {
      low[c] = Math.min(low[c]!, model.neutral[3 * v + c]!);
      high[c] = Math.max(high[c]!, model.neutral[3 * v + c]!);
    }
  }
  const radius = (high[0]! - low[0]!) / 2;
  const centre: [number, number, number] = [(low[0]! + high[0]!) / 2, (low[1]! + high[1]!) / 2, low[2]! + radius];
  const front = (v: number): boolean => model.neutral[3 * v + 2]! > centre[2] + 0.1 * radius;
  return { first, last, centre, radius, triangles: trianglesWhere(model, (a, b, c) => a >= first && a <= last && front(a) && front(b) && front(c)) };
}

/** Covered vertices with a distance of at least ANCHOR_SPACING. */
function anchorsOf({ neutral }: FaceModel, cover: Float32Array): number[] {
  const anchors: number[] = [];
  for (let v = 0; v < cover.length; v++) {
    if (cover[v]! < 0.3) continue;
    if (anchors.every((a) => distance(neutral, a, v) > ANCHOR_SPACING)) anchors.push(v);
  }
  return anchors;
}

function deltasAt({ vertices, deltas }: Shape, points: readonly number[]): Float32Array {
  const indexOf = new Map(Array.from(vertices, (vertex, i) => [vertex, i]));
  return Float32Array.from(points.flatMap((point) => [0, 1, 2].map((c) => (indexOf.has(point) ? deltas[3 * indexOf.get(point)! + c]! : 0))));
}

function distance(positions: Float32Array, a: number, b: number): number {
  return Math.hypot(positions[3 * a]! - positions[3 * b]!, positions[3 * a + 1]! - positions[3 * b + 1]!, positions[3 * a + 2]! - positions[3 * b + 2]!);
}
