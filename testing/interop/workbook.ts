import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { Cell, ExportTable } from '../../src/main/formats/tables.ts';
import { Workbook } from '../../src/main/formats/workbook.ts';
import { randomStream } from '../../src/shared/basics/random.ts';
import { analysedProject } from './analysed-project.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import { collected } from './lines.ts';
import { adatosk, commandOf, run, runScript } from './other-programs.ts';

/** Texts that a spreadsheet must not take for numbers, dates, formulas or truth values. */
const TEXTS = [
  ...['=1+1', '+49 171', '-', '-1', '@x', '=HYPERLINK("http://127.0.0.1")', '\t=1', "'quoted", '_x0041_', 'TRUE', 'WAHR', '#N/A'],
  ...['1.5', '1,5', '007', '1e5', '2026-01-02', '1/2', '01.02.2026', '12:30', '50%', '€ 5', 'two\nlines', ' spaces ', 'ä "q" & <c> 😀', 'عربي'],
];
const ROWS = 3000;

/** The project's workbook beside its CSV tables, and a workbook with cells of all kinds; in LibreOffice in two languages, and in openpyxl. */
export const WORKBOOK: InteropCheck = {
  python: ['openpyxl==3.1.5'],
  programs: [commandOf('soffice', 'libreoffice-calc')],
  async *rows(folder, python) {
    const project = analysedProject(folder);
    for (const format of ['tables', 'labels', 'statistics', 'xlsx']) adatosk('export', '--project', project, '--format', format, '--out', join(folder, format));
    copyFileSync(join(folder, 'xlsx', 'results.xlsx'), join(folder, 'project.xlsx'));
    const cells = randomTable();
    const pieces = await collected(new Workbook().pieces([cells]));
    writeFileSync(join(folder, 'cells.xlsx'), Buffer.concat(pieces));
    const expected: Expected = {
      project: Object.fromEntries(['tables', 'labels', 'statistics'].flatMap((format) => tablesIn(join(folder, format)))),
      cells: { cells: await collected(rowsOf(cells)) },
    };
    const openpyxl = runScript(python, 'workbook-reader.py', folder).trim();
    for (const name of NAMES) yield compareSheets(name, openpyxl, expected[name], inOpenpyxl(folder, name));
    yield textCells(folder, openpyxl);
    for (const [language, words] of [
      ['en-US', 'in English'],
      ['de-DE', 'in German'],
    ] as const) {
      const version = convert(folder, language);
      for (const name of NAMES) yield compareSheets(name, `${version} ${words}`, expected[name], inCalc(folder, name, language));
    }
  },
};

const NAMES = ['project', 'cells'] as const;
type Sheets = Readonly<Record<string, readonly (readonly Cell[])[]>>;
type Expected = Readonly<Record<(typeof NAMES)[number], Sheets>>;

function randomTable(): ExportTable {
  const random = randomStream(11, 'workbook');
  const rows = Array.from({ length: ROWS }, (_, i): Cell[] => [
    TEXTS[i % TEXTS.length]!,
    i % 5 === 0 ? null : Math.round(1e6 * (random() - 0.5)) / 1e6,
    Math.floor(2 ** 40 * random()),
    i % 7 === 0 ? null : random() < 0.5,
    [0.1 + 0.2, -1e-7, 123_456_789.123_456, 1e-300, 0][i % 5]!,
  ]);
  return { file: 'cells.csv', columns: ['text', 'number', 'integer', 'truth', 'extreme'], rows: () => rows };
}

async function* rowsOf({ columns, rows }: ExportTable): AsyncGenerator<readonly Cell[]> {
  yield columns;
  yield* rows();
}

/** The CSV tables of a folder, by the name that their sheet has. */
function tablesIn(folder: string): [string, Cell[][]][] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.csv') && file !== 'data-dictionary.csv')
    .map((file) => [file.replace('.csv', '').slice(0, 31), parse(readFileSync(join(folder, file)), {}) as unknown as string[][]]);
}

interface PythonCell extends ReadonlyArray<unknown> {
  readonly 0: string;
  readonly 1: Cell;
  readonly 2: boolean;
}

function openpyxlSheets(folder: string, name: string): Readonly<Record<string, { rows: PythonCell[][]; frozen: string }>> {
  return JSON.parse(readFileSync(join(folder, `${name}.openpyxl.json`), 'utf8')) as Record<string, { rows: PythonCell[][]; frozen: string }>;
}

const inOpenpyxl = (folder: string, name: string): Sheets =>
  Object.fromEntries(Object.entries(openpyxlSheets(folder, name)).map(([sheet, { rows }]) => [sheet, rows.map((row) => row.map(([, value]) => value))]));

/** Texts are cells of text, those that look like formulas stay it when a person edits them, and headers stay in sight. */
function textCells(folder: string, reader: string): InteropRow {
  const { rows, frozen } = openpyxlSheets(folder, 'cells')['cells']!;
  const differences = rows.flatMap(([cell], i) => {
    const [type, value, isQuoted] = cell ?? ['', null, false];
    const isRight = (type === 's' || type === 'inlineStr') && (isQuoted || !/^[=+\-@\t]/.test(String(value)));
    return isRight ? [] : [`row ${i + 1}: ${type} ${String(value)}`];
  });
  const isFrozen = Object.values(openpyxlSheets(folder, 'project')).every((sheet) => sheet.frozen === 'A2') && frozen === 'A2';
  return compared({ format: 'cells of text in .xlsx', reader }, rows.length, 'texts, no formulas', [...differences, ...(isFrozen ? [] : ['not frozen'])]);
}

/** Converts the workbooks to CSV with the settings of a language. @returns the version of LibreOffice */
function convert(folder: string, language: string): string {
  const out = join(folder, language);
  const profile = join(folder, `profile-${language}`);
  mkdirSync(join(profile, 'user'), { recursive: true });
  const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>${language}</value></prop></item></oor:items>`;
  writeFileSync(join(profile, 'user', 'registrymodifications.xcu'), settings);
  const files = NAMES.map((name) => join(folder, `${name}.xlsx`));
  // Separator ';', quotes '"', UTF-8, from line 1, values instead of what is shown, all sheets.
  const filter = 'csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false,false,false,-1';
  const soffice = [`-env:UserInstallation=${pathToFileURL(profile).href}`, '--headless'];
  const { code, text } = run('soffice', [...soffice, '--convert-to', filter, '--outdir', out, ...files]);
  if (code !== 0 || !existsSync(out)) throw new Error(text.slice(-2000));
  return run('soffice', [...soffice, '--version'])
    .stdout.split(' ')
    .slice(0, 2)
    .join(' ');
}

function inCalc(folder: string, name: string, language: string): Sheets {
  const out = join(folder, language);
  const files = readdirSync(out).filter((file) => file.startsWith(`${name}-`));
  return Object.fromEntries(
    files.map((file) => [
      file.slice(name.length + 1, -'.csv'.length),
      parse(readFileSync(join(out, file)), { delimiter: ';', relax_column_count: true }) as unknown as string[][],
    ]),
  );
}

function compareSheets(name: string, reader: string, expected: Sheets, found: Sheets): InteropRow {
  let count = 0;
  const isGerman = reader.endsWith('German');
  const differences = Object.entries(expected).flatMap(([sheet, rows]) => {
    const others = found[sheet];
    if (others?.length !== rows.length) return [`${sheet}: ${others?.length ?? 'no'} rows for ${rows.length}`];
    count += rows.length * (rows[0]?.length ?? 0);
    return rows.flatMap((row, i) =>
      row.flatMap((cell, k) => {
        const other = others[i]?.[k] ?? null;
        return isSame(cell, other, isGerman) ? [] : [`${sheet} row ${i + 1}, column ${k + 1}: ${JSON.stringify(other)} for ${JSON.stringify(cell)}`];
      }),
    );
  });
  const what = name === 'project' ? 'of a project, beside its CSV' : 'with cells of all kinds';
  return compared({ format: `.xlsx ${what}`, reader }, count, `cells of ${Object.keys(expected).length} sheets`, differences);
}

/** Whether two cells have the same value. CSV files have texts only; a number has the decimal mark of the language there. */
function isSame(cell: Cell, other: Cell, isGerman: boolean): boolean {
  if (cell === null || cell === '') return other === null || other === '';
  if (cell === other) return true;
  if (typeof cell === 'boolean' || cell === 'true' || cell === 'false') return String(other).toLowerCase() === wordOf(String(cell), isGerman);
  const value = typeof other === 'string' && isGerman ? other.replace(',', '.') : other;
  if (typeof cell === 'string' && typeof other === 'string' && !/^-?[\d.]+(?:e-?\d+)?$/.test(cell)) return false;
  return value !== '' && value !== null && Math.abs(Number(cell) - Number(value)) <= 1e-12 * Math.max(1, Math.abs(Number(cell)));
}

const wordOf = (truth: string, isGerman: boolean): string => (isGerman ? { true: 'wahr', false: 'falsch' }[truth]! : truth);
