import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem, version } from 'node:os';
import { join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Fact } from '../../../shared/app/facts.ts';
import { sentenceOfFact } from '../../../shared/app/facts.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import { readQueue } from '../../project/batch-queue.ts';
import { listVideos } from '../../project/library.ts';
import type { Project } from '../../project/store/open-project.ts';
import type { Findings, ProgramFinding } from '../models/doctor.ts';
import { APP_VERSION } from '../settings/app-version.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { ownModelsFolder, settingsFolder } from '../settings/personal-folders.ts';
import { readLog } from './problem-log.ts';
import { redacted } from './redact.ts';

const HEAD = `AdaTosk Studio: diagnostics

For a report of a problem. Read all of it before you send it: this text is the whole file.
Paths, names of files and texts in quotes were replaced by <path>, <file>, <text> and <name>.
It has no videos, no pictures, no labels, and no names of coders or participants.
`;

/**
 * What a report of a problem needs, as one text without paths and names of people: versions, system, devices, settings, the state of the
 * open project in numbers, and the last problems.
 * @param project the open one
 */
export async function diagnosticsText(findings: Findings, host: string, project?: Project, now = new Date()): Promise<string> {
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['Program', [`version ${APP_VERSION}, ${host}`, `made ${now.toISOString()}`, ...(await versions(findings))]],
    ['System', system()],
    ['Programs and devices', [...programs(findings), ...devices(findings)]],
    ['Models', findings.models.map(({ id, ok, note, sha256 }) => `${mark(ok)} ${id}: ${textOf(note)} (SHA-256 ${sha256.slice(0, 16)})`)],
    ['Project store', [`${mark(findings.store.ok)} ${textOf(findings.store.note)}`]],
    ['Settings', await settings()],
    ['Open project', project === undefined ? ['none'] : projectLines(project)],
    ['Last problems', lastProblems()],
  ];
  return [HEAD, ...sections.map(([title, lines]) => `== ${title} ==\n${lines.join('\n')}\n`)].join('\n');
}

/** Saves the text as a new file. @throws StudioError 'wrong-usage/file-exists', 'cannot-write', 'disk-full' */
export async function saveDiagnostics(file: string, text: string): Promise<void> {
  if (existsSync(file)) throw new StudioError('wrong-usage/file-exists', { path: file });
  await writeAtomically(file, [text]);
}

/** The name of the file that a text is saved as. */
export const diagnosticsFile = (now = new Date()): string =>
  `adatosk-diagnostics-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}.txt`;

const mark = (ok: boolean): string => (ok ? 'yes' : 'no ');
/** Sentences of facts name files. */
const textOf = (fact: Fact): string => redacted(sentenceOfFact(fact));

async function versions({ node }: Findings): Promise<string[]> {
  const electron = process.versions['electron'];
  const require = createRequire(import.meta.url);
  const versionOf = async (name: string): Promise<string> => {
    try {
      return (JSON.parse(await readFile(require.resolve(`${name}/package.json`), 'utf8')) as { version: string }).version;
    } catch {
      return 'not found';
    }
  };
  return [
    `Node ${node}${electron === undefined ? '' : `, Electron ${electron}, Chromium ${process.versions['chrome']}`}`,
    `onnxruntime ${await versionOf('onnxruntime-node')}, better-sqlite3 ${await versionOf('better-sqlite3')}`,
  ];
}

function system(): string[] {
  const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  return [
    // The version of a kernel can name who built it.
    `${platform()} ${release()} ${arch()}${platform() === 'win32' ? ` (${version()})` : ''}`,
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${availableParallelism()} usable`,
    `memory ${gigabytes(totalmem())}, ${gigabytes(freemem())} free`,
    `language ${Intl.DateTimeFormat().resolvedOptions().locale}`,
  ];
}

function programs({ ffmpeg, ffprobe }: Findings): string[] {
  const line = (name: string, { version: found, origin, problem }: ProgramFinding): string =>
    problem === null ? `yes ${name}: ${redacted(found ?? '')} (from ${origin})` : `no  ${name}: ${textOf(problem)}`;
  return [line('ffmpeg', ffmpeg), line('ffprobe', ffprobe)];
}

const devices = ({ providers }: Findings): string[] => providers.map(({ name, available, reason }) => `${mark(available)} ${name}: ${textOf(reason)}`);

/** Variables whose values are no paths. */
const PLAIN_VARIABLES = ['ADATOSK_ACCESS', 'ADATOSK_NO_INSTALL'];
const PATH_VARIABLES = ['ADATOSK_MODELS', 'ADATOSK_SAMPLES', 'ADATOSK_CONFIG', 'ADATOSK_CACHE', 'FFMPEG_PATH', 'FFPROBE_PATH'];

async function settings(): Promise<string[]> {
  const models = await readdir(ownModelsFolder()).catch(() => []);
  const plain = PLAIN_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [`${name}=${redacted(process.env[name])}`]));
  const paths = PATH_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [`${name} is set`]));
  return [
    ...(plain.length + paths.length === 0 ? ['no variable is set'] : [...plain, ...paths]),
    `models of one's own: ${models.length}`,
    `list of recent projects: ${existsSync(join(settingsFolder(), 'recent-projects.json')) ? 'yes' : 'no'}`,
  ];
}

function projectLines({ db, state }: Project): string[] {
  try {
    const { paused, jobs } = readQueue(db, ownApproval());
    const videos = listVideos(db);
    const count = (values: readonly string[]): string =>
      [...Map.groupBy(values, (value) => value)].map(([value, all]) => `${value} ${all.length}`).join(', ') || 'none';
    return [
      `SQLite ${state.sqlite}, journal ${state.journal}`,
      `videos: ${videos.length}, missing ${videos.filter(({ isMissing }) => isMissing).length}`,
      `queue${paused ? ' (paused)' : ''}: ${count(jobs.map(({ status }) => status))}`,
      `failed: ${count(jobs.flatMap(({ failure }) => failure?.id ?? []))}`,
    ];
  } catch (error) {
    return [`cannot be read: ${error instanceof StudioError ? error.id : redacted(String(error))}`];
  }
}

function lastProblems(): string[] {
  const log = readLog().trimEnd();
  return log === '' ? ['none'] : log.split('\n');
}
