import { existsSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, problemList } from '../../../shared/app/notices.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import { decodeText } from '../../formats/decode-text.ts';
import type { TableRow } from '../../formats/read-table.ts';
import { readTable, separatorOf } from '../../formats/read-table.ts';
import type { ClipRow } from './clip-row.ts';
import { rowOfVideo } from './clip-row.ts';
import { readPublicSet } from './public-sets.ts';
import { findVideos, readableVideos } from '../../media/video-files.ts';

/** Synonyms of the class names in common data sets. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  happy: 'happiness',
  joy: 'happiness',
  sad: 'sadness',
  neutrality: 'neutral',
  angry: 'anger',
  surprised: 'surprise',
  disgusted: 'disgust',
  fearful: 'fear',
  afraid: 'fear',
};
const SPLIT_NAMES: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
};
/** Tables that a folder may contain, as VideoMAE's data sets do. */
const SPLIT_TABLES = ['train.csv', 'val.csv', 'test.csv'] as const;
const TABLE_ENDING = /\.(csv|tsv|txt)$/i;
/** Largest number of rows that an error message lists; it only counts the others. */
const NAMED_ROWS = 12;

/**
 * Reads a clip set: a table (lines of `path label` as in VideoMAE, or a CSV with a header), a folder with a folder for each
 * class, a folder with train.csv, val.csv and test.csv, a public set as its authors give it out (see public-sets.ts), or a
 * folder of unlabelled videos.
 * @param fold the fold of a public set that tests; null for its first one, or for none where people are divided
 * @throws StudioError 'file-missing', or 'data-set-invalid' with the rows that cannot be used
 */
export async function readClipSet(path: string, fold: number | null = null): Promise<ClipRow[]> {
  const at = resolve(path);
  const kind = await stat(at).catch((error: unknown) => {
    throw new StudioError('file-missing/clip-set', { path }, error);
  });
  const problems: Notice[] = [];
  const known = kind.isDirectory() ? await readPublicSet(at, fold) : null;
  if (known !== null) return known;
  if (fold !== null) throw new StudioError('wrong-usage/no-folds', { path });
  const rows = kind.isDirectory() ? await readFolder(at, problems) : await readSetTable(at, null, problems);
  for (const { from, path: video } of rows)
    if (!existsSync(video) || statSync(video).isDirectory())
      problems.push(existsSync(video) ? notice('clip/folder', { from, path: video }) : notice('clip/missing', { from, path: video }));
  refuse('data-set-invalid/rows', path, problems);
  if (rows.length === 0) throw new StudioError('data-set-invalid/empty', { path });
  return rows;
}

/** @throws StudioError 'data-set-invalid' with the problems; returns where there are none */
export function refuse(id: RefusalId, set: string, problems: readonly Notice[]): void {
  if (problems.length > 0) throw new StudioError(id, { set: basename(set), problems: problemList(problems, NAMED_ROWS) });
}
type RefusalId = `data-set-invalid/${'rows' | 'videos' | 'split-leak' | 'held-leak' | 'one-class'}`;

async function readFolder(folder: string, problems: Notice[]): Promise<ClipRow[]> {
  const names = await readdir(folder);
  const tables = SPLIT_TABLES.filter((name) => names.includes(name));
  if (tables.length > 0)
    return (await Promise.all(tables.map((name) => readSetTable(join(folder, name), SPLIT_NAMES[name.replace('.csv', '')]!, problems)))).flat();
  const classes = names.flatMap((name) => (labelOf(name) === undefined ? [] : [{ name, label: labelOf(name)! }]));
  if (classes.length === 0) return readableVideos(await findVideos([folder])).videos.map(({ path, name }) => ({ ...rowOfVideo(name, path), label: null }));
  const rows = await Promise.all(
    classes.map(async ({ name, label }) =>
      readableVideos(await findVideos([join(folder, name)])).videos.map((video) => ({ ...rowOfVideo(`${name}/${video.name}`, video.path), label })),
    ),
  );
  return rows.flat();
}

async function readSetTable(path: string, split: Split | null, problems: Notice[]): Promise<ClipRow[]> {
  if (!TABLE_ENDING.test(path)) throw new StudioError('data-set-invalid/not-a-table', { path });
  const text = decodeText(await readFile(path));
  const separator = separatorOf(text, 'path');
  return separator === undefined ? readLines(path, text, split, problems) : readColumns(path, text, separator, split, problems);
}

/** Reads lines of `path label`, separated by a space, as in VideoMAE. A path alone is an unlabelled clip. */
function readLines(table: string, text: string, split: Split | null, problems: Notice[]): ClipRow[] {
  const rows: ClipRow[] = [];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const from = notice('place/line', { file: basename(table), line: i + 1 });
    const [, path, word] = /^(.*?)(?:[ \t,]+([^ \t,]+))?$/s.exec(line)!;
    const label = word === undefined ? undefined : labelOf(word);
    const whole = resolve(dirname(table), line);
    if (label === undefined && (word === undefined || existsSync(whole))) {
      rows.push({ ...rowOfVideo(from, whole), label: null, split });
      continue;
    }
    if (label === undefined) problems.push(unknownLabel(from, word!));
    rows.push({ ...rowOfVideo(from, resolve(dirname(table), path!)), label: label ?? null, split });
  }
  return rows;
}

function readColumns(table: string, text: string, separator: string, split: Split | null, problems: Notice[]): ClipRow[] {
  return readTable(text, basename(table), separator).rows.map((row) => {
    const from = notice('place/line', { file: basename(table), line: row.line });
    return readRecord(table, from, row, split, problems);
  });
}

function readRecord(table: string, from: Notice, { cell, number }: TableRow, split: Split | null, problems: Notice[]): ClipRow {
  const text = (column: string): string | null => cell(column) || null;
  const seconds = (column: string): number | null => {
    const value = number(column);
    if (value !== null && !(value >= 0)) problems.push(notice('clip/time', { from, column, value: cell(column) }));
    return value;
  };
  const word = text('label');
  const label = word === null ? null : labelOf(word);
  if (label === undefined) problems.push(unknownLabel(from, word!));
  const named = text('split');
  const own = named === null ? split : SPLIT_NAMES[named.toLowerCase()];
  if (own === undefined) problems.push(notice('clip/split', { from, value: named! }));
  if (text('path') === null) problems.push(notice('clip/no-path', { from }));
  const row: ClipRow = {
    from,
    path: resolve(dirname(table), text('path') ?? ''),
    label: label ?? null,
    startS: seconds('start_s'),
    endS: seconds('end_s'),
    onsetS: seconds('onset_s'),
    apexS: seconds('apex_s'),
    offsetS: seconds('offset_s'),
    participant: text('participant'),
    group: text('group'),
    split: own ?? null,
  };
  const order = [row.startS, row.onsetS, row.apexS, row.offsetS, row.endS].filter((each) => each !== null);
  if (order.some((each, i) => i > 0 && each < order[i - 1]!)) problems.push(notice('clip/order', { from }));
  return row;
}

/** The index of a class from its name, a synonym, or its number from 0. */
function labelOf(word: string): number | undefined {
  const name = word.trim().toLowerCase();
  if (/^\d+$/.test(name)) return Number(name) < EXPRESSIONS.length ? Number(name) : undefined;
  const index = (EXPRESSIONS as readonly string[]).indexOf(OTHER_NAMES[name] ?? name);
  return index < 0 ? undefined : index;
}

function unknownLabel(from: Notice, value: string): Notice {
  return notice(/^\d+$/.test(value) ? 'clip/class-number' : 'clip/class', { from, value, known: EXPRESSIONS.map((name, i) => `${name} (${i})`) });
}
