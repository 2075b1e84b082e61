import { implement } from '@orpc/server';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { contract } from '../../../shared/contract/index.ts';
import { problemData, StudioError } from '../../../shared/app/errors.ts';
import type { FaceMaps } from '../../../shared/domain/mask-maps.ts';
import { warningsOfRun } from '../../../shared/domain/results.ts';
import { isProjectFormat } from '../../../shared/domain/export-formats.ts';
import { unpackMaps } from '../../analysis/mask-maps.ts';
import { ensureModelFile } from '../../adatosk/runtime/models.ts';
import { findVideos } from '../../media/video-files.ts';
import { approveJobs, cancelJobs, clearFinished, heldModels, prioritise, readQueue, retryJobs, setAtOnce, setPaused } from '../../project/batch-queue.ts';
import { applyEdit, history, redo, undo } from '../../project/edits.ts';
import { addVideo, listFolders, listVideos, videoOf, watchFolder } from '../../project/library.ts';
import type { Project } from '../../project/store/open-project.ts';
import { listRuns, readColumns, readMaps } from '../../project/recorded-results.ts';
import {
  addCoder,
  clockOf,
  facesOf,
  layersOf,
  listCoders,
  listParticipants,
  listSchemes,
  listSessions,
  decisionsOf,
  notesOf,
  projectName,
  readLayer,
} from '../../project/review.ts';
import { measureAgreement } from '../exchange/agreement.ts';
import { allModels, knownModel } from '../models/all-models.ts';
import { warningsOf } from '../models/model-warnings.ts';
import { APP_VERSION } from '../settings/app-version.ts';
import { browseFolder } from '../library/browse-folder.ts';
import { libraryFileOf } from '../analysis/library-file.ts';
import { defaultBatchSettings, enqueue } from '../queue/batch-settings.ts';
import { DEFAULT_MODEL } from '../settings/defaults.ts';
import { examineComputer } from '../models/doctor.ts';
import { proxyFolder } from '../../media/playback-proxy.ts';
import { describeMedia, frameTimes, lookForFiles, prepareMedia } from '../library/media-library.ts';
import { writeAnnotations } from '../exchange/exchange-annotations.ts';
import { writeProject } from '../exchange/export-project.ts';
import { writeFineTuningSet } from '../fine-tuning/fine-tuning-set.ts';
import { soundOf } from '../library/thumbnails.ts';
import { importLabels, lookAtLabelFiles } from '../exchange/import-labels.ts';
import { modelCard } from '../models/inspect-model.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { samplesFolder, settingsFolder } from '../settings/personal-folders.ts';
import { backupsOf } from '../studio/project-overview.ts';
import { projectFigures } from '../exchange/project-figures.ts';
import { recentProjects, rememberProject } from '../library/recent-projects.ts';
import type { Studio } from '../studio/studio.ts';

/** What a host gives with every call. */
export interface CallContext {
  readonly studio: Studio;
  /** Told a failure that is none of ours, so that it is logged somewhere. */
  readonly onFault: (procedure: string, error: unknown) => void;
}

/** Our errors reach a window as data; anything else is a fault and is logged. */
const api = implement(contract)
  .$context<CallContext>()
  .use(async ({ next, errors, context, path }) => {
    try {
      return await next();
    } catch (error) {
      if (error instanceof StudioError) throw errors.STUDIO({ message: error.message, data: problemData(error), cause: error });
      context.onFault(path.join('.'), error);
      throw error;
    }
  });

const about = {
  program: api.about.program.handler(({ context: { studio } }) => ({
    version: APP_VERSION,
    host: studio.launchers.host,
    runtime: Object.fromEntries(
      ['node', 'electron', 'chrome'].flatMap((name) => (process.versions[name] === undefined ? [] : [[name, process.versions[name]]])),
    ),
    project: studio.hasProject ? stateOf(studio.project) : null,
    places: { settings: settingsFolder(), cache: proxyFolder() },
  })),
  computer: api.about.computer.handler(async ({ context: { studio } }) => {
    const { ffmpeg, ffprobe, store, providers, models } = await examineComputer(studio.launchers.startEngine, DEFAULT_MODEL);
    return {
      ffmpeg: ffmpeg.problem ?? ffmpeg.version ?? '',
      ffprobe: ffprobe.problem ?? ffprobe.version ?? '',
      store: store.note,
      providers: [...providers],
      models: [...models],
    };
  }),
  models: api.about.models.handler(async () =>
    Promise.all(
      (await allModels()).map(async ({ key, model }) => {
        const { name, trained, defaultTokenBudget } = model.manifest;
        return { id: key, name, trained, warnings: warningsOf(model), tokenBudget: defaultTokenBudget, card: await modelCard(model) };
      }),
    ),
  ),
};

const project = {
  open: api.project.open.handler(({ input, context: { studio } }) => opened(studio, input.folder, input.create)),
  openExample: api.project.openExample.handler(async ({ context: { studio } }) => {
    const state = await opened(studio, join(settingsFolder(), 'Example project'), true);
    const { db } = studio.project;
    if (listVideos(db).length === 0) {
      await enqueue(db, await findVideos([samplesFolder()]), await defaultBatchSettings(), false);
      studio.wakeQueue();
    }
    return state;
  }),
  recent: api.project.recent.handler(() => recentProjects()),
  backups: api.project.backups.handler(({ input }) => backupsOf(wholePaths([input.folder])[0]!)),
  restore: api.project.restore.handler(async ({ input, context: { studio } }) => {
    const { backup, kept } = await studio.restoreProject(wholePaths([input.folder])[0]!, input.backup);
    return { backup: basename(backup.file), kept, state: await opened(studio, input.folder, false) };
  }),
  state: api.project.state.handler(({ context: { studio } }) => (studio.hasProject ? stateOf(studio.project) : null)),
  close: api.project.close.handler(({ context }) => context.studio.close()),
  events: api.project.events.handler(({ context, signal }) => context.studio.events.listen(signal)),
};

async function opened(studio: Studio, folder: string, create: boolean): Promise<ReturnType<typeof stateOf>> {
  const state = stateOf(await studio.openProject(folder, create));
  await rememberProject(state.folder, state.name);
  return state;
}

function stateOf({ db, state }: Project) {
  return { folder: state.folder, name: projectName(db), sqlite: state.sqlite, journal: state.journal, clock: clockOf(db) };
}

const library = {
  list: api.library.list.handler(({ context }) => listVideos(context.studio.project.db)),
  browse: api.library.browse.handler(({ input }) => browseFolder(input.folder === undefined ? homedir() : wholePaths([input.folder])[0]!)),
  add: api.library.add.handler(async ({ input, context: { studio } }) => {
    const videos = await findVideos(wholePaths(input.paths));
    const files = await Promise.all(videos.map(libraryFileOf));
    const { db } = studio.project;
    const added = db.transaction(() => files.filter((file) => addVideo(db, file)).length);
    studio.publish({ kind: 'recorded' });
    return { added, known: files.length - added };
  }),
  look: api.library.look.handler(async ({ input, context: { studio }, signal }) => {
    const found = await lookForFiles(studio.project.db, wholePaths(input.folders), signal);
    studio.publish({ kind: 'recorded' });
    return found;
  }),
  watch: api.library.watch.handler(({ input, context }) => {
    const [folder] = wholePaths([input.folder]) as [string];
    watchFolder(context.studio.project.db, folder, input.watched, input.watched ? ownApproval().signFolder(folder) : '');
  }),
  folders: api.library.folders.handler(({ context }) => {
    const approval = ownApproval();
    return listFolders(context.studio.project.db).map(({ id, path, watched, approval: signature }) => {
      const isHeld = watched === 1 && !approval.isFolder(path, signature);
      return { id, path, watched: watched === 1, isHeld };
    });
  }),
  media: api.library.media.handler(({ input, context }) => describeMedia(context.studio.project.db, input.video)),
  prepare: api.library.prepare.handler(({ input, context: { studio }, signal }) =>
    prepareMedia(studio.project.db, input.video, (event) => studio.publish(event), signal),
  ),
  sound: api.library.sound.handler(async ({ input, context, signal }) => blobOf(await soundOf(context.studio.project.db, input.video, signal))),
  times: api.library.times.handler(async ({ input, context }) => blobOf(await frameTimes(context.studio.project.db, input.video))),
};

const runs = {
  list: api.runs.list.handler(({ context }) =>
    listRuns(context.studio.project.db).map(({ id, record, videos, ended }) => ({
      ...{ id, model: record.model.id, trained: record.model.trained, device: record.device, warnings: warningsOfRun(record) },
      ...{ start: record.start, end: ended, videos },
    })),
  ),
  faces: api.runs.faces.handler(({ input, context }) => facesOf(context.studio.project.db, input.run, input.video)),
  timeline: api.runs.timeline.handler(({ input, context }) => {
    const { times, slots, values } = readColumns(context.studio.project.db, input.run, input.video, input.face);
    return { times: blobOf(times), slots: blobOf(slots), values: blobOf(values) };
  }),
  maps: api.runs.maps.handler(({ input, context }) => {
    const packed = readMaps(context.studio.project.db, input.run, input.video, input.face);
    const { side, slots, places, weights, similarity } = packed === undefined ? NO_MAPS : unpackMaps(packed);
    return { side, slots: blobOf(slots), places: blobOf(places), weights: blobOf(weights), similarity: blobOf(similarity) };
  }),
};

/** A run from before mask weights were kept by place. */
const NO_MAPS: FaceMaps = { side: 0, slots: new Int32Array(), places: new Float32Array(), weights: new Uint8Array(), similarity: new Float32Array() };

const layers = {
  list: api.layers.list.handler(({ input, context }) => layersOf(context.studio.project.db, input.video)),
  read: api.layers.read.handler(({ input, context }) => readLayer(context.studio.project.db, input.layer)),
  decisions: api.layers.decisions.handler(({ input, context }) => decisionsOf(context.studio.project.db, input.video)),
  notes: api.layers.notes.handler(({ input, context }) => notesOf(context.studio.project.db, input.video)),
};

const people = {
  coders: api.people.coders.handler(({ context }) => listCoders(context.studio.project.db)),
  addCoder: api.people.addCoder.handler(({ input, context }) => addCoder(context.studio.project.db, input.name)),
  participants: api.people.participants.handler(({ context }) => listParticipants(context.studio.project.db)),
  sessions: api.people.sessions.handler(({ context }) => listSessions(context.studio.project.db)),
  schemes: api.people.schemes.handler(({ context }) => listSchemes(context.studio.project.db)),
};

const edits = {
  apply: api.edits.apply.handler(({ input, context: { studio } }) => published(studio, input.coderId, applyEdit(studio.project.db, input))),
  undo: api.edits.undo.handler(({ input, context: { studio } }) => published(studio, input.coder, undo(studio.project.db, input.coder))),
  redo: api.edits.redo.handler(({ input, context: { studio } }) => published(studio, input.coder, redo(studio.project.db, input.coder))),
  history: api.edits.history.handler(({ input, context }) => history(context.studio.project.db, input.coder, input.most)),
};

/** Every window sees the edit at once, the one that made it too. */
function published<E extends ReturnType<typeof undo>>(studio: Studio, coderId: string, edit: E): E {
  if (edit !== null) studio.publish({ kind: 'edited', coderId, edit });
  return edit;
}

const queue = {
  state: api.queue.state.handler(({ context }) => readQueue(context.studio.project.db, ownApproval())),
  add: api.queue.add.handler(async ({ input, context: { studio } }) => {
    const { db } = studio.project;
    const known = input.videos.map((id) => videoOf(db, id).path);
    const videos = await findVideos([...wholePaths(input.paths), ...known]);
    if (videos.length === 0) throw new StudioError('wrong-usage/no-video-chosen', {});
    const batch = await enqueue(db, videos, await defaultBatchSettings(input), input.first);
    studio.wakeQueue();
    return { batch, videos: videos.length };
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

const exchange = {
  export: api.exchange.export.handler(async ({ input, context: { studio } }) => {
    const { db } = studio.project;
    const [out] = wholePaths([input.out]) as [string];
    if (isProjectFormat(input.format))
      return writeProject(db, { format: input.format, run: input.run ?? null, layers: input.layers, videos: input.videos }, out);
    const { files, losses } = await writeAnnotations(db, input.format, input.layers, input.videos, out);
    return { files: [...files], losses: [...losses] };
  }),
  labelFiles: api.exchange.labelFiles.handler(({ input, context }) => lookAtLabelFiles(context.studio.project.db, wholePaths(input.paths))),
  importLabels: api.exchange.importLabels.handler(async ({ input, context: { studio } }) => {
    wholePaths(input.files.map(({ file }) => file));
    const { coderId, edits: made, problems, ...counts } = await importLabels(studio.project.db, input.files, input);
    for (const edit of made) published(studio, coderId, edit);
    return { ...counts, problems: [...problems] };
  }),
  fineTuningSet: api.exchange.fineTuningSet.handler(async ({ input, context: { studio }, signal }) => {
    const [out] = wholePaths([input.out]) as [string];
    const publish = (done: number, total: number): void => studio.publish({ kind: 'set', done, total });
    const stop = signal ?? new AbortController().signal;
    const { report, ...made } = await writeFineTuningSet(studio.project.db, input.options, out, studio.launchers.startEngine, { onProgress: publish }, stop);
    return { ...made, clips: report.clips, balance: [...report.balance], notes: [...report.notes] };
  }),
  figures: api.exchange.figures.handler(({ input, context }) => projectFigures(context.studio.project.db, { ...input, against: input.against ?? null })),
  agreement: api.exchange.agreement.handler(({ input, context }) => {
    const { interval, byLabel, raters, ...agreement } = measureAgreement(context.studio.project.db, input);
    return { ...agreement, raters: [...raters], interval: interval === null ? null : { ...interval }, byLabel: byLabel ?? null };
  }),
};

const training = {
  state: api.training.state.handler(({ context }) => context.studio.fineTuning.state),
  material: api.training.material.handler(({ input, context }) => context.studio.fineTuning.material(input.layer)),
  begin: api.training.begin.handler(({ input, context }) => context.studio.fineTuning.begin(input)),
  pause: api.training.pause.handler(({ context }) => context.studio.fineTuning.pause()),
  resume: api.training.resume.handler(({ context }) => context.studio.fineTuning.resume()),
  keep: api.training.keep.handler(async ({ context }) => ({ model: await context.studio.fineTuning.keep() })),
  discard: api.training.discard.handler(({ context }) => context.studio.fineTuning.discard()),
};

/** The contract's one implementation, which every host serves. */
export const router = api.router({ about, project, library, runs, layers, people, edits, queue, exchange, training });

/** A path without a beginning would mean another file in every program. @throws StudioError 'wrong-usage' */
function wholePaths(paths: readonly string[]): readonly string[] {
  for (const path of paths) if (!isAbsolute(path) || path.includes('\0')) throw new StudioError('wrong-usage/relative-path', { path: JSON.stringify(path) });
  return paths;
}

function blobOf(values: Float64Array | Float32Array | Int32Array | Int8Array | Uint8Array): Blob {
  return new Blob([values as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
}
