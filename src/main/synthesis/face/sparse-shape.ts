/** A shape as displacements, [3 n] centimetres, of the n vertices that it moves. */
export interface Shape {
  readonly vertices: Uint16Array;
  readonly deltas: Float32Array;
}

/** Smaller displacements, in centimetres, are dropped to save time. */
const SMALLEST_DELTA = 0.004;

/** @param values displacements of all vertices, [3 vertices], in units of `scale` centimetres */
export function sparse(values: ArrayLike<number>, scale: number): Shape {
  const vertices: number[] = [];
  const deltas: number[] = [];
  for (let v = 0; v < values.length / 3; v++) {
    const [x, y, z] = [values[3 * v]! * scale, values[3 * v + 1]! * scale, values[3 * v + 2]! * scale];
    if (Math.hypot(x, y, z) < SMALLEST_DELTA) continue;
    vertices.push(v);
    deltas.push(x, y, z);
  }
  return { vertices: Uint16Array.from(vertices), deltas: Float32Array.from(deltas) };
}
