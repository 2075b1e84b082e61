import type { Shape } from './sparse-shape.ts';

/**
 * The ICT face model. Axes in centimetres: x to the subject's left, y up, z towards the viewer. A face is the neutral face
 * plus weighted identity components plus weighted expression shapes (names as in ARKit, separate for left and right).
 */
export interface FaceModel {
  readonly vertexCount: number;
  /** [3 vertices] */
  readonly neutral: Float32Array;
  /** [3 triangles] vertex indices. */
  readonly triangles: Uint16Array;
  /** First and last vertex of each named group. */
  readonly groups: ReadonlyMap<string, readonly [number, number]>;
  /** Vertices of the 68 landmarks (iBUG order). */
  readonly landmarks: readonly number[];
  readonly expressions: ReadonlyMap<string, Shape>;
  /** Each component's displacement of every vertex for a weight of 1, [3 vertices]. Weights are about N(0, 1). */
  readonly identities: readonly Float32Array[];
}

/** The part of the model that posing needs: shapes without triangles and groups. */
export type FaceShapes = Omit<FaceModel, 'triangles' | 'groups'>;
