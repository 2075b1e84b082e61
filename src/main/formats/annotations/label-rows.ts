import { readTable, separatorOf } from '../read-table.ts';

/** A row of a table of labels, by the names of its columns in lower case; '' for missing values. */
export interface LabelRow {
  readonly line: number;
  readonly cell: (column: string) => string;
  /** NaN if the cell is no number. */
  readonly number: (column: string) => number;
}

/** The table with its separator: the one that a first line names, else the first of tab, semicolon and comma in the header. */
export function labelRowsOf(text: string, file: string): { columns: ReadonlySet<string>; rows: LabelRow[] } {
  const separator = ['label', 'onset', 'behavior'].map((column) => separatorOf(text, column)).find((each) => each !== undefined) ?? ',';
  const { columns, rows } = readTable(text, file, separator);
  return {
    columns: new Set(columns),
    rows: rows.map(({ line, raw, number }): LabelRow => {
      // BIDS writes n/a for a missing value.
      const cell = (column: string): string => (raw(column).trim() === 'n/a' ? '' : raw(column));
      return { line, cell, number: (column) => (cell(column) === '' ? NaN : (number(column) ?? NaN)) };
    }),
  };
}
