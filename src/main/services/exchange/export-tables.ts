import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import { cancelled } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { CsvDialect } from '../../formats/csv-dialect.ts';
import { STANDARD_CSV, wordsOfDialect } from '../../formats/csv-dialect.ts';
import type { DescribedTable } from '../../formats/data-dictionary.ts';
import { DICTIONARY_COLUMNS, dictionaryRows } from '../../formats/data-dictionary.ts';
import { loadScripts } from '../../formats/load-scripts.ts';
import type { ExportTable } from '../../formats/tables.ts';
import { csvText } from '../../formats/tables.ts';

/** The result of an export. */
export interface WrittenExport {
  readonly files: string[];
  /** Data that was not written. */
  readonly losses: Notice[];
}

/** Tables that are written together, as CSV files or as sheets of a workbook. */
export interface TableSet {
  readonly tables: readonly ExportTable[];
  readonly losses: readonly Notice[];
}

export const DICTIONARY_FILE = 'data-dictionary.csv';

/** Writes each table, scripts that load them, and the data dictionary. @returns the paths of the files */
export async function writeCsvTables(out: string, tables: readonly ExportTable[], dialect: CsvDialect): Promise<string[]> {
  const files: string[] = [];
  for (const { file, columns, rows } of tables) {
    const path = join(out, file);
    await writeAtomically(path, csvText(columns, rows(), dialect));
    files.push(path);
  }
  for (const { file, text } of loadScripts(dialect)) {
    await writeAtomically(join(out, file), [text]);
    files.push(join(out, file));
  }
  return [...files, await writeDictionary(out, tables, dialect)];
}

/** Writes data-dictionary.csv. Its last line says how the CSV files are written. */
export async function writeDictionary(out: string, tables: readonly DescribedTable[], dialect: CsvDialect = STANDARD_CSV): Promise<string> {
  const path = join(out, DICTIONARY_FILE);
  const isCsv = tables.some(({ file }) => file.endsWith('.csv'));
  const rows = [...dictionaryRows(tables), ...(isCsv ? [['*.csv', '', '', '', wordsOfDialect(dialect)]] : [])];
  await writeAtomically(path, csvText(DICTIONARY_COLUMNS, rows, dialect));
  return path;
}

/** Steps as small as a frame are published at most so often. */
const MOST_PUBLISHED = 1000;

/** Progress of an export, in steps such as the reading of a video. Other work of the program runs between two steps. */
export class ExportProgress {
  readonly #publish: (done: number, total: number) => void;
  #signal: AbortSignal | undefined;
  #done = 0;
  #total = 0;
  /** The last number of steps that was published by `reach`. */
  #published = 0;

  constructor(publish: (done: number, total: number) => void = () => undefined, signal?: AbortSignal) {
    this.#publish = publish;
    this.#signal = signal;
  }

  /** Adds steps that are to come. */
  expect(steps: number): void {
    this.#total += steps;
  }

  /** Stops the export when it is aborted. */
  get signal(): AbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }

  /**
   * Sets the number of steps that are done, for steps as small as a frame: only some of them are published.
   * @throws StudioError 'cancelled' if the export was stopped
   */
  async reach(done: number): Promise<void> {
    this.#done = done;
    if (Math.abs(done - this.#published) >= this.#total / MOST_PUBLISHED || done === this.#total) {
      this.#published = done;
      this.#publish(Math.round(Math.min(done, this.#total)), this.#total);
    }
    await nextTurn();
    if (this.#signal?.aborted === true) throw cancelled();
  }

  /** Counts a step. @throws StudioError 'cancelled' if the export was stopped */
  async step(): Promise<void> {
    this.#done += 1;
    this.#publish(Math.min(this.#done, this.#total), this.#total);
    await nextTurn();
    if (this.#signal?.aborted === true) throw cancelled();
  }
}
