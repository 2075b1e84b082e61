import { unzipSync, strFromU8 } from 'fflate';
import readSheets, { readSheet } from 'read-excel-file/node';
import { expect, test } from 'vitest';
import type { ExportTable } from './tables.ts';
import { Workbook } from './workbook.ts';

const table = (file: string, columns: readonly string[], rows: ExportTable['rows']): ExportTable => ({ file, columns, rows });

async function written(tables: readonly ExportTable[], rowsPerSheet?: number): Promise<{ bytes: Buffer; workbook: Workbook }> {
  const workbook = new Workbook(rowsPerSheet);
  const pieces: Uint8Array[] = [];
  for await (const piece of workbook.pieces(tables)) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), workbook };
}

test('another library reads the same numbers, texts and truth values, and nothing in empty cells', async () => {
  const rows = [
    [1.5, 'fear', true, null],
    [-0.000001, 'a "b" & <c>, 😀', false, ''],
    [123456789, ' leading\nline', null, 'end'],
  ];
  const { bytes, workbook } = await written([table('labels.csv', ['number', 'text', 'truth', 'more'], () => rows)]);
  expect((await readSheets(bytes)).map(({ sheet }) => sheet)).toEqual(['labels']);
  expect(await readSheet(bytes, 'labels', { trim: false })).toEqual([
    ['number', 'text', 'truth', 'more'],
    [1.5, 'fear', true, null],
    [-0.000001, 'a "b" & <c>, 😀', false, null],
    [123456789, ' leading\nline', null, 'end'],
  ]);
  expect(workbook.losses).toEqual([]);
});

test('the header row is frozen, and texts that look like formulas or escapes are texts', async () => {
  const texts = ['=1+1', '+49', '-', '@x', '_x0041_', 'a\u0001b'];
  const { bytes } = await written([table('notes.csv', ['note'], () => texts.map((text) => [text]))]);
  const sheet = strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml']!);
  expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
  expect(sheet).not.toContain('<f>');
  // Style 2 has quotePrefix: the cell stays a text when a person edits it.
  expect(sheet).toContain('<c r="A2" t="inlineStr" s="2"><is><t xml:space="preserve">=1+1</t></is></c>');
  expect(sheet.match(/s="2"/g)).toHaveLength(4);
  expect(sheet).toContain('>_x005F_x0041_<');
  expect(sheet).toContain('>a\uFFFDb<');
});

test('a text that is too long is cut at a whole character, with a note', async () => {
  const long = `${'x'.repeat(32_765)}😀😀`;
  const { bytes, workbook } = await written([table('notes.csv', ['note'], () => [[long], ['y'.repeat(32_767)]])]);
  const [, [cut], [whole]] = (await readSheet(bytes)) as unknown as [unknown, [string], [string]];
  expect(cut).toBe(`${'x'.repeat(32_765)}…`);
  expect(whole).toHaveLength(32_767);
  expect(workbook.losses).toEqual([{ id: 'export/cells-cut', parameters: { table: 'notes', count: 1 } }]);
});

test('a table with more rows than a sheet holds is divided, each sheet with its header', async () => {
  const rows = Array.from({ length: 7 }, (_, i) => [i]);
  const { bytes, workbook } = await written([table('timeline.csv', ['slot'], () => rows), table('peaks.csv', ['peak'], () => [])], 4);
  expect((await readSheets(bytes)).map(({ sheet }) => sheet)).toEqual(['timeline', 'timeline (2)', 'timeline (3)', 'peaks']);
  expect(await readSheet(bytes, 'timeline')).toEqual([['slot'], [0], [1], [2]]);
  expect(await readSheet(bytes, 'timeline (2)')).toEqual([['slot'], [3], [4], [5]]);
  expect(await readSheet(bytes, 'timeline (3)')).toEqual([['slot'], [6]]);
  expect(await readSheet(bytes, 'peaks')).toEqual([['peak']]);
  expect(workbook.losses).toEqual([{ id: 'export/sheet-split', parameters: { table: 'timeline', count: 3 } }]);
});

test('names of sheets have at most 31 allowed characters and differ in more than case', async () => {
  const names = ['a'.repeat(40), 'A'.repeat(40), 'what?[1]'];
  const { bytes } = await written(names.map((name) => table(`${name}.csv`, ['x'], () => [])));
  expect((await readSheets(bytes)).map(({ sheet }) => sheet)).toEqual(['a'.repeat(31), `${'A'.repeat(27)} (2)`, 'what__1_']);
});

test('columns after Z have two letters', async () => {
  const columns = Array.from({ length: 53 }, (_, i) => `c${i}`);
  const { bytes } = await written([table('wide.csv', columns, () => [columns.map((_, i) => i)])]);
  expect((await readSheet(bytes))[1]).toEqual(columns.map((_, i) => i));
  expect(strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml']!)).toContain('<c r="BA2"><v>52</v></c>');
});

test('rows are written while they are read: a long table is never in memory as a whole', async () => {
  let made = 0;
  function* rows(): Generator<(string | number)[]> {
    for (; made < 100_000; made++) yield [made, 'some text of a row'];
  }
  const workbook = new Workbook();
  let madeAtFirst: number | undefined;
  let bytes = 0;
  for await (const piece of workbook.pieces([table('timeline.csv', ['slot', 'text'], rows)])) {
    madeAtFirst ??= made;
    bytes += piece.length;
  }
  expect(bytes).toBeGreaterThan(100_000);
  expect(made).toBe(100_000);
  expect(madeAtFirst).toBeLessThan(2000);
});
