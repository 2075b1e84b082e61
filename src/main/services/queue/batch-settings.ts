import { ensureModelFile } from '../../adatosk/runtime/models.ts';
import type { VideoFile } from '../../media/video-files.ts';
import type { AddedBatch, BatchSettings } from '../../project/batch-queue.ts';
import { addBatch } from '../../project/batch-queue.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { libraryFileOf } from '../analysis/library-file.ts';
import { addVideo } from '../../project/library.ts';
import { knownModel } from '../models/all-models.ts';
import type { SessionRequest } from '../analysis/analysis-session.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { DEFAULT_MODEL, DEFAULT_OPTIONS, defaultThreads } from '../settings/defaults.ts';

/** Default settings of a batch. They equal the defaults of the command line. @throws StudioError 'model-missing' */
export async function defaultBatchSettings({
  model = DEFAULT_MODEL,
  device = 'auto',
  tokenBudget,
}: { model?: string | undefined; device?: SessionRequest['device']; tokenBudget?: number | undefined } = {}): Promise<BatchSettings> {
  const modelSha256 = await ensureModelFile(await knownModel(model));
  const options: SessionRequest['options'] = { ...DEFAULT_OPTIONS, tokenBudget: tokenBudget ?? null };
  return { modelId: model, modelSha256, device, threads: defaultThreads(), options };
}

/**
 * Adds videos to the library and to the queue. Videos that wait or run with the same model and options already are not added again.
 * @param first puts them at the front of the queue, else at the end
 */
export async function enqueue(db: ProjectDatabase, videos: readonly VideoFile[], settings: BatchSettings, first: boolean): Promise<AddedBatch> {
  const files = await Promise.all(videos.map(libraryFileOf));
  return db.transaction(() => {
    for (const file of files) addVideo(db, file);
    return addBatch(db, ownApproval(), settings, videos, first);
  });
}
