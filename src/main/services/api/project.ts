import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { proxyFolder } from '../../media/playback-proxy.ts';
import { toFact } from '../../../shared/app/errors.ts';
import { findVideos, readableVideos } from '../../media/video-files.ts';
import { addVideo, contentsOf, forgetFolder, listFolders, listVideos, watchFolder } from '../../project/library.ts';
import { clockOf, projectName } from '../../project/review.ts';
import type { Project } from '../../project/store/open-project.ts';
import { libraryFileOf } from '../analysis/library-file.ts';
import { diagnosticsFile, diagnosticsText, saveDiagnostics } from '../diagnostics/diagnostics.ts';
import { browseFolder } from '../library/browse-folder.ts';
import { describeMedia, frameTimes, lookForFiles, prepareMedia } from '../library/media-library.ts';
import { recentProjects, rememberProject } from '../library/recent-projects.ts';
import { soundOf } from '../library/thumbnails.ts';
import { allModels } from '../models/all-models.ts';
import { examineComputer } from '../models/doctor.ts';
import { modelCard } from '../models/inspect-model.ts';
import { warningsOf } from '../models/model-warnings.ts';
import { defaultBatchSettings, enqueue } from '../queue/batch-settings.ts';
import { APP_VERSION } from '../settings/app-version.ts';
import { DEFAULT_MODEL } from '../settings/defaults.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { samplesFolder, settingsFolder } from '../settings/personal-folders.ts';
import { exampleFolder, prepareExample } from '../studio/example-project.ts';
import { backupsOf } from '../studio/project-overview.ts';
import type { Studio } from '../studio/studio.ts';
import { api } from './context.ts';
import { wholePath, blobOf } from './input.ts';

export const about = {
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
  diagnostics: api.about.diagnostics.handler(async ({ context: { studio } }) => {
    const findings = await examineComputer(studio.launchers.startEngine, DEFAULT_MODEL);
    const text = await diagnosticsText(findings, `${studio.launchers.host} host`, studio.hasProject ? studio.project : undefined);
    return { text };
  }),
  saveDiagnostics: api.about.saveDiagnostics.handler(async ({ input }) => {
    const file = join(wholePath(input.folder), diagnosticsFile());
    await saveDiagnostics(file, input.text);
    return { file };
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

export const project = {
  open: api.project.open.handler(({ input, context: { studio } }) => opened(studio, input.folder, input.create)),
  openExample: api.project.openExample.handler(async ({ context: { studio } }) => {
    const folder = exampleFolder();
    if (!studio.isOpen(folder)) await prepareExample(folder);
    const state = await opened(studio, folder, true);
    const { db } = studio.project;
    if (listVideos(db).length === 0) {
      await enqueue(db, await findVideos([samplesFolder()]), await defaultBatchSettings(), false);
      studio.announceQueued();
    }
    return state;
  }),
  recent: api.project.recent.handler(() => recentProjects()),
  backups: api.project.backups.handler(({ input }) => backupsOf(wholePath(input.folder))),
  restore: api.project.restore.handler(async ({ input, context: { studio } }) => {
    const { backup, kept } = await studio.restoreProject(wholePath(input.folder), input.backup);
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

export const library = {
  list: api.library.list.handler(({ context }) => listVideos(context.studio.project.db)),
  browse: api.library.browse.handler(({ input }) => browseFolder(input.folder === undefined ? homedir() : wholePath(input.folder))),
  add: api.library.add.handler(async ({ input, context: { studio } }) => {
    const { videos, problems } = readableVideos(await findVideos(input.paths.map(wholePath)));
    const files = await Promise.all(videos.map(libraryFileOf));
    const { db } = studio.project;
    const added = db.transaction(() => files.filter((file) => addVideo(db, file)).length);
    studio.publish({ kind: 'recorded' });
    return { added, known: files.length - added, problems: problems.map(toFact) };
  }),
  look: api.library.look.handler(async ({ input, context: { studio }, signal }) => {
    const found = await lookForFiles(studio.project.db, input.folders.map(wholePath), signal);
    studio.publish({ kind: 'recorded' });
    return found;
  }),
  watch: api.library.watch.handler(async ({ input, context: { studio } }) => {
    const folder = wholePath(input.folder);
    // Folders that cannot be read are named at once, not by the first scan.
    if (input.watched) await browseFolder(folder);
    watchFolder(studio.project.db, folder, input.watched, input.watched ? ownApproval().signFolder(folder) : '');
    studio.publish({ kind: 'queue' });
  }),
  forgetFolder: api.library.forgetFolder.handler(({ input, context: { studio } }) => {
    forgetFolder(studio.project.db, wholePath(input.folder));
    studio.publish({ kind: 'queue' });
  }),
  contents: api.library.contents.handler(({ input, context }) => contentsOf(context.studio.project.db, input.videos)),
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
