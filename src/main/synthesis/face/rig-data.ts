import type { FaceShapes } from './face-shapes.ts';
import type { WrinkleField } from './wrinkles.ts';

/** Data of the face model for drawing, computed once for all subjects. */
export interface Rig {
  readonly model: FaceShapes;
  /** Triangles of the skin that is drawn. The sheet with the portrait shows ears, neck and the back of the head. */
  readonly skin: Uint16Array;
  /** Alpha of each vertex of the face over the portrait, 0 to 1; it decreases towards the edge. */
  readonly cover: Float32Array;
  /** Triangles of the inside of the mouth. */
  readonly cavity: Uint16Array;
  readonly gums: Uint16Array;
  readonly teeth: Uint16Array;
  /** Right and left eye. */
  readonly eyes: readonly Eye[];
  /** Vertices that the sheet with the portrait follows. */
  readonly anchors: readonly number[];
  readonly wrinkles: readonly WrinkleField[];
  /** Last vertex of the face; the first is 0. */
  readonly lastSkin: number;
  readonly mouthRange: readonly [number, number];
  /** Vertices of eyes and mouth, with which faces are aligned. */
  readonly points: readonly number[];
  /** Displacement of these vertices by each expression shape, [3 points]. */
  readonly pointDeltas: ReadonlyMap<string, Float32Array>;
}

/** An eyeball: the triangles of its front half, first and last vertex, centre and radius in centimetres. */
export interface Eye {
  readonly triangles: Uint16Array;
  readonly first: number;
  readonly last: number;
  readonly centre: readonly [number, number, number];
  readonly radius: number;
}
