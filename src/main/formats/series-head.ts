import { basename } from 'node:path';
import { StudioError } from '../../shared/app/errors.ts';
import type { SeriesRequest } from './read-series.ts';
import { cellsOf, headerOf, linesOf, seriesOf } from './read-series.ts';
import type { SeriesLayout } from './series-layouts.ts';
import { isInMilliseconds, layoutOf, readingOf } from './series-layouts.ts';

/** The head of a table with time series, from which a person chooses what is read. */
export interface SeriesHead {
  readonly program: SeriesLayout['name'];
  /** Line with the names of the columns, from 1; for a table without names, that of the first row. */
  readonly headerLine: number;
  readonly columns: readonly { readonly name: string; readonly unit: string }[];
  /** Columns that are read if none is named. */
  readonly taken: readonly string[];
  /** Column of the times; null if none is known. */
  readonly time: string | null;
  readonly timeUnit: 's' | 'ms';
  /** Whether the times are numbers of the video's frames. */
  readonly isFrames: boolean;
  /** Faces in the head, if the table tells them apart. */
  readonly faces: readonly string[];
  /** Cells of the first rows. */
  readonly rows: readonly (readonly string[])[];
}

/** Number of rows for a preview. */
const PREVIEW_ROWS = 5;

/**
 * Reads the head of a table; the rest of the file is not read.
 * @param request the header's line, if it is not the likely one
 * @throws StudioError 'file-unreadable', 'data-set-invalid' for files that are no such table
 */
export async function readSeriesHead(path: string, request: Pick<SeriesRequest, 'headerLine'> = {}): Promise<SeriesHead> {
  const file = basename(path);
  for await (const { text } of linesOf(path)) {
    const { line, separator, columns, hasHeader } = headerOf(text, { headerLine: request.headerLine ?? likelyHeader(text), time: null });
    if (columns.length === 0 || text.every((each) => each.trim() === '')) break;
    if (/^\W*video analysis state log/i.test(text[0] ?? '')) throw new StudioError('data-set-invalid/state-log', { file });
    const layout = layoutOf(columns, text[0] ?? '');
    const rows = cellsOf(
      text.slice(hasHeader ? line + 1 : line).filter((each) => each.trim() !== ''),
      separator,
    );
    const faceAt = layout.face === null ? -1 : columns.indexOf(layout.face);
    return {
      program: layout.name,
      headerLine: line + 1,
      columns: columns.map((name) => ({ name, unit: layout.unitOf(name) })),
      taken: seriesOf(layout, columns, rows, columns.indexOf(layout.time ?? '')).taken,
      time: layout.time,
      timeUnit: isInMilliseconds(layout.time ?? '') ? 'ms' : 's',
      isFrames: layout.timeKind === 'frames',
      faces: faceAt < 0 ? [] : [...new Set(rows.map((row) => (row[faceAt] ?? '').trim()).filter((face) => face !== ''))],
      rows: rows.slice(0, PREVIEW_ROWS).map((row) => columns.map((_, i) => (row[i] ?? '').trim())),
    };
  }
  throw new StudioError('data-set-invalid/no-series', { file });
}

/** The header is within these lines. */
const HEAD_LINES = 50;

/** The first line with names above a line with as many cells and with numbers, from 1; null if there is none. */
function likelyHeader(text: readonly string[]): number | null {
  for (let line = 1; line < Math.min(HEAD_LINES, text.length); line++) {
    const { separator, columns, hasHeader } = headerOf(text, { headerLine: line, time: null });
    const [next = []] = cellsOf([text[line] ?? ''], separator);
    const isNumber = (cell: string): boolean => !Number.isNaN(readingOf(cell) ?? NaN);
    if (hasHeader && columns.length > 1 && next.length === columns.length && next.some(isNumber) && !columns.some(isNumber)) return line;
  }
  return null;
}
