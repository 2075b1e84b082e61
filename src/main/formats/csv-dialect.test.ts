import { expect, test } from 'vitest';
import { excelDialect } from './csv-dialect.ts';
import { readTable } from './read-table.ts';
import { csvLines } from './tables.ts';

const CELLS = ['=1+1', '+49', '-smile', '@here', "it's", "'quoted'", 'plain', ''];

test('texts like formulas have an apostrophe in CSV for Excel, numbers do not, and both come back', () => {
  const lines = csvLines([['label', 'number'], ...CELLS.map((text) => [text, -1.5])], excelDialect('de'));
  expect(lines.split('\r\n').slice(1, 6)).toEqual(["'=1+1;-1,5", "'+49;-1,5", "'-smile;-1,5", "'@here;-1,5", "it's;-1,5"]);
  const { rows } = readTable(lines, 'table.csv', ';');
  expect(rows.map(({ raw, number }) => [raw('label'), number('number')])).toEqual(CELLS.map((text) => [text, -1.5]));
});

test("this program's own dialect changes no text", () => {
  expect(csvLines(CELLS.slice(0, 4).map((text) => [text]))).toBe('=1+1\r\n+49\r\n-smile\r\n@here\r\n');
});
