/** How a CSV file separates fields and writes numbers. */
export interface CsvDialect {
  readonly separator: ',' | ';';
  readonly decimalMark: '.' | ',';
  /** Whether the file begins with a byte order mark, from which Excel knows that it is UTF-8. */
  readonly hasMark: boolean;
  /** Whether an apostrophe is put before texts that a spreadsheet would take for a formula, so that it does not run them. */
  readonly hidesFormulas: boolean;
}

const FORMULA = /^[=+\-@\t\r]/;

/** A text as a spreadsheet shows and does not run it. Tables that this program reads lose the apostrophe again. */
export const hiddenFormula = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** A text of which `hiddenFormula` may have made another one. */
export const shownFormula = (text: string): string => (text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text);

export const BYTE_ORDER_MARK = '\uFEFF';

/** RFC 4180, for programs: what R, pandas and this program read without options. */
export const STANDARD_CSV: CsvDialect = { separator: ',', decimalMark: '.', hasMark: false, hidesFormulas: false };

/** What Excel opens by a double click where this language is set: a semicolon separates fields if the comma is the decimal mark. */
export function excelDialect(language: string): CsvDialect {
  const mark = new Intl.NumberFormat(language).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value;
  const marked = { hasMark: true, hidesFormulas: true } as const;
  return mark === ',' ? { separator: ';', decimalMark: ',', ...marked } : { separator: ',', decimalMark: '.', ...marked };
}

/** The dialect in words, for the data dictionary. */
export function wordsOfDialect({ separator, decimalMark, hasMark, hidesFormulas }: CsvDialect): string {
  const formulas = hidesFormulas ? '; texts that begin like a formula have an apostrophe before them' : '';
  return `CSV in UTF-8 with${hasMark ? ' a' : 'out'} byte order mark; fields are separated by '${separator}', the decimal mark is '${decimalMark}'${formulas}`;
}
