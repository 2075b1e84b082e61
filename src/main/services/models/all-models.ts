import { existsSync } from 'node:fs';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { ensureModelFile, listModels } from '../../adatosk/runtime/models.ts';
import { ownModelsFolder } from '../settings/personal-folders.ts';

/** A model and its key: the id of an included model, or the folder of a fine-tuned one. */
export interface ListedModel {
  readonly key: string;
  readonly model: Model;
}

/** The included models, then the models that were fine-tuned on this computer. */
export async function allModels(): Promise<ListedModel[]> {
  const own = existsSync(ownModelsFolder()) ? await listModels(ownModelsFolder()) : [];
  return [...(await listModels()).map((model) => ({ key: model.manifest.id, model })), ...own.map((model) => ({ key: model.folder, model }))];
}

/**
 * Finds one of these models. Other files are rejected, because a project from another person may name any path.
 * @param sha256 required hash of the model's file; '' accepts any
 * @throws StudioError 'model-missing' if this computer has no model with that key and hash; 'model-invalid'
 */
export async function knownModel(key: string, sha256 = ''): Promise<Model> {
  const models = await allModels();
  const known = models.find((each) => each.key === key)?.model;
  if (known !== undefined && (sha256 === '' || (await ensureModelFile(known)) === sha256)) return known;
  const ids = models.map((each) => each.model.manifest.id);
  if (known === undefined) throw new StudioError('model-missing/not-here', { model: key, known: ids });
  throw new StudioError('model-missing/other-hash', { model: key, sha256: sha256.slice(0, 12), known: ids });
}
