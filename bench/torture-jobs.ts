import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { randomStream } from '../src/shared/basics/random.ts';
import { required } from '../src/shared/basics/required.ts';
import { projectLines } from '../src/main/project/open-json.ts';
import { isIntactDatabase, listBackups } from '../src/main/project/store/backups.ts';
import { backUpDaily, inProject, openProject } from '../src/main/project/store/open-project.ts';
import { backupsFolder, projectFile } from '../src/main/project/store/project-file.ts';
import { findModel } from '../src/main/adatosk/runtime/models.ts';
import { samplesFolder } from '../src/main/services/settings/personal-folders.ts';
import { EXAMPLE_FILES } from '../src/main/services/studio/example-project.ts';
import { exportAnnotations } from '../src/main/services/exchange/exchange-annotations.ts';
import { exportProject } from '../src/main/services/exchange/export-project.ts';
import { giveCopiesOf } from '../src/main/services/study/copies.ts';
import { allVideos } from '../src/main/project/library.ts';
import { safetensorsOf, videoMaeEncoder } from '../testing/pytorch-file.ts';

const WORKER = fileURLToPath(new URL('./torture-job.ts', import.meta.url));
const FIXTURE = fileURLToPath(new URL('../testing/fixtures/project-0.1/project.adatosk', import.meta.url));

/** What a killed job left: as before it, as after it, or something else. */
type State = 'before' | 'after' | 'half';

/** A long job that is killed. `folder` has what it works on, made anew for each kill. */
export interface Job {
  /** @param source a folder with what all jobs begin with */
  prepare(source: string, folder: string): Promise<void> | void;
  /** A hash of what the job left, for a comparison with the states before and after it. @throws where it cannot be read */
  stateOf(folder: string): Promise<string>;
  /** Whether parts of the result may be there, each of them whole: files of an export. */
  readonly partsAreWhole?: (folder: string, after: string) => boolean;
}

const hashOf = (parts: Iterable<string | Uint8Array>): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('hex');
};

const contentsOf = (folder: string): Promise<string> => inProject(folder, (db) => hashOf(unstamped(projectLines(db))));

/** Ids and times of new rows differ in each run. */
function* unstamped(lines: Iterable<string>): Generator<string> {
  const sorted = [...lines].map((line) => line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'AT')).sort();
  yield* sorted;
}

const copyProject = (source: string, folder: string): void => cpSync(join(source, 'project'), join(folder, 'project'), { recursive: true });
const projectState = (folder: string): Promise<string> => contentsOf(join(folder, 'project'));

/** Names and contents of the files with final names. */
function filesIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(names.map(({ name, parentPath }) => [join(parentPath, name).slice(folder.length), hashOf([readFileSync(join(parentPath, name))])]));
}

const isTemporary = (name: string): boolean => /\.(part|partial)$/.test(name);

export const JOBS: Readonly<Record<string, Job>> = {
  export: {
    prepare: copyProject,
    stateOf: (folder) =>
      Promise.resolve(
        hashOf(
          [...filesIn(join(folder, 'out'))]
            .filter(([name]) => !isTemporary(name))
            .sort()
            .flat(),
        ),
      ),
    partsAreWhole: (folder, after) => {
      const whole = filesIn(join(after, 'out'));
      return [...filesIn(join(folder, 'out'))].every(([name, hash]) => isTemporary(name) || whole.get(name) === hash);
    },
  },
  'import-labels': { prepare: copyProject, stateOf: projectState },
  'import-project': {
    prepare: () => undefined,
    stateOf: (folder) => (existsSync(projectFile(join(folder, 'imported'))) ? contentsOf(join(folder, 'imported')) : Promise.resolve('none')),
  },
  participants: { prepare: copyProject, stateOf: projectState },
  merge: { prepare: copyProject, stateOf: projectState },
  migration: {
    prepare: (_, folder) => {
      mkdirSync(join(folder, 'project'));
      cpSync(FIXTURE, projectFile(join(folder, 'project')));
    },
    // Opening it goes on with the migration: what counts is that nothing is missing then.
    stateOf: projectState,
  },
  backup: {
    prepare: copyProject,
    stateOf: async (folder) => {
      const backups = listBackups(backupsFolder(join(folder, 'project')));
      const intact = backups.filter(({ file }) => isIntactDatabase(file)).length;
      return `${await projectState(folder)} ${backups.length - intact} damaged, ${intact} intact`;
    },
  },
  restore: { prepare: copyProject, stateOf: projectState },
  'model-import': {
    prepare: () => undefined,
    stateOf: async (folder) => (existsSync(join(folder, 'model', 'manifest.json')) ? (await findModel(join(folder, 'model'))).manifest.sha256 : 'none'),
  },
};

interface JobToll {
  kills: number;
  acknowledged: number;
  lost: number;
  half: number;
  failedRetries: number;
}

/**
 * Kills each kind of job at random moments. What it left must be the state before or after it, or whole parts; a job that was acknowledged
 * must not be lost; and the same job must succeed afterwards.
 */
export async function tortureJobs(kills: number, seed: number, line: (text: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-torture-jobs-'));
  const kinds = Object.keys(JOBS);
  const sum: JobToll = { kills: 0, acknowledged: 0, lost: 0, half: 0, failedRetries: 0 };
  try {
    const source = join(folder, 'source');
    await makeSource(source);
    for (const [i, kind] of kinds.entries()) {
      const share = Math.floor(kills / kinds.length) + (i < kills % kinds.length ? 1 : 0);
      const toll = await tortureJob(kind, share, source, folder, randomStream(seed, kind));
      for (const key of Object.keys(sum) as (keyof JobToll)[]) sum[key] += toll[key];
      line(
        `${kind}: ${toll.kills} kills, ${toll.acknowledged} acknowledged, ${toll.lost} lost, ${toll.half} half there, ${toll.failedRetries} could not be repeated`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    job_kinds: kinds.length,
    job_kills: sum.kills,
    jobs_acknowledged: sum.acknowledged,
    jobs_lost: sum.lost,
    jobs_half_there: sum.half,
    jobs_not_repeatable: sum.failedRetries,
  };
}

async function tortureJob(kind: string, kills: number, source: string, parent: string, random: () => number): Promise<JobToll> {
  const job = required(JOBS[kind], 'the job');
  const fresh = async (name: string): Promise<string> => {
    const folder = join(parent, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await job.prepare(source, folder);
    return folder;
  };
  const after = await fresh(`${kind}-after`);
  const states = { before: await job.stateOf(await fresh(`${kind}-before`)), after: '' };
  const { milliseconds } = await runJob(kind, source, after, null);
  states.after = await job.stateOf(after);
  const toll: JobToll = { kills, acknowledged: 0, lost: 0, half: 0, failedRetries: 0 };
  for (let kill = 0; kill < kills; kill++) {
    const folder = await fresh(`${kind}-killed`);
    const { isAcknowledged } = await runJob(kind, source, folder, 1.1 * milliseconds * random());
    const state = await stateAfterKill(job, folder, states, after);
    toll.acknowledged += isAcknowledged ? 1 : 0;
    toll.lost += isAcknowledged && state !== 'after' ? 1 : 0;
    toll.half += state === 'half' ? 1 : 0;
    if (state === 'before') toll.failedRetries += (await isRepeatable(kind, job, source, folder, states.after)) ? 0 : 1;
  }
  return toll;
}

async function stateAfterKill(job: Job, folder: string, states: Readonly<Record<'before' | 'after', string>>, after: string): Promise<State> {
  const state = await job.stateOf(folder).catch((error: unknown) => `unreadable: ${String(error)}`);
  if (state === states.after) return 'after';
  if (state === states.before) return 'before';
  return job.partsAreWhole?.(folder, after) === true ? 'before' : 'half';
}

async function isRepeatable(kind: string, job: Job, source: string, folder: string, expected: string): Promise<boolean> {
  const { isAcknowledged } = await runJob(kind, source, folder, null);
  return isAcknowledged && (await job.stateOf(folder).catch(() => 'unreadable')) === expected;
}

/** @param killAfterMs milliseconds from the start of the job to its kill; null lets it end */
async function runJob(kind: string, source: string, folder: string, killAfterMs: number | null): Promise<{ isAcknowledged: boolean; milliseconds: number }> {
  const child = spawn(process.execPath, [WORKER, kind, source, folder], { stdio: ['ignore', 'pipe', killAfterMs === null ? 'inherit' : 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]);
  let isAcknowledged = false;
  let begun = 0;
  let onBegun: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (onBegun = resolve));
  lines.on('line', (text) => {
    if (text === 'ready') {
      begun = performance.now();
      onBegun();
    }
    if (text === 'done') isAcknowledged = true;
  });
  await Promise.race([ready, ended]);
  if (killAfterMs !== null) {
    await Promise.race([wait(killAfterMs), ended]);
    child.kill('SIGKILL');
  }
  await ended;
  return { isAcknowledged, milliseconds: performance.now() - begun };
}

/** What the jobs begin with: a project with a backup, its exports, a copy of a coder, a table, weights of others. */
async function makeSource(folder: string): Promise<void> {
  const project = join(folder, 'project');
  mkdirSync(project, { recursive: true });
  writeFileSync(projectFile(project), gunzipSync(await readFile(join(samplesFolder(), EXAMPLE_FILES.project))));
  const opened = await openProject(project);
  backUpDaily(opened);
  const [video] = allVideos(opened.db);
  opened.close();
  await exportProject(project, { format: 'json', run: null, layers: [], excelLanguage: undefined }, join(folder, 'json'));
  const { files } = await exportAnnotations(project, 'eaf', ['model'], [required(video, 'a video').id], join(folder, 'eaf'));
  cpSync(
    required(
      files.find((file) => file.endsWith('.eaf')),
      'an ELAN file',
    ),
    join(folder, 'labels.eaf'),
  );
  writeFileSync(join(folder, 'video.txt'), required(video, 'a video').id);
  writeFileSync(join(folder, 'participants.csv'), `video,face,participant\n${required(video, 'a video').name},1,P77\n`);
  writeFileSync(join(folder, 'encoder.safetensors'), safetensorsOf(videoMaeEncoder(192, 8)));
  await giveCopiesOf(project, join(folder, 'copies'), { coders: ['Fay'], videos: [], doubleShare: 1, seed: 1 });
  await inProject(join(folder, 'copies', 'Fay'), (db) => db.run(db.sql.updateTable('video').set({ condition: 'film', revision: 1_000_000 })));
}
