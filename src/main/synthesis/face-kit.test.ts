import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaceModel } from './face-model.ts';
import { readFaceModel } from './face-model.ts';

/** The packed model, written out as the repository's OBJ files: a quad and triangles, a few shapes of each kind. */
let packed: FaceModel;
let clone: string;
const EXPRESSIONS = ['browDown_L', 'jawOpen', 'mouthSmile_R'];

beforeAll(async () => {
  packed = await readFaceModel(resolve('../shared/face-model'));
  clone = await mkdtemp(join(tmpdir(), 'adatosk-ict-'));
  const folder = join(clone, 'FaceXModel');
  await mkdir(folder);
  const [a, b, c] = packed.triangles.subarray(0, 3) as unknown as [number, number, number];
  const d = packed.triangles[5]!;
  // The first two triangles of the packed model are a quad of the repository's.
  const faces = [`f ${[a, b, c, d].map((v) => `${v + 1}/${v + 1}`).join(' ')}`];
  for (let t = 6; t < packed.triangles.length; t += 3) faces.push(`f ${[0, 1, 2].map((k) => packed.triangles[t + k]! + 1).join(' ')}`);
  const write = async (name: string, moved: (i: number) => number): Promise<void> => {
    const lines = ['mtllib ICTFaceModelMaterial.mtl'];
    for (let v = 0; v < packed.vertexCount; v++)
      lines.push(`v ${[0, 1, 2].map((axis) => (packed.neutral[3 * v + axis]! + moved(3 * v + axis)).toFixed(6)).join(' ')}`);
    await writeFile(join(folder, `${name}.obj`), [...lines, 'vt 0.5 0.5', 'usemtl M_Face', ...faces, ''].join('\r\n'));
  };
  await write('generic_neutral_mesh', () => 0);
  for (const k of [0, 1]) await write(`identity00${k}`, (i) => packed.identities[k]![i]!);
  for (const name of EXPRESSIONS) {
    const { vertices, deltas } = packed.expressions.get(name)!;
    const dense = new Float32Array(packed.neutral.length);
    vertices.forEach((vertex, n) => dense.set(deltas.subarray(3 * n, 3 * n + 3), 3 * vertex));
    await write(name, (i) => dense[i]!);
  }
});
afterAll(() => rm(clone, { recursive: true, force: true }));

test('a clone of ICT-FaceKit is the model that was packed from it, whichever of its folders is named', async () => {
  const read = await readFaceModel(clone);
  expect(read.triangles).toEqual(packed.triangles);
  expect(read.groups).toEqual(packed.groups);
  expect(read.landmarks).toEqual(packed.landmarks);
  expect([...read.expressions.keys()]).toEqual(EXPRESSIONS);
  read.neutral.forEach((value, i) => Math.abs(value - packed.neutral[i]!) < 2e-6 || expect(value).toBeCloseTo(packed.neutral[i]!, 5));
  expect(read.identities).toHaveLength(2);
  read.identities.forEach((each, k) =>
    each.forEach((value, i) => Math.abs(value - packed.identities[k]![i]!) < 4e-6 || expect(value).toBeCloseTo(packed.identities[k]![i]!, 5)),
  );
  for (const name of EXPRESSIONS) {
    const [ours, theirs] = [read.expressions.get(name)!, packed.expressions.get(name)!];
    expect(ours.vertices.length / theirs.vertices.length).toBeCloseTo(1, 2);
    expect(Math.max(...ours.deltas)).toBeCloseTo(Math.max(...theirs.deltas), 4);
  }
  expect((await readFaceModel(join(clone, 'FaceXModel'))).vertexCount).toBe(packed.vertexCount);
});

test('refuses another topology and a folder that is no model, by name', async () => {
  await writeFile(join(clone, 'FaceXModel', 'jawOpen.obj'), 'v 0 0 0\nv 1 1 1\n');
  await expect(readFaceModel(clone)).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringContaining('jawOpen.obj has 2 vertices') as string,
  });
  await expect(readFaceModel(tmpdir())).rejects.toMatchObject({ remedy: expect.stringContaining('ICT-FaceKit') as string });
});
