import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { decodeText } from '../../formats/decode-text.ts';
import type { Table, TableRow } from '../../formats/read-table.ts';
import { readTable, separatorOf } from '../../formats/read-table.ts';
import type { VideoRow } from '../../project/store/schema.ts';

/** Largest number of rows that a message lists. */
export const LISTED_PROBLEMS = 50;

/** A table of a study: its rows, and the problems with them. */
export interface StudyTable extends Table {
  /** Name of the file. */
  readonly file: string;
}

/**
 * Reads a table of a study.
 * @param needed columns, of which the header must have at least one
 * @returns undefined if the file has none of them
 * @throws StudioError 'file-unreadable', 'data-set-invalid'
 */
export async function readStudyTable(path: string, needed: readonly string[]): Promise<StudyTable | undefined> {
  const file = basename(path);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new StudioError('file-unreadable', { file: path }, error);
  });
  const text = decodeText(bytes);
  const separator = needed.map((column) => separatorOf(text, column)).find((each) => each !== undefined);
  return separator === undefined ? undefined : { file, ...readTable(text, file, separator) };
}

/** The place of a row for messages. */
export const placeOf = ({ file }: StudyTable, { line }: TableRow): Notice => notice('place/line', { file, line });

/** Finds a video by its name, path or id. Unknown and ambiguous names become problems. */
export function findVideoOf(videos: readonly VideoRow[], key: string, from: Notice, problems: Notice[]): VideoRow | undefined {
  const found = videos.filter(({ id, name, path }) => id === key || name === key || path === key);
  if (found.length === 1) return found[0];
  problems.push(notice(found.length === 0 ? 'study/unknown-video' : 'study/ambiguous-video', { from, video: key }));
  return undefined;
}
