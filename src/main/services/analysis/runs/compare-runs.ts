import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { StudioError } from '../../../../shared/app/errors.ts';
import type { RunRecord } from '../../../../shared/domain/results.ts';

/** How the tables of two runs differ. */
export interface RunComparison {
  /** Whether all tables have the same rows, with numbers that differ by no more than the tolerance. */
  readonly equal: boolean;
  readonly tables: readonly TableComparison[];
  /** What differs in how the runs were made: names of run.json with both values. */
  readonly settings: readonly { readonly name: string; readonly first: unknown; readonly second: unknown }[];
}

export interface TableComparison {
  readonly table: string;
  /** Rows of each run. */
  readonly rows: readonly [number, number];
  readonly onlyInFirst: number;
  readonly onlyInSecond: number;
  /** Rows of both runs with a cell that differs by more than the tolerance. */
  readonly differing: number;
  /** The largest difference of each column of numbers that has one. */
  readonly largest: Readonly<Record<string, number>>;
  /** The first rows that differ, by their keys. */
  readonly examples: readonly string[];
}

/** The tables with the columns that name a row. summary.csv also has times of computing, which are no results. */
const TABLES = [
  { file: 'timeline.csv', keys: ['video', 'face_id', 'slot'], ignored: [] },
  { file: 'peaks.csv', keys: ['video', 'face_id', 'peak_id'], ignored: [] },
  { file: 'segments.csv', keys: ['video', 'face_id', 'segment_id'], ignored: [] },
  { file: 'summary.csv', keys: ['video'], ignored: ['seconds_taken', 'times_real_time'] },
] as const;
const EXAMPLES = 5;
/** Names of run.json that are different in every run. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set(['start', 'end', 'command', 'sources', 'merged', 'warnings', 'inputs']);

/**
 * Compares two folders of tables.
 * @param tolerance largest difference of two numbers that counts as equal
 * @throws StudioError 'file-missing/run' for a folder without run.json
 */
export async function compareRuns(first: string, second: string, tolerance: number): Promise<RunComparison> {
  const settings = differences(await readRecord(first), await readRecord(second));
  const tables: TableComparison[] = [];
  for (const table of TABLES) tables.push(await compareTable(table, first, second, tolerance));
  const equal = tables.every(({ onlyInFirst, onlyInSecond, differing }) => onlyInFirst + onlyInSecond + differing === 0);
  return { equal, tables, settings };
}

async function readRecord(folder: string): Promise<Partial<RunRecord>> {
  const file = join(folder, 'run.json');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<RunRecord>;
  } catch (error) {
    throw new StudioError('file-missing/run', { file }, error);
  }
}

/** The leaves of two records that differ, by their paths. */
function differences(first: unknown, second: unknown, path = ''): { name: string; first: unknown; second: unknown }[] {
  if (isObject(first) && isObject(second)) {
    const names = [...new Set([...Object.keys(first), ...Object.keys(second)])].filter((name) => path !== '' || !OF_THE_MOMENT.has(name));
    return names.flatMap((name) => differences(first[name], second[name], path === '' ? name : `${path}.${name}`));
  }
  return JSON.stringify(first) === JSON.stringify(second) ? [] : [{ name: path, first: first ?? null, second: second ?? null }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Row = Readonly<Record<string, string>>;

/**
 * Compares one table. Both are read video by video; as both runs usually have their videos in the same order, hardly more than one
 * video is in memory.
 */
async function compareTable({ file, keys, ignored }: (typeof TABLES)[number], first: string, second: string, tolerance: number): Promise<TableComparison> {
  const result = {
    table: file,
    rows: [0, 0] as [number, number],
    onlyInFirst: 0,
    onlyInSecond: 0,
    differing: 0,
    largest: {} as Record<string, number>,
    examples: [] as string[],
  };
  const note = (row: Row): void => {
    if (result.examples.length < EXAMPLES) result.examples.push(keys.map((key) => row[key]).join(' '));
  };
  const compareVideo = (ours: readonly Row[], theirs: readonly Row[]): void => {
    const keyOf = (row: Row): string => keys.map((key) => row[key]).join('\n');
    const left = new Map(theirs.map((row) => [keyOf(row), row]));
    for (const row of ours) {
      const other = left.get(keyOf(row));
      left.delete(keyOf(row));
      if (other === undefined) result.onlyInFirst += 1;
      else if (rowsDiffer(row, other, ignored, tolerance, result.largest)) result.differing += 1;
      else continue;
      note(row);
    }
    result.onlyInSecond += left.size;
    for (const row of left.values()) note(row);
  };
  const waiting = [new Map<string, Row[]>(), new Map<string, Row[]>()] as const;
  const sources = [videosOf(join(first, file)), videosOf(join(second, file))] as const;
  for (let open = 2; open > 0;) {
    open = 0;
    for (const side of [0, 1] as const) {
      const next = await sources[side].next();
      if (next.done === true) continue;
      open += 1;
      const [video, rows] = next.value;
      result.rows[side] += rows.length;
      const ofOther = side === 0 ? waiting[1] : waiting[0];
      const other = ofOther.get(video);
      ofOther.delete(video);
      if (other === undefined) waiting[side].set(video, rows);
      else compareVideo(...(side === 0 ? ([rows, other] as const) : ([other, rows] as const)));
    }
  }
  for (const rows of waiting[0].values()) compareVideo(rows, []);
  for (const rows of waiting[1].values()) compareVideo([], rows);
  return result;
}

/** Whether two rows differ. Adds the differences of numbers to `largest`. */
function rowsDiffer(row: Row, other: Row, ignored: readonly string[], tolerance: number, largest: Record<string, number>): boolean {
  let differs = false;
  for (const name of new Set([...Object.keys(row), ...Object.keys(other)])) {
    const [a, b] = [row[name] ?? '', other[name] ?? ''];
    if (a === b || ignored.includes(name)) continue;
    const distance = a === '' || b === '' ? NaN : Math.abs(Number(a) - Number(b));
    if (Number.isFinite(distance)) largest[name] = Math.max(largest[name] ?? 0, distance);
    if (!(distance <= tolerance)) differs = true;
  }
  return differs;
}

/** The rows of a table by video. @throws StudioError 'file-missing/run' where the table cannot be read */
async function* videosOf(file: string): AsyncGenerator<[string, Row[]]> {
  const rows = createReadStream(file).pipe(parse({ columns: true, bom: true }));
  let video: string | undefined;
  let own: Row[] = [];
  try {
    for await (const row of rows as AsyncIterable<Row>) {
      if (video !== undefined && row['video'] !== video) {
        yield [video, own];
        own = [];
      }
      video = row['video'];
      own.push(row);
    }
  } catch (error) {
    throw new StudioError('file-missing/run', { file }, error);
  }
  if (video !== undefined) yield [video, own];
}
