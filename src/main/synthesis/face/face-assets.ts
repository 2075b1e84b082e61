/**
 * Reads the ICT-FaceKit light model in its published form: a folder FaceXModel with OBJ files, one for the neutral face, one
 * for each identity component (one standard deviation from neutral) and one for each expression shape.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceModel } from './face-shapes.ts';
import { sparse } from './sparse-shape.ts';

const FOLDER = 'FaceXModel';
const NEUTRAL = 'generic_neutral_mesh';
const IDENTITY = /^identity\d+$/;

/** The parts of the published topology (README of ICT-FaceKit), each with its last vertex. */
const PARTS = [
  ...([
    ['face', 9408],
    ['headAndNeck', 11247],
    ['mouthSocket', 13293],
    ['eyeSocketLeft', 13677],
    ['eyeSocketRight', 14061],
  ] as const),
  ...([
    ['gumsAndTongue', 17038],
    ['teeth', 21450],
    ['eyeballLeft', 23020],
    ['eyeballRight', 24590],
  ] as const),
  ...([
    ['lacrimalLeft', 24794],
    ['lacrimalRight', 24998],
    ['eyeBlendLeft', 25022],
    ['eyeBlendRight', 25046],
  ] as const),
  ...([
    ['eyeOcclusionLeft', 25198],
    ['eyeOcclusionRight', 25350],
    ['eyelashesLeft', 26034],
    ['eyelashesRight', 26718],
  ] as const),
];
const VERTICES = PARTS.at(-1)![1] + 1;
/** Vertices of the 68 Multi-PIE landmarks (README of ICT-FaceKit). */
const LANDMARKS: readonly number[] = [
  ...[1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272, 4088, 3443],
  ...[268, 493, 1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509],
  ...[978, 4527, 4942, 4857, 1140, 2075, 1147, 4269, 3360],
  ...[1507, 1542, 1537, 1528, 1518, 1511, 3742, 3751, 3756, 3721, 3725, 3732],
  ...[5708, 5695, 2081, 0, 4275, 6200, 6213, 6346, 6461, 5518, 5957, 5841],
  ...[5702, 5711, 5533, 6216, 6207, 6470, 5517, 5966],
];

/**
 * Reads the face model.
 * @param clone folder with a clone of the ICT-FaceKit repository, or its folder FaceXModel
 * @throws Error with the file and the problem
 */
export async function readFaceKit(clone: string): Promise<FaceModel> {
  const folder = existsSync(join(clone, FOLDER)) ? join(clone, FOLDER) : clone;
  const text = await readFile(join(folder, `${NEUTRAL}.obj`), 'latin1');
  const neutral = verticesOf(text, NEUTRAL);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.obj')).map((name) => name.slice(0, -'.obj'.length));
  const identities: Float32Array[] = [];
  const expressions = new Map<string, ReturnType<typeof sparse>>();
  for (const name of names.sort()) {
    if (name === NEUTRAL) continue;
    const delta = verticesOf(await readFile(join(folder, `${name}.obj`), 'latin1'), name);
    for (let i = 0; i < delta.length; i++) delta[i]! -= neutral[i]!;
    if (IDENTITY.test(name)) identities.push(delta);
    else expressions.set(name, sparse(delta, 1));
  }
  if (identities.length === 0 || expressions.size === 0) throw new Error(`${folder} has no identity or no expression shapes`);
  return {
    vertexCount: VERTICES,
    neutral,
    triangles: trianglesOf(text),
    groups: new Map(PARTS.map(([name, last], i) => [name, [i === 0 ? 0 : PARTS[i - 1]![1] + 1, last] as const])),
    landmarks: LANDMARKS,
    expressions,
    identities,
  };
}

/** Vertices of an OBJ file, [3 vertices]. They come first; the function does not read the rest, two thirds of the file. */
function verticesOf(text: string, name: string): Float32Array {
  const vertices = new Float32Array(3 * VERTICES);
  let count = 0;
  for (let at = text.search(/^v /m); at >= 0 && text.startsWith('v ', at);) {
    const end = text.indexOf('\n', at);
    const [x, y, z] = text
      .slice(at + 2, end < 0 ? undefined : end)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (count < VERTICES) vertices.set([x!, y!, z!], 3 * count);
    count++;
    at = end < 0 ? -1 : end + 1;
  }
  if (count !== VERTICES) throw new Error(`${name}.obj has ${count} vertices instead of the ${VERTICES} of the light model`);
  if (vertices.some((value) => !Number.isFinite(value))) throw new Error(`${name}.obj has a vertex without three numbers`);
  return vertices;
}

/** Vertex indices of the faces of an OBJ file, [3 triangles]. A polygon becomes a triangle fan around its first corner. */
function trianglesOf(text: string): Uint16Array {
  const triangles: number[] = [];
  for (const [, corners] of text.matchAll(/^f (.+)$/gm)) {
    const [first, ...others] = corners!
      .trim()
      .split(/\s+/)
      .map((corner) => Number.parseInt(corner, 10) - 1);
    for (let i = 1; i < others.length; i++) triangles.push(first!, others[i - 1]!, others[i]!);
  }
  return Uint16Array.from(triangles);
}
