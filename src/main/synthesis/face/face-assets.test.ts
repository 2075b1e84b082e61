import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomStream } from '../../../shared/basics/random.ts';
import { readFaceModel } from './face-model.ts';

/** A model with the number of vertices and the files of the published light model, and random values. */
const VERTICES = 26719;
const random = randomStream(3, 'clone');
const neutral = Float32Array.from({ length: 3 * VERTICES }, () => 20 * random() - 10);
let clone: string;

async function write(name: string, moved: (i: number) => number): Promise<void> {
  const lines = ['mtllib ICTFaceModelMaterial.mtl'];
  for (let v = 0; v < VERTICES; v++) lines.push(`v ${[0, 1, 2].map((axis) => (neutral[3 * v + axis]! + moved(3 * v + axis)).toFixed(6)).join(' ')}`);
  const faces = ['vt 0.5 0.5', 'g face', 'usemtl M_Face', 'f 874/1 12/1 871/1 873/1', 'f 5 6 26719'];
  await writeFile(join(clone, 'FaceXModel', `${name}.obj`), [...lines, ...faces, ''].join('\r\n'));
}

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'adatosk-ict-'));
  await mkdir(join(clone, 'FaceXModel'));
  await write('generic_neutral_mesh', () => 0);
  for (const k of [0, 1]) await write(`identity00${k}`, (i) => (k + 1) * 0.001 * (i % 7));
  await write('jawOpen', (i) => (i >= 300 && i < 303 ? 0.5 : 0));
  await write('browDown_L', (i) => (i === 4 ? -0.25 : 0));
});
afterAll(() => rm(clone, { recursive: true, force: true }));

test('a clone of ICT-FaceKit is read: neutral face, identities, shapes, quads as two triangles', async () => {
  const read = await readFaceModel(clone);
  expect([...read.triangles]).toEqual([873, 11, 870, 873, 870, 872, 4, 5, 26718]);
  expect(read.groups.get('face')).toEqual([0, 9408]);
  expect(read.groups.get('teeth')).toEqual([17039, 21450]);
  expect(read.groups.get('eyelashesRight')).toEqual([26035, 26718]);
  expect(read.landmarks).toHaveLength(68);
  expect(Math.max(...read.neutral.map((value, i) => Math.abs(value - neutral[i]!)))).toBeLessThan(2e-6);
  expect(read.identities).toHaveLength(2);
  read.identities.forEach((each, k) => expect(Math.max(...each.map((value, i) => Math.abs(value - (k + 1) * 0.001 * (i % 7))))).toBeLessThan(4e-6));
  expect([...read.expressions.keys()]).toEqual(['browDown_L', 'jawOpen']);
  expect([...read.expressions.get('jawOpen')!.vertices]).toEqual([100]);
  read.expressions.get('jawOpen')!.deltas.forEach((delta) => expect(delta).toBeCloseTo(0.5, 5));
  const { vertices, deltas } = read.expressions.get('browDown_L')!;
  expect([...vertices]).toEqual([1]);
  expect(deltas[1]).toBeCloseTo(-0.25, 5);
  expect((await readFaceModel(join(clone, 'FaceXModel'))).vertexCount).toBe(VERTICES);
});

test('another topology and a folder without a model are rejected, with the name of the file', async () => {
  await writeFile(join(clone, 'FaceXModel', 'jawOpen.obj'), 'v 0 0 0\nv 1 1 1\n');
  await expect(readFaceModel(clone)).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringContaining('jawOpen.obj has 2 vertices') as string,
  });
  await expect(readFaceModel(tmpdir())).rejects.toMatchObject({ remedy: expect.stringContaining('ICT-FaceKit') as string });
});
