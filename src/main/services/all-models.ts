import { existsSync } from 'node:fs';
import type { Model } from '../adatosk/models.ts';
import { listModels } from '../adatosk/models.ts';
import { ownModelsFolder } from './personal-folders.ts';

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
