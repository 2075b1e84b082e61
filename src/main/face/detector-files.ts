import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../shared/app/errors.ts';

/** The face detectors that come with the program, with the SHA-256 of the files that this version was tested with. */
export const DETECTORS = [
  { id: 'blazeface-back', use: 'search', sha256: '427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2' },
  { id: 'blazeface-front', use: 'near', sha256: 'd388b1cf8a5f6f1af2b3f4c14f6d0f138bab970cd618cccd12dddb7484e82e51' },
] as const;

export function detectorFiles(modelsFolder: string): { search: string; near: string } {
  const file = (id: string): string => join(modelsFolder, id, 'model.onnx');
  return { search: file(DETECTORS[0].id), near: file(DETECTORS[1].id) };
}

/** @throws StudioError 'model-missing', or 'model-invalid' where a face detector has another SHA-256 */
export async function checkDetectors(modelsFolder: string): Promise<void> {
  const files = detectorFiles(modelsFolder);
  for (const { use, sha256 } of DETECTORS) {
    const found = await hashOf(files[use]);
    if (found !== sha256) throw new StudioError('model-invalid/detector', { file: files[use], found: found.slice(0, 12), expected: sha256.slice(0, 12) });
  }
}

async function hashOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new StudioError('model-missing/detector', { file }, error);
  });
  return createHash('sha256').update(bytes).digest('hex');
}
