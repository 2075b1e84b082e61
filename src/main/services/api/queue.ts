import { StudioError, toFact } from '../../../shared/app/errors.ts';
import { ensureModelFile } from '../../adatosk/runtime/models.ts';
import { findVideos, readableVideos } from '../../media/video-files.ts';
import { approveJobs, cancelJobs, clearFinished, heldModels, prioritise, readQueue, retryJobs, setAtOnce, setPaused } from '../../project/batch-queue.ts';
import { listFolders, videoOf, watchFolder } from '../../project/library.ts';
import { knownModel } from '../models/all-models.ts';
import { defaultBatchSettings, enqueue } from '../queue/batch-settings.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { api } from './context.ts';
import { wholePath } from './input.ts';

export const queue = {
  state: api.queue.state.handler(({ context }) => readQueue(context.studio.project.db, ownApproval())),
  add: api.queue.add.handler(async ({ input, context: { studio } }) => {
    const { db } = studio.project;
    const known = input.videos.map((id) => videoOf(db, id).path);
    const { videos, problems } = readableVideos(await findVideos([...input.paths.map(wholePath), ...known]));
    if (videos.length === 0 && problems[0] !== undefined) throw problems[0];
    if (videos.length === 0) throw new StudioError('wrong-usage/no-video-chosen', {});
    const { batch, added, known: waiting } = await enqueue(db, videos, await defaultBatchSettings(input), input.first);
    studio.announceQueued();
    return { batch, videos: added, waiting, problems: problems.map(toFact) };
  }),
  approve: api.queue.approve.handler(async ({ context: { studio } }) => {
    const { db } = studio.project;
    const approval = ownApproval();
    const hashes = new Map(await Promise.all(heldModels(db, approval).map(async (id) => [id, await ensureModelFile(await knownModel(id))] as const)));
    const jobs = approveJobs(db, approval, (id) => hashes.get(id) ?? '');
    for (const { path, watched, approval: signature } of listFolders(db))
      if (watched === 1 && !approval.isFolder(path, signature)) watchFolder(db, path, true, approval.signFolder(path));
    studio.wakeQueue();
    return { jobs };
  }),
  pause: api.queue.pause.handler(({ context: { studio } }) => {
    setPaused(studio.project.db, true);
    studio.publish({ kind: 'queue' });
  }),
  resume: api.queue.resume.handler(({ context: { studio } }) => {
    setPaused(studio.project.db, false);
    studio.wakeQueue();
  }),
  cancel: api.queue.cancel.handler(({ input, context: { studio } }) => studio.orderQueue({ kind: 'cancel', jobs: cancelJobs(studio.project.db, input.jobs) })),
  retry: api.queue.retry.handler(({ input, context: { studio } }) => {
    const waiting = retryJobs(studio.project.db, input.jobs);
    studio.wakeQueue();
    return { waiting };
  }),
  prioritise: api.queue.prioritise.handler(({ input, context: { studio } }) => {
    prioritise(studio.project.db, input.jobs, input.first);
    studio.publish({ kind: 'queue' });
  }),
  atOnce: api.queue.atOnce.handler(({ input, context: { studio } }) => {
    setAtOnce(studio.project.db, input.videos);
    studio.wakeQueue();
  }),
  clearFinished: api.queue.clearFinished.handler(({ context: { studio } }) => {
    clearFinished(studio.project.db);
    studio.publish({ kind: 'queue' });
  }),
};
