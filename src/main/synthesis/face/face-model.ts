import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sentenceOf, StudioError } from '../../../shared/app/errors.ts';
import { readFaceKit } from './face-assets.ts';
import type { FaceModel } from './face-shapes.ts';
import { sparse } from './sparse-shape.ts';

const arraySchema = z.object({ dtype: z.string(), shape: z.array(z.number().int()), byteOffset: z.number().int(), names: z.array(z.string()).optional() });
const indexSchema = z.object({
  landmarks68: z.array(z.number().int()).length(68),
  vertexGroups: z.array(z.tuple([z.string(), z.number().int(), z.number().int()])),
  arrays: z.record(z.string(), arraySchema),
});

/**
 * Reads the face model from a folder: a clone of the ICT-FaceKit repository (or its folder FaceXModel), or its packed form,
 * ict-face-model.json (an index) and ict-face-model.bin.
 * @throws StudioError 'file-unreadable' that names the folder
 */
export async function readFaceModel(folder: string): Promise<FaceModel> {
  const indexPath = join(folder, 'ict-face-model.json');
  try {
    if (!existsSync(indexPath)) return await readFaceKit(folder);
    const index = indexSchema.parse(JSON.parse(await readFile(indexPath, 'utf8')));
    const bytes = await readFile(join(folder, 'ict-face-model.bin'));
    const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    return modelFrom(index, whole);
  } catch (error) {
    throw new StudioError('file-unreadable/face-model', { folder, detail: sentenceOf(error) }, error);
  }
}

function modelFrom({ landmarks68, vertexGroups, arrays }: z.infer<typeof indexSchema>, bytes: ArrayBuffer): FaceModel {
  const at = (name: string): z.infer<typeof arraySchema> => {
    const found = arrays[name];
    if (found === undefined) throw new Error(`${name} is missing`);
    return found;
  };
  const count = (name: string): number => at(name).shape.reduce((a, b) => a * b, 1);
  const floats = (name: string): Float32Array => new Float32Array(bytes.slice(at(name).byteOffset, at(name).byteOffset + 4 * count(name)));
  const shorts = (name: string): Int16Array => new Int16Array(bytes.slice(at(name).byteOffset, at(name).byteOffset + 2 * count(name)));
  const neutral = floats('neutral');
  const values = neutral.length;
  const [expressions, expressionScales] = [shorts('expressions'), floats('expressionsScale')];
  const [identities, identityScales] = [shorts('identities'), floats('identitiesScale')];
  return {
    vertexCount: values / 3,
    neutral,
    triangles: new Uint16Array(bytes.slice(at('triangles').byteOffset, at('triangles').byteOffset + 2 * count('triangles'))),
    groups: new Map(vertexGroups.map(([name, first, last]) => [name, [first, last] as const])),
    landmarks: landmarks68,
    expressions: new Map(at('expressions').names!.map((name, k) => [name, sparse(expressions.subarray(k * values, (k + 1) * values), expressionScales[k]!)])),
    identities: Array.from(identityScales, (scale, k) => new Float32Array(identities.subarray(k * values, (k + 1) * values)).map((value) => value * scale)),
  };
}
