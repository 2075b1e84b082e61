import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import type { ModelManifest } from '../../../shared/domain/manifest.ts';
import { manifestSchema } from '../../../shared/domain/manifest.ts';
import { buildInferenceGraph } from '../model/adatosk.ts';
import { writeOnnx } from '../onnx/file.ts';
import { SIZES } from '../model/config.ts';

/** A model folder with model.onnx, manifest.json and MODEL_CARD.md. */
export interface Model {
  readonly folder: string;
  readonly file: string;
  readonly manifest: ModelManifest;
}

/** The folder of the models that come with the program: ADATOSK_MODELS, else `models` at the root of the repository. */
export function modelsFolder(): string {
  return process.env['ADATOSK_MODELS'] ?? fileURLToPath(new URL('../../../../models', import.meta.url));
}

/**
 * All AdaTosk models of a folder, sorted by id. Folders without a manifest (face detectors) are skipped.
 * @throws StudioError 'model-missing' where the folder cannot be read, or 'model-invalid'
 */
export async function listModels(folder = modelsFolder()): Promise<Model[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new StudioError('model-missing/folder', { folder }, error);
  });
  const models = await Promise.all(names.filter((name) => existsSync(join(folder, name, 'manifest.json'))).map((name) => readModel(join(folder, name))));
  return models.sort((a, b) => (a.manifest.id < b.manifest.id ? -1 : 1));
}

/**
 * Finds a model by id, size ('tiny' means 'adatosk-tiny') or folder.
 * @throws StudioError 'model-missing' with the list of existing models, or 'model-invalid'
 */
export async function findModel(idOrFolder: string, folder = modelsFolder()): Promise<Model> {
  for (const candidate of [idOrFolder, join(folder, idOrFolder), join(folder, `adatosk-${idOrFolder}`)]) {
    if (existsSync(join(candidate, 'manifest.json'))) return readModel(candidate);
  }
  const known = (await listModels(folder)).map(({ manifest }) => manifest.id);
  throw new StudioError('model-missing', { model: idOrFolder, known });
}

/** A model id from the name of a file or folder, or `otherwise` where no character of the name is allowed in an id. */
export function modelIdFrom(name: string, otherwise: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return id === '' ? otherwise : id;
}

/** @throws StudioError 'wrong-usage' where a folder holds a model, because models are never overwritten */
export function refuseToOverwriteModel(folder: string): void {
  if (existsSync(join(folder, 'manifest.json')) || existsSync(join(folder, 'model.onnx'))) throw new StudioError('wrong-usage/model-exists', { folder });
}

async function readModel(folder: string): Promise<Model> {
  const path = join(folder, 'manifest.json');
  try {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return { folder, file: join(folder, 'model.onnx'), manifest };
  } catch (error) {
    throw new StudioError('model-invalid/manifest', { file: path, detail: error instanceof Error ? error.message : String(error) }, error);
  }
}

/** The bytes of a model with untrained weights; the same on every machine. */
export function drawUntrainedModel(manifest: Pick<ModelManifest, 'size' | 'seed' | 'id'>): Uint8Array {
  const graph = buildInferenceGraph(SIZES[manifest.size]);
  return writeOnnx(graph, () => undefined, manifest.seed ?? 0, { model: manifest.id, trained: 'false' });
}

/**
 * Checks that model.onnx exists and has the SHA-256 of the manifest. The repository does not contain untrained weights:
 * this function draws them from the manifest's seed at first use.
 * @returns the SHA-256 of the file
 * @throws StudioError 'model-missing', or 'model-invalid' where the SHA-256 differs
 */
export async function ensureModelFile(model: Model): Promise<string> {
  const { manifest, file } = model;
  if (!existsSync(file)) {
    if (manifest.trained || manifest.seed === undefined) throw new StudioError('model-missing/file', { file });
    await writeFileAtomic(file, Buffer.from(drawUntrainedModel(manifest))).catch((error: unknown) => {
      throw writeError(file, error);
    });
  }
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (sha256 !== manifest.sha256) {
    throw new StudioError(manifest.seed === undefined ? 'model-invalid/other-file' : 'model-invalid/other-untrained', {
      file,
      found: sha256.slice(0, 12),
      expected: manifest.sha256.slice(0, 12),
    });
  }
  return sha256;
}
