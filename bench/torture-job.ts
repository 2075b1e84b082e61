/** One job of the torture benchmark: torture-job.ts KIND SOURCE FOLDER. It says 'ready' before the job and 'done' after it. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { required } from '../src/shared/basics/required.ts';
import { backUpDaily, inProject, openProject } from '../src/main/project/store/open-project.ts';
import { listBackups } from '../src/main/project/store/backups.ts';
import { restoreProject } from '../src/main/project/store/restore-project.ts';
import { backupsFolder } from '../src/main/project/store/project-file.ts';
import { exportProject, importProject } from '../src/main/services/exchange/export-project.ts';
import { importIntoProject } from '../src/main/services/exchange/import-labels.ts';
import { importModel } from '../src/main/services/models/import-model.ts';
import { mergeCopies } from '../src/main/services/study/merge-copies.ts';
import { setParticipantsIn } from '../src/main/services/study/participants.ts';
import { basename } from 'node:path';

const [kind = '', source = '', folder = ''] = process.argv.slice(2);
const project = join(folder, 'project');
const TWO_DAYS_MS = 2 * 86_400_000;

const JOBS: Readonly<Record<string, () => Promise<unknown>>> = {
  export: () => exportProject(project, { format: 'tables', run: null, layers: [], excelLanguage: undefined }, join(folder, 'out')),
  'import-labels': () =>
    importIntoProject(project, [{ file: join(source, 'labels.eaf'), video: readFileSync(join(source, 'video.txt'), 'utf8'), layers: null }], {
      coder: 'Fay',
      mapping: {},
      partly: false,
    }),
  'import-project': () => importProject(join(source, 'json', 'project.jsonl'), join(folder, 'imported')),
  participants: () => setParticipantsIn(project, join(source, 'participants.csv'), 'Fay'),
  merge: () => mergeCopies([join(source, 'copies', 'Fay')], project),
  migration: async () => (await openProject(project)).close(),
  backup: async () => {
    const opened = await openProject(project);
    backUpDaily(opened, new Date(Date.now() + TWO_DAYS_MS));
    opened.close();
  },
  restore: () => {
    const [backup] = listBackups(backupsFolder(project));
    return Promise.resolve(restoreProject(project, { backup: basename(required(backup, 'a backup').file) }));
  },
  'model-import': () => importModel({ file: join(source, 'encoder.safetensors'), id: 'imported', out: join(folder, 'model') }),
};

const work = required(JOBS[kind], 'the job');
// Whatever is imported on demand is there before the clock begins.
await inProject(join(source, 'project'), () => undefined);
writeSync(1, 'ready\n');
await work();
writeSync(1, 'done\n');
