import { createReadStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { ProjectFormat } from '../../../shared/domain/export-formats.ts';
import type { RunRecord } from '../../../shared/domain/results.ts';
import { warningsOfRun } from '../../../shared/domain/results.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { FrameLog } from '../../formats/other-logs.ts';
import { faceReaderDetailedText, faceReaderStateText, openFaceText } from '../../formats/other-logs.ts';
import { writeParquet } from '../../formats/parquet.ts';
import type { ProjectResult } from '../../formats/tables.ts';
import { PROJECT_TABLES, tableText } from '../../formats/tables.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { projectLines, readProjectLines, exportVersion } from '../../project/open-json.ts';
import { createProject } from '../../project/store/create-project.ts';
import { inProject } from '../../project/store/open-project.ts';
import { selectVideos } from '../../project/library.ts';
import type { RecordedRun } from '../../project/recorded-results.ts';
import { listRuns, readResult, readTiming } from '../../project/recorded-results.ts';
import { hasEarlierEdits, layersOf, newestRun } from '../../project/review.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { prepareOut, writeRunRecord } from '../analysis/analyse-folder.ts';
import { fileNameFor } from './exchange-annotations.ts';
import type { WrittenExport } from './export-labels.ts';
import { writeDictionary, writeFrames, writeLabels } from './export-labels.ts';
import { writeReport } from './export-report.ts';
import { writeSignals } from './export-signals.ts';
import { writeStatistics } from './export-statistics.ts';
import { faceNumbers, readFace } from '../../project/tracked-faces.ts';

export interface ProjectExport {
  readonly format: ProjectFormat;
  /** Id of the run for tables and logs; null means the newest result of each video. */
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
  const { files, losses } = await WRITERS[format](db, to, { run, layers, videos });
  return { files, losses: format === 'json' ? losses : [...losses, ...editsOfEarlierRuns(db, videos)] };
}

/** A warning about videos whose faces were merged or split after an earlier analysis. */
function editsOfEarlierRuns(db: ProjectDatabase, videos: readonly string[]): Notice[] {
  const names = selectVideos(db, videos).flatMap(({ id, name }) => (hasEarlierEdits(db, id) ? [name] : []));
  return names.length === 0 ? [] : [notice('faces/earlier-run', { videos: names })];
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
  signals: async (db, out, { run, videos }) => {
    const runs = new Map(chosenResults(db, run, videos).results.map((each) => [each.video.id, each.run.id]));
    const chosen = selectVideos(db, videos).map((video) => ({ video, run: runs.get(video.id) ?? null }));
    return withRun(db, out, run, await writeSignals(db, chosen, out));
  },
  report: (db, out, { videos }) => writeReport(db, videos, out),
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

/** A stored result that is exported. */
interface ChosenResult {
  readonly video: VideoRow;
  readonly run: RecordedRun;
}

/**
 * The results of a run, or the newest result of each video. An empty list of videos means all.
 * @throws StudioError 'wrong-usage' for an unknown run, and for a project without results
 */
function chosenResults(db: ProjectDatabase, id: string | null, videos: readonly string[]): { results: ChosenResult[]; runs: RecordedRun[] } {
  const named = runNamed(db, id);
  const all = new Map(listRuns(db).map((run) => [run.id, run]));
  const results = selectVideos(db, videos).flatMap((video): ChosenResult[] => {
    const newest = id ?? newestRun(layersOf(db, video.id));
    const run = newest === null ? undefined : all.get(newest);
    return run === undefined ? [] : [{ video, run }];
  });
  const used = new Set(results.map(({ run }) => run));
  return { results, runs: used.size === 0 ? [named] : [...all.values()].filter((run) => used.has(run)) };
}

function runNamed(db: ProjectDatabase, id: string | null): RecordedRun {
  const runs = listRuns(db);
  const run = id === null ? runs[0] : runs.find((each) => each.id === id);
  if (run === undefined) throw id === null ? new StudioError('wrong-usage/no-run', {}) : new StudioError('wrong-usage/run-unknown', { run: id });
  return run;
}

/** Reads results one at a time, so that only one is in memory. */
async function* readResults(db: ProjectDatabase, chosen: readonly ChosenResult[]): AsyncGenerator<ProjectResult> {
  for (const { video, run } of chosen) {
    const result = readResult(db, run.id, video.id);
    if (result !== undefined) yield await Promise.resolve({ ...result, origin: { videoId: video.id, path: video.path, run: run.id } });
  }
}

/** Writes run.json: the newest run; and runs.json with all of them, if the results are of several. */
async function writeRunRecords(out: string, runs: readonly RecordedRun[]): Promise<{ files: string[]; losses: Notice[] }> {
  const files = runs[0] === undefined ? [] : [await writeRunRecord(out, runs[0].record)];
  if (runs.length < 2) return { files, losses: [] };
  const file = join(out, 'runs.json');
  await writeAtomically(file, [
    `${JSON.stringify(
      runs.map(({ id, record }) => ({ run_id: id, ...record })),
      null,
      2,
    )}\n`,
  ]);
  return { files: [...files, file], losses: [notice('export/several-runs', { count: runs.length })] };
}

async function exportTables(db: ProjectDatabase, { run: id, videos }: Selection, out: string): Promise<WrittenExport> {
  const { results, runs } = chosenResults(db, id, videos);
  for (const table of PROJECT_TABLES) await writeAtomically(join(out, table.file), tableText(table, readResults(db, results)));
  const records = await writeRunRecords(out, runs);
  const dictionary = await writeDictionary(out, PROJECT_TABLES);
  return { files: [...PROJECT_TABLES.map(({ file }) => join(out, file)), ...records.files, dictionary], losses: records.losses };
}

/** The same tables as Parquet. The metadata of each file contains the models and the warnings of the runs. */
async function exportParquet(db: ProjectDatabase, { run: id, videos }: Selection, out: string): Promise<WrittenExport> {
  const { results, runs } = chosenResults(db, id, videos);
  const files: string[] = [];
  const tables = PROJECT_TABLES.map((table) => ({ ...table, file: table.file.replace('.csv', '.parquet') }));
  const joined = (of: (run: RecordedRun) => readonly string[]): string => [...new Set(runs.flatMap(of))].join('; ');
  const metadata = { model: joined(({ record }) => [record.model.id]), warnings: joined(({ record }) => record.warnings) };
  for (const table of tables) {
    const file = join(out, table.file);
    files.push(file);
    await writeParquet(file, table, readResults(db, results), metadata);
  }
  const records = await writeRunRecords(out, runs);
  return { files: [...files, ...records.files, await writeDictionary(out, tables)], losses: records.losses };
}

/** Writes a log for each face of each video, in the layout of another program. */
async function exportLogs(
  db: ProjectDatabase,
  { run: id, videos }: Selection,
  out: string,
  textsOf: (log: FrameLog, record: RunRecord) => { ending: string; text: string }[],
): Promise<WrittenExport> {
  const { results, runs } = chosenResults(db, id, videos);
  const [files, taken]: [string[], Set<string>] = [[], new Set()];
  for (const { video, run } of results) {
    const pts = readTiming(db, video.id)?.pts;
    if (pts === undefined) continue;
    const name = fileNameFor(video.name, taken);
    for (const face of faceNumbers(db, run.id, video.id)) {
      const log = { video: video.name, path: video.path, fps: video.fps, pts, face, rows: readFace(db, run.id, video.id, face) };
      for (const { ending, text } of textsOf(log, run.record)) {
        const file = join(out, `${name}${face === 1 ? '' : ` face ${face}`}${ending}`);
        files.push(file);
        await writeAtomically(file, [text]);
      }
    }
  }
  if (files.length === 0) throw new StudioError('wrong-usage/no-face', {});
  return { files, losses: [notice('export/columns', {}), ...runs.flatMap(({ record }) => warningsOfRun(record))] };
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
