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
import type { CsvDialect } from '../../formats/csv-dialect.ts';
import { excelDialect, STANDARD_CSV } from '../../formats/csv-dialect.ts';
import { DICTIONARY_COLUMNS, dictionaryRows } from '../../formats/data-dictionary.ts';
import type { FrameLog } from '../../formats/other-logs.ts';
import { faceReaderDetailedText, faceReaderStateText, openFaceText } from '../../formats/other-logs.ts';
import { writeParquet } from '../../formats/parquet.ts';
import type { Cell, ExportTable, ProjectResult } from '../../formats/tables.ts';
import { PROJECT_TABLES, rowsOf } from '../../formats/tables.ts';
import { Workbook } from '../../formats/workbook.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { projectLines, readProjectLines, exportVersion } from '../../project/open-json.ts';
import { createProject } from '../../project/store/create-project.ts';
import { inProject } from '../../project/store/open-project.ts';
import { selectVideos } from '../../project/library.ts';
import type { RecordedRun } from '../../project/recorded-results.ts';
import { listRuns, readResult, readTiming } from '../../project/recorded-results.ts';
import { hasEarlierEdits, layersOf, newestRun } from '../../project/review.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { prepareOut } from '../analysis/analyse-folder.ts';
import { writeRunRecord } from '../analysis/write-tables.ts';
import { fileNameFor } from './exchange-annotations.ts';
import { frameTables, labelTables } from './export-labels.ts';
import { writeReport } from './export-report.ts';
import { signalTables } from './export-signals.ts';
import { statisticsTables } from './export-statistics.ts';
import type { TableSet, WrittenExport } from './export-tables.ts';
import { DICTIONARY_FILE, ExportProgress, writeCsvTables, writeDictionary } from './export-tables.ts';
import { faceNumbers, readFace } from '../../project/tracked-faces.ts';

export interface ProjectExport {
  readonly format: ProjectFormat;
  /** Id of the run for tables and logs; null means the newest result of each video. */
  readonly run: string | null;
  /** Names of layers for labels, frames and statistics; an empty list means all. */
  readonly layers: readonly string[];
  /** Ids or names of videos; an empty list means all. */
  readonly videos?: readonly string[] | undefined;
  /** Writes CSV tables as Excel opens them in this language; undefined means the program's own dialect. */
  readonly excelLanguage?: string | undefined;
}

/**
 * Exports a project in one of the formats of `ProjectFormat`.
 * @throws StudioError the errors of openProject; 'wrong-usage' for an unknown run or layer
 */
export function exportProject(folder: string, request: ProjectExport, out: string): Promise<WrittenExport> {
  return inProject(folder, (db) => writeProject(db, request, out));
}

/** The same for an open project. @throws StudioError also 'cancelled' if the export was stopped; files that are complete stay */
export async function writeProject(db: ProjectDatabase, request: ProjectExport, out: string, progress = new ExportProgress()): Promise<WrittenExport> {
  const { format, run, layers, videos = [], excelLanguage } = request;
  const to = resolve(out);
  await prepareOut(to);
  const dialect = excelLanguage === undefined ? STANDARD_CSV : excelDialect(excelLanguage);
  const { files, losses } = await WRITERS[format](db, to, { run, layers, videos, dialect, progress });
  return { files, losses: format === 'json' ? losses : [...losses, ...editsOfEarlierRuns(db, videos)] };
}

/** A warning about videos whose faces were merged or split after an earlier analysis. */
function editsOfEarlierRuns(db: ProjectDatabase, videos: readonly string[]): Notice[] {
  const names = selectVideos(db, videos).flatMap(({ id, name }) => (hasEarlierEdits(db, id) ? [name] : []));
  return names.length === 0 ? [] : [notice('faces/earlier-run', { videos: names })];
}

type Writer = (db: ProjectDatabase, out: string, selection: Selection) => Promise<WrittenExport>;

interface Selection extends Omit<ProjectExport, 'format' | 'videos' | 'excelLanguage'> {
  readonly videos: readonly string[];
  readonly dialect: CsvDialect;
  readonly progress: ExportProgress;
}

const WRITERS: Readonly<Record<ProjectFormat, Writer>> = {
  tables: (db, out, selection) => exportTables(db, selection, out),
  parquet: (db, out, selection) => exportParquet(db, selection, out),
  openface: (db, out, selection) => exportLogs(db, selection, out, (log) => [{ ending: '.openface.csv', text: openFaceText(log) }]),
  facereader: (db, out, selection) =>
    exportLogs(db, selection, out, (log, { model, start }) => [
      { ending: '_detailed.txt', text: faceReaderDetailedText(log, model.id, start) },
      { ending: '_state.txt', text: faceReaderStateText(log, model.id, start) },
    ]),
  xlsx: (db, out, selection) => exportWorkbook(db, selection, out),
  labels: async (db, out, selection) => writeCsv(db, out, selection, await labelTables(db, selection.layers, selection.videos, selection.progress)),
  frames: async (db, out, selection) => writeCsv(db, out, selection, await frameTables(db, selection.layers, selection.videos, selection.progress)),
  statistics: async (db, out, selection) => writeCsv(db, out, selection, await statisticsTables(db, selection.layers, selection.videos, selection.progress)),
  signals: (db, out, selection) => {
    const { run, videos, progress } = selection;
    const runs = new Map(chosenResults(db, run, videos).results.map((each) => [each.video.id, each.run.id]));
    const chosen = selectVideos(db, videos).map((video) => ({ video, run: runs.get(video.id) ?? null }));
    return writeCsv(db, out, selection, signalTables(db, chosen, progress));
  },
  report: (db, out, { videos }) => writeReport(db, videos, out),
  json: async (db, out) => {
    const file = join(out, 'project.jsonl');
    await writeAtomically(file, projectLines(db));
    return { files: [file], losses: [] };
  },
};

/** Writes tables of labels, run.json with it, and the warnings of that run. Without any run there is no run.json. */
async function writeCsv(db: ProjectDatabase, out: string, { run, dialect }: Selection, { tables, losses }: TableSet): Promise<WrittenExport> {
  const files = await writeCsvTables(out, tables, dialect);
  const runs = listRuns(db);
  if (run === null && runs.length === 0) return { files, losses: [...losses] };
  const { record } = runNamed(runs, run);
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
  const runs = listRuns(db);
  const named = runNamed(runs, id);
  const all = new Map(runs.map((run) => [run.id, run]));
  const results = selectVideos(db, videos).flatMap((video): ChosenResult[] => {
    const newest = id ?? newestRun(layersOf(db, video.id));
    const run = newest === null ? undefined : all.get(newest);
    return run === undefined ? [] : [{ video, run }];
  });
  const used = new Set(results.map(({ run }) => run));
  return { results, runs: used.size === 0 ? [named] : [...all.values()].filter((run) => used.has(run)) };
}

/** @param runs all runs, newest first @param id null for the newest one */
function runNamed(runs: readonly RecordedRun[], id: string | null): RecordedRun {
  const run = id === null ? runs[0] : runs.find((each) => each.id === id);
  if (run === undefined) throw id === null ? new StudioError('wrong-usage/no-run', {}) : new StudioError('wrong-usage/run-unknown', { run: id });
  return run;
}

/** Reads results one at a time, so that only one is in memory. Each is a step of the progress. */
async function* readResults(db: ProjectDatabase, chosen: readonly ChosenResult[], progress: ExportProgress): AsyncGenerator<ProjectResult> {
  for (const { video, run } of chosen) {
    await progress.step();
    const result = readResult(db, run.id, video.id);
    if (result !== undefined) yield { ...result, origin: { videoId: video.id, path: video.path, run: run.id } };
  }
}

/**
 * The tables of the results. Timelines exceed memory: their rows are read one video after the other. The rows of the other tables are
 * read together, since each result has to be unpacked for them, too.
 */
function resultTables(db: ProjectDatabase, results: readonly ChosenResult[], progress: ExportProgress): ExportTable[] {
  const [timeline, ...others] = PROJECT_TABLES;
  progress.expect(2 * results.length);
  let reading: Promise<readonly (readonly Cell[])[][]> | undefined;
  const readOthers = async (): Promise<readonly (readonly Cell[])[][]> => {
    const rows = others.map((): (readonly Cell[])[] => []);
    for await (const result of readResults(db, results, progress))
      for (const [i, table] of others.entries()) for (const row of table.rows(result)) rows[i]?.push(row);
    return rows;
  };
  const rowsOfOther = async function* (i: number): AsyncGenerator<readonly Cell[]> {
    reading ??= readOthers();
    yield* (await reading)[i] ?? [];
  };
  return PROJECT_TABLES.map((table, i) => ({
    file: table.file,
    columns: table.columns,
    rows: () => (table === timeline ? rowsOf(table, readResults(db, results, progress)) : rowsOfOther(i - 1)),
  }));
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

async function exportTables(db: ProjectDatabase, { run: id, videos, dialect, progress }: Selection, out: string): Promise<WrittenExport> {
  const { results, runs } = chosenResults(db, id, videos);
  const files = await writeCsvTables(out, resultTables(db, results, progress), dialect);
  const records = await writeRunRecords(out, runs);
  return { files: [...files, ...records.files], losses: records.losses };
}

const WORKBOOK_FILE = 'results.xlsx';

/**
 * Writes a workbook with the tables of labels, of statistics and of the results, the runs and the data dictionary. What the project
 * does not have is left out.
 */
async function exportWorkbook(db: ProjectDatabase, { run, layers, videos, progress }: Selection, out: string): Promise<WrittenExport> {
  const hasRuns = run !== null || listRuns(db).length > 0;
  const labels = await labelTables(db, layers, videos, progress);
  const statistics = await statisticsTables(db, layers, videos, progress);
  const { results, runs } = hasRuns ? chosenResults(db, run, videos) : { results: [], runs: [] };
  const ofResults = hasRuns ? resultTables(db, results, progress) : [];
  const isTimeline = ({ file }: ExportTable): boolean => file.startsWith('timeline');
  const all = [...statistics.tables, ...labels.tables, ...ofResults];
  // Timelines are the longest tables, and come last.
  const tables = [...all.filter((table) => !isTimeline(table)), ...all.filter(isTimeline), ...(hasRuns ? [runTable(runs)] : [])];
  const dictionary = dictionaryRows(tables.map((table) => ({ ...table, file: table.file.replace('.csv', '') })));
  const file = join(out, WORKBOOK_FILE);
  const workbook = new Workbook();
  await writeAtomically(file, workbook.pieces([...tables, { file: DICTIONARY_FILE, columns: DICTIONARY_COLUMNS, rows: () => dictionary }]));
  const warnings = runs.flatMap(({ record }) => warningsOfRun(record));
  const several = runs.length < 2 ? [] : [notice('export/several-runs', { count: runs.length })];
  return { files: [file], losses: [...labels.losses, ...statistics.losses, ...workbook.losses, ...several, ...warnings] };
}

/** The runs as a table, for files that have no run.json beside them. */
function runTable(runs: readonly RecordedRun[]): ExportTable {
  const rows = runs.map(({ id, record }): Cell[] => {
    const { appVersion, model, device, start, end, warnings, cancelled } = record;
    return [id, model.id, model.sha256, model.trained, device, start, cancelled ? null : end, warnings.join(' '), appVersion];
  });
  const columns = ['run_id', 'model', 'model_sha256', 'trained', 'device', 'started_at', 'ended_at', 'run_warnings', 'program_version'];
  return { file: 'runs.csv', columns, rows: () => rows };
}

/** The same tables as Parquet. The metadata of each file contains the models and the warnings of the runs. */
async function exportParquet(db: ProjectDatabase, { run: id, videos, progress }: Selection, out: string): Promise<WrittenExport> {
  const { results, runs } = chosenResults(db, id, videos);
  const files: string[] = [];
  const tables = PROJECT_TABLES.map((table) => ({ ...table, file: table.file.replace('.csv', '.parquet') }));
  const joined = (of: (run: RecordedRun) => readonly string[]): string => [...new Set(runs.flatMap(of))].join('; ');
  const metadata = { model: joined(({ record }) => [record.model.id]), warnings: joined(({ record }) => record.warnings) };
  progress.expect(tables.length * results.length);
  for (const table of tables) {
    const file = join(out, table.file);
    files.push(file);
    await writeParquet(file, table, readResults(db, results, progress), metadata);
  }
  const records = await writeRunRecords(out, runs);
  return { files: [...files, ...records.files, await writeDictionary(out, tables)], losses: records.losses };
}

/** Writes a log for each face of each video, in the layout of another program. */
async function exportLogs(
  db: ProjectDatabase,
  { run: id, videos, progress }: Selection,
  out: string,
  textsOf: (log: FrameLog, record: RunRecord) => { ending: string; text: string }[],
): Promise<WrittenExport> {
  const { results, runs } = chosenResults(db, id, videos);
  const [files, taken]: [string[], Set<string>] = [[], new Set()];
  progress.expect(results.length);
  for (const { video, run } of results) {
    await progress.step();
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
