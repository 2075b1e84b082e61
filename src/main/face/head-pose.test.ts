import { describe, expect, test } from 'vitest';
import type { FacePoints } from './face-geometry.ts';
import { headPoseOf } from './head-pose.ts';

const HEAD = {
  rightEye: [-0.5, -0.371, 0.087],
  leftEye: [0.5, -0.371, 0.087],
  nose: [0, 0.172, 0.705],
  mouth: [0, 0.709, 0.475],
  rightEar: [-1.052, -0.069, -0.676],
  leftEar: [1.052, -0.069, -0.676],
} as const;

/** The points of a head that is first nodded, then turned, then leaned, projected with a scale; angles in degrees. */
function projected(yaw: number, pitch: number, roll: number, size = 60): FacePoints {
  const [y, p, r] = [yaw, pitch, roll].map((each) => (each * Math.PI) / 180) as [number, number, number];
  const project = ([x0, y0, z0]: readonly [number, number, number]): { x: number; y: number } => {
    const [y1, z1] = [Math.cos(p) * y0 + Math.sin(p) * z0, Math.cos(p) * z0 - Math.sin(p) * y0];
    const x2 = Math.cos(y) * x0 + Math.sin(y) * z1;
    return { x: 200 + size * (Math.cos(r) * x2 - Math.sin(r) * y1), y: 150 + size * (Math.sin(r) * x2 + Math.cos(r) * y1) };
  };
  return Object.fromEntries(Object.entries(HEAD).map(([name, point]) => [name, project(point)])) as unknown as FacePoints;
}

describe('the pose of a head', () => {
  test.each([
    [0, 0, 0],
    [30, 0, 0],
    [-45, 0, 0],
    [0, 25, 0],
    [0, -35, 0],
    [0, 0, 20],
    [0, 0, 170],
    [25, -15, -30],
    [-50, 20, 100],
  ])('turned by %s, nodded by %s, leaned by %s degrees is found from its points, at any size', (yaw, pitch, roll) => {
    for (const size of [8, 300]) {
      const pose = headPoseOf(projected(yaw, pitch, roll, size))!;
      expect(pose.yaw).toBeCloseTo(yaw, 3);
      expect(pose.pitch).toBeCloseTo(pitch, 3);
      expect(pose.roll).toBeCloseTo(roll, 3);
    }
  });

  test("turned to the person's left has the nose on the right of the picture, and looks down with a positive pitch", () => {
    expect(projected(20, 0, 0).nose.x).toBeGreaterThan(projected(0, 0, 0).nose.x);
    expect(projected(0, 20, 0).nose.y).toBeGreaterThan(projected(0, 0, 0).nose.y);
    expect(projected(0, 0, 20).leftEye.y).toBeGreaterThan(projected(0, 0, 20).rightEye.y);
  });

  test('is unknown where all points coincide', () => {
    const point = { x: 5, y: 5 };
    expect(headPoseOf({ rightEye: point, leftEye: point, nose: point, mouth: point, rightEar: point, leftEar: point })).toBeNull();
  });
});
