import type { ActionUnit } from './action-units.ts';
import type { FaceModel } from './face-shapes.ts';

/**
 * Wrinkles and furrows that action units cause and that the shapes of the model do not contain. Each is one or more lines
 * on the mean face (centimetres, x from the middle, drawn on both sides): a dark valley with a lighter ridge beside it. The
 * positions follow the FACS manual's descriptions of each unit's appearance changes.
 */
interface Wrinkle {
  /** Action units that cause the wrinkle. Its depth is the product of the strengths of `all`, or the largest of `any`. */
  readonly units: { readonly all: readonly ActionUnit[] } | { readonly any: readonly ActionUnit[] };
  readonly lines: readonly (readonly (readonly [number, number])[])[];
  /** Standard deviation of the valley across the line, in centimetres. */
  readonly width: number;
  /** Share of light that the bottom of the valley loses at full strength on average skin. */
  readonly depth: number;
}

// A table with one row per wrinkle.
// prettier-ignore
const WRINKLES: readonly Wrinkle[] = [
  { units: { any: [4] }, lines: [[[0.62, 6.9], [0.5, 6.1], [0.5, 5.2], [0.72, 4.7]]], width: 0.15, depth: 0.5 },
  { units: { any: [4] }, lines: [[[0, 4.45], [0.75, 4.3]]], width: 0.14, depth: 0.3 },
  { units: { any: [4] }, lines: [[[0.2, 5.7], [0.2, 6.2]]], width: 0.55, depth: 0.12 },
  { units: { any: [4] }, lines: [[[1.0, 5.1], [2.2, 5.05], [3.4, 5.2]]], width: 0.3, depth: 0.22 },
  { units: { all: [1, 2] }, lines: [[[0, 7.5], [1.5, 7.6], [3, 7.8], [4.6, 7.3]], [[0, 8.4], [1.6, 8.5], [3, 8.6], [4.5, 8.2]], [[0, 9.3], [1.6, 9.4], [3.6, 9.3]]], width: 0.16, depth: 0.34 },
  { units: { all: [1, 4] }, lines: [[[0, 7.4], [1.0, 7.6], [1.9, 7.2]], [[0, 8.2], [1.2, 8.3], [2.1, 7.9]], [[0, 8.9], [1.2, 9]]], width: 0.15, depth: 0.42 },
  { units: { any: [1] }, lines: [[[0, 7.7], [1.2, 7.9], [2.2, 7.6]], [[0, 8.5], [1.2, 8.6]]], width: 0.15, depth: 0.2 },
  { units: { any: [6] }, lines: [[[4.75, 3.6], [5.9, 4.3]], [[4.8, 3.35], [6.1, 3.4]], [[4.7, 3.1], [5.8, 2.5]]], width: 0.11, depth: 0.34 },
  { units: { any: [6] }, lines: [[[1.9, 2.35], [2.7, 1.95], [3.8, 1.95], [4.7, 2.4]]], width: 0.17, depth: 0.3 },
  { units: { any: [7] }, lines: [[[2.0, 2.75], [3.0, 2.45], [4.2, 2.75]]], width: 0.12, depth: 0.32 },
  { units: { any: [12] }, lines: [[[1.5, -0.5], [2.3, -1.7], [3.05, -3.0], [3.25, -4.2]]], width: 0.2, depth: 0.42 },
  { units: { any: [12] }, lines: [[[3.0, -3.2], [3.3, -3.8]]], width: 0.2, depth: 0.2 },
  { units: { any: [9, 10] }, lines: [[[1.25, 0.35], [1.75, -0.6], [2.4, -1.8], [2.85, -2.9]]], width: 0.2, depth: 0.5 },
  { units: { any: [9] }, lines: [[[0.25, 3.5], [1.2, 2.5]], [[0.3, 2.9], [1.25, 1.9]], [[0, 4.0], [0.8, 3.8]], [[0.8, 1.6], [1.4, 0.8]]], width: 0.12, depth: 0.46 },
  { units: { any: [15] }, lines: [[[2.65, -3.6], [2.95, -4.6], [2.9, -5.6]]], width: 0.19, depth: 0.4 },
  { units: { any: [17] }, lines: [[[0, -5.0], [0.8, -5.05], [1.5, -5.3]]], width: 0.22, depth: 0.34 },
  { units: { any: [17] }, lines: [[[0.25, -5.9], [0.5, -6.3]], [[0.9, -5.8], [0.8, -6.5]], [[0.1, -6.7], [0.5, -6.9]]], width: 0.16, depth: 0.3 },
  { units: { any: [20] }, lines: [[[3.1, -2.7], [3.35, -3.6], [3.2, -4.5]], [[3.7, -2.6], [3.95, -3.6], [3.8, -4.6]]], width: 0.18, depth: 0.3 },
  { units: { any: [14] }, lines: [[[2.8, -3.1], [3.0, -3.9]]], width: 0.16, depth: 0.45 },
  { units: { any: [23, 24] }, lines: [[[0, -3.38], [1.2, -3.38], [2.2, -3.5]]], width: 0.1, depth: 0.35 },
  { units: { any: [23, 24] }, lines: [[[0, -4.75], [1.0, -4.7], [1.7, -4.4]], [[0.5, -2.2], [1.5, -2.5], [2.3, -3.1]]], width: 0.16, depth: 0.24 },
  { units: { any: [5] }, lines: [[[2.0, 4.1], [3.0, 4.55], [4.2, 4.2]]], width: 0.12, depth: 0.2 },
];

/** Factor of all depths, chosen by eye in comparison with photographs of posed expressions. */
const DEPTH = 0.75;
/** Height of the ridges as a share of the valley's depth, and their distance from the line in widths. */
const RIDGE = { share: 0.4, offset: 2.1 } as const;
/** Smallest z of skin with wrinkles, in centimetres. The lines are defined in the frontal plane and do not fit skin farther back. */
const FRONT_Z = 5;

/** One wrinkle on one side of the face: the share of light that each vertex loses at full strength. */
export interface WrinkleField {
  readonly wrinkle: number;
  readonly side: 0 | 1;
  readonly vertices: Uint16Array;
  readonly darkening: Float32Array;
}

export const WRINKLE_COUNT = WRINKLES.length;

/** The wrinkles as fields over the vertices of the face. They are the same for every identity, because vertices correspond. */
export function wrinkleFields(model: FaceModel): WrinkleField[] {
  const [first, last] = model.groups.get('face')!;
  return WRINKLES.flatMap((wrinkle, index) =>
    ([0, 1] as const).map((side) => {
      const sign = side === 0 ? -1 : 1;
      const vertices: number[] = [];
      const darkening: number[] = [];
      for (let v = first; v <= last; v++) {
        const [x, y, z] = [model.neutral[3 * v]! * sign, model.neutral[3 * v + 1]!, model.neutral[3 * v + 2]!];
        if (x < -0.6 || z < FRONT_Z) continue;
        // A line that begins in the middle belongs to both sides, so each side fades across the middle.
        const own = Math.min(1, Math.max(0, (x + 0.3) / 0.6));
        const value = own * DEPTH * wrinkle.depth * profile(wrinkle, x, y);
        if (Math.abs(value) < 0.01) continue;
        vertices.push(v);
        darkening.push(value);
      }
      return { wrinkle: index, side, vertices: Uint16Array.from(vertices), darkening: Float32Array.from(darkening) };
    }),
  );
}

function profile({ lines, width }: Wrinkle, x: number, y: number): number {
  let valley = 0;
  let ridge = 0;
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const { distance, along } = toSegment(line[i - 1]!, line[i]!, x, y);
      const outer = i === 1 || i === line.length - 1 ? Math.min(1, 0.35 + 1.3 * Math.min(i === 1 ? along : 1, i === line.length - 1 ? 1 - along : 1)) : 1;
      valley = Math.max(valley, outer * Math.exp(-0.5 * (distance / width) ** 2));
      ridge = Math.max(ridge, outer * Math.exp(-0.5 * (distance / width - RIDGE.offset) ** 2));
    }
  }
  return valley - RIDGE.share * ridge * (1 - valley);
}

function toSegment(a: readonly [number, number], b: readonly [number, number], x: number, y: number): { distance: number; along: number } {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const along = Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)));
  return { distance: Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy), along };
}

/** Strength of a wrinkle on one side, 0 to 1. */
export function wrinkleStrength(wrinkle: number, strengthOf: (unit: ActionUnit) => number): number {
  const { units } = WRINKLES[wrinkle]!;
  if ('any' in units) return Math.max(...units.any.map(strengthOf));
  return units.all.reduce<number>((product, unit) => product * strengthOf(unit), 1);
}
