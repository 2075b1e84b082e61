/** How a CSV file separates fields and writes numbers. */
export interface CsvDialect {
  readonly separator: ',' | ';';
  readonly decimalMark: '.' | ',';
  /** Whether the file begins with a byte order mark, from which Excel knows that it is UTF-8. */
  readonly hasMark: boolean;
}

export const BYTE_ORDER_MARK = '\uFEFF';

/** RFC 4180, for programs: what R, pandas and this program read without options. */
export const STANDARD_CSV: CsvDialect = { separator: ',', decimalMark: '.', hasMark: false };

/** What Excel opens by a double click where this language is set: a semicolon separates fields if the comma is the decimal mark. */
export function excelDialect(language: string): CsvDialect {
  const mark = new Intl.NumberFormat(language).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value;
  return mark === ',' ? { separator: ';', decimalMark: ',', hasMark: true } : { separator: ',', decimalMark: '.', hasMark: true };
}

/** The dialect in words, for the data dictionary. */
export function wordsOfDialect({ separator, decimalMark, hasMark }: CsvDialect): string {
  return `CSV in UTF-8 with${hasMark ? ' a' : 'out'} byte order mark; fields are separated by '${separator}', the decimal mark is '${decimalMark}'`;
}
