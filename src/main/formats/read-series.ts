import { parse } from 'csv-parse/sync';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { StudioError } from '../../shared/app/errors.ts';
import type { Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';
import { textDecoderOf } from './decode-text.ts';
import type { SeriesLayout } from './series-layouts.ts';
import { isInMilliseconds, layoutOf, readingOf, secondsOf } from './series-layouts.ts';

/** How the time series of a table are read. */
export interface SeriesRequest {
  /** Line with the names of the columns, from 1; null: it is found. */
  readonly headerLine?: number | null;
  /** Column with the times; null: the one of the layout. */
  readonly time: string | null;
  /** null: milliseconds if the name of the column says so. */
  readonly timeUnit: 's' | 'ms' | null;
  /** Samples per second of a table without times; null if it has times. */
  readonly rateHz: number | null;
  /** Columns with series; none: those of the layout, or all with numbers. */
  readonly columns: readonly string[];
  /** The face, for tables with several faces. */
  readonly face: string | null;
  /** Presentation times of the video's frames in seconds, for tables with frame numbers; null if they are not known. */
  readonly frameTimes: Float64Array | null;
}

/** What takes the samples: it is opened with the number of series, then it gets one value of each for every time. */
export interface SeriesSink {
  open(series: number): void;
  push(time: number, values: Float64Array): void;
}

/** The series of a table. */
export interface ReadSeries {
  readonly columns: readonly { readonly name: string; readonly unit: string }[];
  readonly program: SeriesLayout['name'];
  readonly rows: number;
  /** Columns that have no numbers. */
  readonly skipped: readonly string[];
  /** Rows in which the program found no face. */
  readonly withoutFace: number;
  /** Problems with rows and columns: the first ones, and the number of all. */
  readonly problems: readonly Notice[];
  readonly problemCount: number;
}

/** Largest number of problems that are kept. */
export const KEPT_PROBLEMS = 50;
/** The header is within this part of the file, and the columns with numbers are found in it. */
const HEAD_BYTES = 1 << 18;
const HEAD_LINES = 50;

/**
 * Reads the time series of a table of any size as a stream: only a piece of its text is in memory.
 * @param sink is opened only if the header has no problem
 * @throws StudioError 'file-unreadable', 'data-set-invalid' for files that are no such table
 */
export async function readSeries(path: string, request: SeriesRequest, sink: SeriesSink): Promise<ReadSeries> {
  let reader: SeriesReader | undefined;
  for await (const { text, isFirst } of linesOf(path)) {
    let at = 0;
    if (isFirst) {
      reader = new SeriesReader(basename(path), text, request, sink);
      at = reader.firstRow;
      if (reader.hasProblem) break;
    }
    for (; at < text.length; at++) reader?.row(text[at] ?? '');
  }
  if (reader === undefined) throw new StudioError('data-set-invalid/no-series', { file: basename(path) });
  return reader.result();
}

/** The lines of a file, in pieces; the first piece is the largest part of the head. @throws StudioError 'file-unreadable' */
export async function* linesOf(path: string): AsyncGenerator<{ text: string[]; isFirst: boolean }> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  let rest = '';
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: HEAD_BYTES }) as AsyncIterable<Buffer>) {
      decoder ??= textDecoderOf(bytes);
      const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      if (lines.length === 0) continue;
      yield { text: lines, isFirst };
      isFirst = false;
    }
  } catch (error) {
    throw error instanceof StudioError ? error : new StudioError('file-unreadable', { file: path }, error);
  }
  rest += decoder?.decode() ?? '';
  if (rest !== '') yield { text: rest.split(/\r\n|\n|\r/), isFirst };
}

/** Reads one table line by line. */
class SeriesReader {
  /** Index of the first line after the header. */
  readonly firstRow: number;
  readonly #file: string;
  readonly #request: SeriesRequest;
  readonly #sink: SeriesSink;
  readonly #separator: string;
  readonly #layout: SeriesLayout;
  readonly #taken: { readonly name: string; readonly index: number; count: number }[];
  readonly #skipped: string[] = [];
  readonly #timeAt: number;
  readonly #isMilliseconds: boolean;
  readonly #faceAt: number;
  readonly #successAt: number;
  readonly #faces = new Set<string>();
  readonly #problems: Notice[] = [];
  readonly #values: Float64Array;
  readonly #frameTimes: Float64Array | null;
  #problemCount = 0;
  #line: number;
  #open = '';
  #openLine = 0;
  #last = -Infinity;
  #rows = 0;
  #withoutFace = 0;

  constructor(file: string, head: readonly string[], request: SeriesRequest, sink: SeriesSink) {
    this.#file = file;
    this.#request = request;
    this.#sink = sink;
    const { line, separator, columns, hasHeader } = headerOf(head, request);
    this.firstRow = hasHeader ? line + 1 : line;
    this.#line = this.firstRow;
    this.#separator = separator;
    this.#layout = layoutOf(columns, head[0] ?? '');
    if (/^\W*video analysis state log/i.test(head[0] ?? '')) throw new StudioError('data-set-invalid/state-log', { file });
    const indexOf = (name: string): number => this.#indexOf(columns, name);
    const time = request.rateHz === null ? (request.time ?? this.#layout.time) : null;
    if (request.rateHz === null && time === null) this.#problem(notice('signals/no-time', { file, known: listed(columns) }));
    this.#timeAt = time === null ? -1 : indexOf(time);
    this.#isMilliseconds = request.timeUnit === null ? isInMilliseconds(time ?? '') : request.timeUnit === 'ms';
    this.#faceAt = this.#layout.face === null ? -1 : columns.indexOf(this.#layout.face);
    this.#successAt = this.#layout.success === null ? -1 : columns.indexOf(this.#layout.success);
    const found = request.columns.length > 0 ? null : seriesOf(this.#layout, columns, cellsOf(head.slice(this.firstRow, -1), separator), this.#timeAt);
    if (found !== null) this.#skipped.push(...found.skipped);
    const names = found?.taken ?? request.columns;
    this.#taken = names.map((name) => ({ name, index: indexOf(name), count: 0 }));
    this.#values = new Float64Array(this.#taken.length);
    const isFrames = this.#layout.timeKind === 'frames' && request.time === null && request.rateHz === null;
    if (isFrames && request.frameTimes === null) this.#problem(notice('signals/no-frame-times', { file }));
    this.#frameTimes = isFrames ? request.frameTimes : null;
    if (this.#taken.length === 0) throw new StudioError('data-set-invalid/no-series', { file });
    if (!this.hasProblem) sink.open(this.#taken.length);
  }

  get hasProblem(): boolean {
    return this.#problemCount > 0;
  }

  /** Reads a line. A cell in quotation marks can contain line breaks. */
  row(text: string): void {
    this.#line += 1;
    const line = this.#open === '' ? text : `${this.#open}\n${text}`;
    const isQuoted = line.includes('"');
    if (isQuoted && (line.split('"').length & 1) === 0) {
      if (this.#open === '') this.#openLine = this.#line;
      this.#open = line;
      // A mark that is never closed would take the rest of the file.
      if (line.length > LONGEST_CELL) this.#closeQuote();
      return;
    }
    this.#open = '';
    if (line.trim() === '') return;
    const cells = isQuoted ? quotedCells(line, this.#separator) : line.split(this.#separator);
    if (cells.every((cell) => cell.trim() === '') || !this.#isOfFace(cells)) return;
    const time = this.#timeOf(cells);
    const hasFace = this.#successAt < 0 || readingOf(cells[this.#successAt] ?? '') !== 0;
    if (!hasFace) this.#withoutFace += 1;
    this.#taken.forEach((series, i) => {
      const cell = cells[series.index] ?? '';
      const value = readingOf(cell, this.#layout.levels);
      if (value === null) this.#problem(notice('signals/no-number', { from: this.#place(), column: series.name, value: cell.trim() }));
      const reading = hasFace ? (value ?? NaN) : NaN;
      if (!Number.isNaN(reading)) series.count += 1;
      this.#values[i] = reading;
    });
    this.#rows += 1;
    if (time !== null && !this.hasProblem) this.#sink.push(time, this.#values);
  }

  result(): ReadSeries {
    this.#closeQuote();
    const { face } = this.#request;
    if (face === null && this.#faces.size > 1) this.#problem(notice('signals/several-faces', { file: this.#file, faces: listed([...this.#faces]) }));
    if (face !== null && !this.#faces.has(face)) this.#problem(notice('signals/no-face', { file: this.#file, face, known: listed([...this.#faces]) }));
    if (this.#rows === 0 && !this.hasProblem) throw new StudioError('data-set-invalid/no-series', { file: this.#file });
    const empty = this.#taken.filter(({ count }) => count === 0).map(({ name }) => name);
    if (!this.hasProblem && (empty.length === this.#taken.length || (this.#request.columns.length > 0 && empty.length > 0)))
      this.#problem(notice('signals/no-numbers', { file: this.#file, columns: listed(empty) }));
    return {
      columns: this.#taken.map(({ name }) => ({ name, unit: this.#layout.unitOf(name) })),
      program: this.#layout.name,
      rows: this.#rows,
      skipped: [...this.#skipped, ...empty],
      withoutFace: this.#withoutFace,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #timeOf(cells: readonly string[]): number | null {
    const { rateHz } = this.#request;
    if (rateHz !== null) return this.#rows / rateHz;
    const cell = cells[this.#timeAt] ?? '';
    let time = secondsOf(cell, this.#isMilliseconds);
    if (time !== null && this.#frameTimes !== null) {
      const known = this.#frameTimes[time];
      if (known === undefined) {
        this.#problem(notice('signals/no-frame', { from: this.#place(), frame: cell.trim(), frames: this.#frameTimes.length }));
        return null;
      }
      time = known;
    }
    if (time === null) this.#problem(notice('signals/time', { from: this.#place(), value: cell.trim() }));
    else if (time <= this.#last) this.#problem(notice('signals/order', { from: this.#place(), time, before: this.#last }));
    if (time !== null) this.#last = Math.max(time, this.#last);
    return time;
  }

  /** Whether a row is of the face that is read. Without a chosen face, all rows must be of one. */
  #isOfFace(cells: readonly string[]): boolean {
    if (this.#faceAt < 0) return true;
    const face = (cells[this.#faceAt] ?? '').trim();
    // Py-Feat names nobody in rows without a face.
    const isNobody = MISSING_FACE.has(face.toLowerCase());
    if (!isNobody) this.#faces.add(face);
    const [first = face] = this.#faces;
    return face === (this.#request.face ?? first) || (isNobody && this.#request.face === null);
  }

  /** Index of a column by its name; one that differs only in case is found, too. */
  #indexOf(columns: readonly string[], name: string): number {
    const same = columns.filter((column) => column === name);
    const found = same.length > 0 ? same : columns.filter((column) => column.toLowerCase() === name.trim().toLowerCase());
    if (found.length > 1) this.#problem(notice('signals/same-column', { file: this.#file, column: name }));
    if (found.length === 0) this.#problem(notice('signals/no-column', { file: this.#file, column: name, known: listed(columns) }));
    return columns.indexOf(found[0] ?? name);
  }

  #closeQuote(): void {
    if (this.#open !== '') this.#problem(notice('signals/open-quote', { from: this.#place(this.#openLine) }));
    this.#open = '';
  }

  #place(line = this.#line): Notice {
    return notice('place/line', { file: this.#file, line });
  }

  #problem(problem: Notice): void {
    this.#problemCount += 1;
    if (this.#problems.length < KEPT_PROBLEMS) this.#problems.push(problem);
  }
}

/** Longest cell with line breaks. */
const LONGEST_CELL = 1 << 16;
const MISSING_FACE = new Set(['', 'nan']);
/** Names of columns in a message: a table can have hundreds. */
const LISTED = 20;
export const listed = (names: readonly string[]): string[] => (names.length <= LISTED ? [...names] : [...names.slice(0, LISTED), '…']);

/** The columns that are taken if none is named, and those without numbers. @param rows cells of the first rows */
export function seriesOf(
  { isMeasured }: SeriesLayout,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  timeAt: number,
): { taken: string[]; skipped: string[] } {
  if (isMeasured !== null) return { taken: columns.filter(isMeasured), skipped: [] };
  const [taken, skipped]: [string[], string[]] = [[], []];
  columns.forEach((name, i) => {
    if (i === timeAt || name === '') return;
    const readings = rows.map((row) => readingOf(row[i] ?? ''));
    const hasNumbers = readings.length === 0 || readings.some((each) => each !== null && !Number.isNaN(each));
    const isNumeric = hasNumbers && readings.filter((each) => each === null).length * 2 <= readings.length;
    (isNumeric ? taken : skipped).push(name);
  });
  return { taken, skipped };
}

/** The cells of lines. */
export const cellsOf = (lines: readonly string[], separator: string): string[][] =>
  lines.map((line) => (line.includes('"') ? quotedCells(line, separator) : line.split(separator)));

interface Header {
  /** Index of the line with the names of the columns. */
  readonly line: number;
  readonly separator: string;
  readonly columns: readonly string[];
  /** false for a table that begins with numbers: its columns are named 1, 2, 3 … */
  readonly hasHeader: boolean;
}

/** The header: the given line, else the first line with the column of the times, else the first line that has a text. */
export function headerOf(head: readonly string[], { time, headerLine = null }: Pick<SeriesRequest, 'time' | 'headerLine'>): Header {
  const given = /^\uFEFF?sep=(.)$/i.exec(head[0] ?? '')?.[1];
  const first = head.findIndex((text, i) => text.trim() !== '' && !text.startsWith('#') && !(i === 0 && given !== undefined));
  const wanted = (time ?? 'Video Time').trim().toLowerCase();
  const named = head
    .slice(0, HEAD_LINES)
    .findIndex((text) => [...separatorsOf(text, given), ''].some((each) => namesIn(text, each).some((name) => name.toLowerCase() === wanted)));
  const line = Math.max(0, headerLine !== null && headerLine <= head.length ? headerLine - 1 : named >= 0 ? named : first);
  const text = head[line] ?? '';
  const separator =
    separatorsOf(text, given).find((each) => named === line && namesIn(text, each).some((name) => name.toLowerCase() === wanted)) ??
    separatorsOf(text, given)[0] ??
    ',';
  const columns = namesIn(text, separator);
  const hasHeader = !columns.every((cell) => readingOf(cell) !== null);
  return { line, separator, columns: hasHeader ? columns : columns.map((_, i) => String(i + 1)), hasHeader };
}

/** Separators of a line, the likely one first: a comma can be a decimal sign. */
const separatorsOf = (text: string, given: string | undefined): string[] =>
  given === undefined ? ['\t', ';', ','].filter((each) => text.includes(each)) : [given];

const namesIn = (text: string, separator: string): string[] =>
  (text.includes('"') && separator !== '' ? quotedCells(text, separator) : separator === '' ? [text] : text.split(separator)).map((cell) =>
    cell.replace(/^\uFEFF/, '').trim(),
  );

function quotedCells(line: string, separator: string): string[] {
  try {
    const [record] = parse(line, { delimiter: separator, relax_column_count: true, relax_quotes: true, ltrim: true });
    return record ?? [];
  } catch {
    return line.split(separator);
  }
}
