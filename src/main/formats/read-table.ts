import { parse } from 'csv-parse/sync';
import { shownFormula } from './csv-dialect.ts';
import { sentenceOf, StudioError } from '../../shared/app/errors.ts';

/** A table of another program. Names of columns are in lower case. */
export interface Table {
  readonly columns: readonly string[];
  /** Rows with at least one value. */
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  /** Line of the file, from 1. */
  readonly line: number;
  /** The value of a column, without spaces around it; '' if the column or the value is missing. */
  cell(column: string): string;
  /** The value with spaces around it, for labels and comments. */
  raw(column: string): string;
  /** The number in a column, also with a decimal comma; null without a value, NaN if the value is no number. */
  number(column: string): number | null;
}

/** A record with the line where it ends. */
interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: string[];
}

/** Excel writes the separator in a first line: sep=; */
const NAMED_SEPARATOR = /^sep=(.)\r?\n/i;
const SEPARATORS = ['\t', ';', ','] as const;

/**
 * The separator of a table with a header: the one in a first line `sep=;`, else the one between the names of columns.
 * @param column a column that the header must have
 * @returns undefined if the first line is not such a header
 */
export function separatorOf(text: string, column: string): string | undefined {
  const named = NAMED_SEPARATOR.exec(text);
  const [header = ''] = text.slice(named?.[0].length ?? 0).split(/\r?\n/, 1);
  const hasColumn = (separator: string): boolean =>
    header
      .toLowerCase()
      .split(separator)
      .some((cell) => cell.trim().replaceAll('"', '') === column);
  const [, given] = named ?? [];
  return given ?? SEPARATORS.find(hasColumn) ?? (hasColumn('\n') ? ',' : undefined);
}

/**
 * Reads a table with a header. Quotes, separators in quotes and rows of different lengths are allowed.
 * @param text without a byte order mark
 * @throws StudioError 'data-set-invalid' if it cannot be parsed, or if two columns have the same name
 */
export function readTable(text: string, file: string, separator: string): Table {
  const named = NAMED_SEPARATOR.exec(text);
  let records: Parsed[];
  try {
    records = parse(text.slice(named?.[0].length ?? 0), {
      delimiter: separator,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as Parsed[];
  } catch (error) {
    throw new StudioError('data-set-invalid/csv', { file, detail: sentenceOf(error) }, error);
  }
  const columns = (records[0]?.record ?? []).map((name) => name.trim().toLowerCase());
  const twice = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i);
  if (twice !== undefined) throw new StudioError('data-set-invalid/same-column', { file, column: twice });
  const index = new Map(columns.map((name, i) => [name, i]));
  const rows = records.slice(1).map(({ info, record }): TableRow => {
    const raw = (column: string): string => shownFormula(record[index.get(column) ?? -1] ?? '');
    const cell = (column: string): string => raw(column).trim();
    const number = (column: string): number | null => {
      const value = cell(column);
      if (value === '') return null;
      return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value.replace(',', '.')) : NaN;
    };
    return { line: info.lines + (named === null ? 0 : 1), cell, raw, number };
  });
  return { columns, rows };
}
