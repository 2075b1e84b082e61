import { MeshoptSimplifier } from 'meshoptimizer';
import type { FaceModel } from './face-shapes.ts';
import type { Rig } from './rig-data.ts';
import type { Shape } from './sparse-shape.ts';

/** Simplifies a mesh without new vertices: as few triangles as possible within an error of `error` centimetres. */
export async function simplified({ neutral }: FaceModel, triangles: Uint16Array, error: number): Promise<Uint16Array> {
  await MeshoptSimplifier.ready;
  const [fewer] = MeshoptSimplifier.simplify(Uint32Array.from(triangles), neutral, 3, 0, error, ['ErrorAbsolute']);
  return Uint16Array.from(fewer);
}

/** Removes unused vertices from a rig and renumbers the others in their order. Posing takes time for every vertex in every frame. */
export function thinned(rig: Rig): Rig {
  const { model, eyes } = rig;
  const lists = [rig.skin, rig.cavity, rig.gums, rig.teeth, ...eyes.map(({ triangles }) => triangles), model.landmarks, rig.anchors, rig.points];
  const used = [...new Set(lists.flatMap((list) => [...list]))].sort((a, b) => a - b);
  const newIndex = new Map(used.map((vertex, i) => [vertex, i]));
  const moved = (list: Uint16Array): Uint16Array => list.map((vertex) => newIndex.get(vertex)!);
  const numbers = (list: readonly number[]): number[] => list.map((vertex) => newIndex.get(vertex)!);
  const values = (list: Float32Array): Float32Array => new Float32Array(3 * used.length).map((_, i) => list[3 * used[Math.floor(i / 3)]! + (i % 3)]!);
  const before = (vertex: number): number => used.filter((each) => each < vertex).length;
  const range = (first: number, last: number): [number, number] => [before(first), before(last + 1) - 1];
  /** The remaining vertices of a list and their former indices in it. */
  const stay = (vertices: Uint16Array): { vertices: Uint16Array; from: number[] } => {
    const from = [...vertices.keys()].filter((i) => newIndex.has(vertices[i]!));
    return { vertices: Uint16Array.from(from, (i) => newIndex.get(vertices[i]!)!), from };
  };
  const shape = (each: Shape): Shape => {
    const { vertices, from } = stay(each.vertices);
    return { vertices, deltas: Float32Array.from(from.flatMap((i) => [...each.deltas.subarray(3 * i, 3 * i + 3)])) };
  };
  return {
    ...rig,
    model: {
      vertexCount: used.length,
      neutral: values(model.neutral),
      landmarks: numbers(model.landmarks),
      expressions: new Map([...model.expressions].map(([name, each]) => [name, shape(each)])),
      identities: model.identities.map(values),
    },
    skin: moved(rig.skin),
    cover: Float32Array.from(
      used.filter((vertex) => vertex <= rig.lastSkin),
      (vertex) => rig.cover[vertex]!,
    ),
    cavity: moved(rig.cavity),
    gums: moved(rig.gums),
    teeth: moved(rig.teeth),
    eyes: eyes.map((eye) => {
      const [first, last] = range(eye.first, eye.last);
      return { ...eye, first, last, triangles: moved(eye.triangles) };
    }),
    anchors: numbers(rig.anchors),
    wrinkles: rig.wrinkles.map((wrinkle) => {
      const { vertices, from } = stay(wrinkle.vertices);
      return { ...wrinkle, vertices, darkening: Float32Array.from(from, (i) => wrinkle.darkening[i]!) };
    }),
    lastSkin: range(0, rig.lastSkin)[1],
    mouthRange: range(...rig.mouthRange),
    points: numbers(rig.points),
  };
}
