import { existsSync } from 'node:fs';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { ensureModelFile, listModels } from '../../adatosk/runtime/models.ts';
import { ownModelsFolder } from '../settings/personal-folders.ts';

/** A model and what it is asked for by: its id where it came along, its folder where it was fine-tuned here. */
export interface ListedModel {
  readonly key: string;
  readonly model: Model;
}

/** Models that came along, then those that were fine-tuned on this computer. */
export async function allModels(): Promise<ListedModel[]> {
  const own = existsSync(ownModelsFolder()) ? await listModels(ownModelsFolder()) : [];
  return [...(await listModels()).map((model) => ({ key: model.manifest.id, model })), ...own.map((model) => ({ key: model.folder, model }))];
}

/**
 * One of these models, never another file: what a project names may come from somebody else.
 * @param sha256 of the model's file, where it is known
 * @throws StudioError 'model-missing' where this computer has no model of that id and hash; 'model-invalid'
 */
export async function knownModel(key: string, sha256 = ''): Promise<Model> {
  const models = await allModels();
  const known = models.find((each) => each.key === key)?.model;
  if (known !== undefined && (sha256 === '' || (await ensureModelFile(known)) === sha256)) return known;
  const ids = models.map((each) => each.model.manifest.id);
  if (known === undefined) throw new StudioError('model-missing/not-here', { model: key, known: ids });
  throw new StudioError('model-missing/other-hash', { model: key, sha256: sha256.slice(0, 12), known: ids });
}
