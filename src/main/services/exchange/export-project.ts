import { createReadStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { ProjectFormat } from '../../../shared/domain/export-formats.ts';
import type { RunRecord, VideoResult } from '../../../shared/domain/results.ts';
import { warningsOfRun } from '../../../shared/domain/results.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { FrameLog } from '../../formats/other-logs.ts';
import { faceReaderDetailedText, faceReaderStateText, openFaceText } from '../../formats/other-logs.ts';
import { writeParquet } from '../../formats/parquet.ts';
import { TABLES } from '../../formats/tables.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { projectLines, readProjectLines, exportVersion } from '../../project/open-json.ts';
import { createProject } from '../../project/store/create-project.ts';
import { inProject } from '../../project/store/open-project.ts';
import { selectVideos, videoOf } from '../../project/library.ts';
import { listRuns, readFace, readResult, readTiming, summariesOf } from '../../project/recorded-results.ts';
import { facesOf } from '../../project/review.ts';
import { prepareOut, writeRunRecord, writeTables } from '../analysis/analyse-folder.ts';
import { fileNameFor } from './exchange-annotations.ts';
import type { WrittenExport } from './export-labels.ts';
import { writeDictionary, writeFrames, writeLabels } from './export-labels.ts';
import { writeStatistics } from './export-statistics.ts';

export interface ProjectExport {
  readonly format: ProjectFormat;
  /** Id of the run for tables and logs; null means the newest. */
  readonly run: string | null;
  /** Names of layers for labels, frames and statistics; an empty list means all. */
  readonly layers: readonly string[];
  /** Ids or names of videos; an empty list means all. */
  readonly videos?: readonly string[] | undefined;
}

/**
 * Exports a project in one of the formats of `ProjectFormat`.
 * @throws StudioError the errors of openProject; 'wrong-usage' for an unknown run or layer
 */
export function exportProject(folder: string, request: ProjectExport, out: string): Promise<WrittenExport> {
  return inProject(folder, (db) => writeProject(db, request, out));
}

/** The same for an open project. */
export async function writeProject(db: ProjectDatabase, { format, run, layers, videos = [] }: ProjectExport, out: string): Promise<WrittenExport> {
  const to = resolve(out);
  await prepareOut(to);
  return WRITERS[format](db, to, { run, layers, videos });
}

type Writer = (db: ProjectDatabase, out: string, selection: Selection) => Promise<WrittenExport>;

type Selection = Omit<ProjectExport, 'format' | 'videos'> & { readonly videos: readonly string[] };

const WRITERS: Readonly<Record<ProjectFormat, Writer>> = {
  tables: (db, out, selection) => exportTables(db, selection, out),
  parquet: (db, out, selection) => exportParquet(db, selection, out),
  openface: (db, out, selection) => exportLogs(db, selection, out, (log) => [{ ending: '.openface.csv', text: openFaceText(log) }]),
  facereader: (db, out, selection) =>
    exportLogs(db, selection, out, (log, { model, start }) => [
      { ending: '_detailed.txt', text: faceReaderDetailedText(log, model.id, start) },
      { ending: '_state.txt', text: faceReaderStateText(log, model.id, start) },
    ]),
  labels: async (db, out, { run, layers, videos }) => withRun(db, out, run, await writeLabels(db, layers, videos, out)),
  frames: async (db, out, { run, layers, videos }) => withRun(db, out, run, await writeFrames(db, layers, videos, out)),
  statistics: async (db, out, { run, layers, videos }) => withRun(db, out, run, await writeStatistics(db, layers, videos, out)),
  json: async (db, out) => {
    const file = join(out, 'project.jsonl');
    await writeAtomically(file, projectLines(db));
    return { files: [file], losses: [] };
  },
};

/** Adds run.json to an export of labels, and the warnings of that run. Without any run the export is unchanged. */
async function withRun(db: ProjectDatabase, out: string, run: string | null, { files, losses }: WrittenExport): Promise<WrittenExport> {
  if (run === null && listRuns(db).length === 0) return { files, losses };
  const { record } = runNamed(db, run);
  return { files: [...files, await writeRunRecord(out, record)], losses: [...losses, ...warningsOfRun(record)] };
}

/** The summaries of a run. An empty list of videos means all. */
function summariesIn(db: ProjectDatabase, run: string, videos: readonly string[]): ReturnType<typeof summariesOf> {
  const ids = new Set(selectVideos(db, videos).map(({ id }) => id));
  return new Map([...summariesOf(db, run)].filter(([, { id }]) => ids.has(id)));
}

function runNamed(db: ProjectDatabase, id: string | null): ReturnType<typeof listRuns>[number] {
  const runs = listRuns(db);
  const run = id === null ? runs[0] : runs.find((each) => each.id === id);
  if (run === undefined) throw id === null ? new StudioError('wrong-usage/no-run', {}) : new StudioError('wrong-usage/run-unknown', { run: id });
  return run;
}

async function exportTables(db: ProjectDatabase, { run: id, videos }: Selection, out: string): Promise<WrittenExport> {
  const run = runNamed(db, id);
  const summaries = summariesIn(db, run.id, videos);
  const read = (video: string): Promise<VideoResult | undefined> => {
    const summary = summaries.get(video);
    return Promise.resolve(summary && readResult(db, run.id, summary.id));
  };
  await writeTables(
    out,
    [...summaries.values()].map(({ summary }) => summary),
    read,
    run.record,
  );
  const dictionary = await writeDictionary(out, TABLES);
  return { files: [...[...TABLES.map(({ file }) => file), 'run.json'].map((name) => join(out, name)), dictionary], losses: [] };
}

/** The same tables as Parquet. The metadata of each file contains the model and the warnings of the run. */
async function exportParquet(db: ProjectDatabase, { run: id, videos }: Selection, out: string): Promise<WrittenExport> {
  const run = runNamed(db, id);
  async function* results(): AsyncGenerator<VideoResult> {
    for (const { id: video, summary } of summariesIn(db, run.id, videos).values())
      yield await Promise.resolve({ rows: [], peaks: [], segments: [], ...readResult(db, run.id, video), summary });
  }
  const files: string[] = [];
  const tables = TABLES.map((table) => ({ ...table, file: table.file.replace('.csv', '.parquet') }));
  for (const table of tables) {
    const file = join(out, table.file);
    files.push(file);
    await writeParquet(file, table, results(), { model: run.record.model.id, warnings: run.record.warnings.join('; ') });
  }
  files.push(await writeRunRecord(out, run.record));
  files.push(await writeDictionary(out, tables));
  return { files, losses: [] };
}

/** Writes a log for each face of each video, in the layout of another program. */
async function exportLogs(
  db: ProjectDatabase,
  { run: id, videos }: Selection,
  out: string,
  textsOf: (log: FrameLog, record: RunRecord) => { ending: string; text: string }[],
): Promise<WrittenExport> {
  const run = runNamed(db, id);
  const [files, losses, taken]: [string[], Notice[], Set<string>] = [[], [], new Set()];
  for (const { id: video, summary } of summariesIn(db, run.id, videos).values()) {
    const pts = readTiming(db, video)?.pts;
    if (summary.status !== 'done' || pts === undefined) continue;
    const name = fileNameFor(summary.video, taken);
    for (const { face } of facesOf(db, run.id, video).filter((each) => each.face > 0)) {
      const log = { video: summary.video, path: videoOf(db, video).path, fps: summary.fps, pts, face, rows: readFace(db, run.id, video, face) };
      for (const { ending, text } of textsOf(log, run.record)) {
        const file = join(out, `${name}${face === 1 ? '' : ` face ${face}`}${ending}`);
        files.push(file);
        await writeAtomically(file, [text]);
      }
    }
  }
  if (files.length === 0) throw new StudioError('wrong-usage/no-face', {});
  losses.push(notice('export/columns', {}));
  losses.push(...warningsOfRun(run.record));
  return { files, losses };
}

/**
 * Creates a project from an export in the format 'json'. If this fails, no project is created.
 * @throws StudioError 'project-exists', 'not-a-project', 'file-unreadable'
 */
export async function importProject(file: string, folder: string): Promise<void> {
  const lines: string[] = [];
  const input = createReadStream(file, 'utf8');
  input.on('error', () => undefined);
  try {
    for await (const line of createInterface({ input })) lines.push(line);
  } catch (error) {
    throw new StudioError('file-unreadable', { file }, error);
  }
  createProject(folder, (db) => readProjectLines(db, lines), exportVersion(lines[0] ?? ''));
}
