import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { analysedProject } from './analysed-project.ts';
import type { Finished } from './other-programs.ts';
import { adatosk, commandOf, packageOfR, run } from './other-programs.ts';

const EXPORTS = [
  { format: 'tables', excel: [] },
  { format: 'statistics', excel: [] },
  { format: 'statistics', excel: ['--for-excel', 'de'] },
] as const;

/** Reads every table with load.py or load.R and writes it again. */
const PYTHON_COPIES = `
import sys, importlib.util
spec = importlib.util.spec_from_file_location("load", sys.argv[1])
load = importlib.util.module_from_spec(spec)
spec.loader.exec_module(load)
for name, table in load.tables.items():
    table.to_csv(f"{sys.argv[2]}/{name}.csv", index=False)
`;
const R_COPIES = `
arguments <- commandArgs(trailingOnly = TRUE)
source(arguments[1], chdir = TRUE, echo = FALSE)
for (name in names(tables)) write.csv(tables[[name]], file.path(arguments[2], paste0(name, ".csv")), row.names = FALSE, na = "", fileEncoding = "UTF-8")
`;

/** CSV tables of a project, read by pandas and by R with the scripts beside them, and the models that these scripts fit as an example. */
export const TABLES: InteropCheck = {
  python: ['pandas==3.1.1', 'statsmodels==0.15.0'],
  programs: [commandOf('Rscript', 'r-base-core'), packageOfR('lme4')],
  async *rows(folder, python) {
    const project = analysedProject(folder);
    writeFileSync(join(folder, 'copies.py'), PYTHON_COPIES);
    writeFileSync(join(folder, 'copies.R'), R_COPIES);
    for (const [i, { format, excel }] of EXPORTS.entries()) {
      const out = join(folder, `export-${i}`);
      adatosk('export', '--project', project, '--format', format, '--out', out, ...excel);
      const name = `CSV of ${format}${excel.length === 0 ? '' : ' for Excel in German'}`;
      const copies = (reader: string): string => join(out, `copies-${reader}`);
      for (const reader of ['pandas', 'R']) mkdirSync(copies(reader));
      yield compared(name, 'pandas', out, copies('pandas'), () => run(python, [join(folder, 'copies.py'), join(out, 'load.py'), copies('pandas')]));
      yield compared(name, 'R', out, copies('R'), () => run('Rscript', ['--vanilla', join(folder, 'copies.R'), join(out, 'load.R'), copies('R')]));
      if (format !== 'statistics') continue;
      yield fitted(
        name,
        'statsmodels mixedlm (load.py)',
        run(python, [join(out, 'load.py')]),
        /Mixed Linear Model Regression Results[\s\S]*C\(label\)\[T\.sadness\]/,
      );
      yield fitted(name, 'lme4 lmer (load.R)', run('Rscript', ['--vanilla', join(out, 'load.R')]), /Linear mixed model fit by REML[\s\S]*labelsadness/);
    }
  },
};

function fitted(format: string, reader: string, { code, text }: Finished, sign: RegExp): InteropRow {
  const passed = code === 0 && sign.test(text);
  return { format, reader, expected: 'equal', passed, detail: passed ? 'the example model is fitted' : text.slice(-500) };
}

/** Compares each table with the copy that another program has made of what it read. */
function compared(format: string, reader: string, out: string, copies: string, copy: () => Finished): InteropRow {
  const { code, text } = copy();
  const files = readdirSync(out).filter((name) => name.endsWith('.csv'));
  const differences = code === 0 ? files.flatMap((file) => tableDifferences(file, join(out, file), join(copies, file))) : [text.slice(-500)];
  const detail = differences.length === 0 ? `${files.length} tables, all cells` : differences.slice(0, 3).join('; ');
  return { format, reader, expected: 'equal', passed: differences.length === 0 && files.length > 0, detail };
}

function tableDifferences(file: string, ours: string, theirs: string): string[] {
  if (!existsSync(theirs)) return [`${file}: not read`];
  const [header, ...rows] = cellsOf(ours);
  const [otherHeader, ...others] = cellsOf(theirs);
  if (header === undefined || String(header) !== String(otherHeader)) return [`${file}: columns ${String(otherHeader)}`];
  if (rows.length !== others.length) return [`${file}: ${others.length} rows for ${rows.length}`];
  return rows.flatMap((row, i) =>
    row.flatMap((cell, k) => (isEqual(cell, others[i]?.[k] ?? '') ? [] : [`${file} row ${i + 1} ${header[k] ?? ''}: ${others[i]?.[k] ?? ''} for ${cell}`])),
  );
}

function cellsOf(file: string): string[][] {
  const text = readFileSync(file, 'utf8');
  const isGerman = (text.split('\n', 1)[0] ?? '').includes(';');
  const rows = parse(text, { bom: true, delimiter: isGerman ? ';' : ',', relax_column_count: true }) as string[][];
  return isGerman ? rows.map((row) => row.map((cell) => (/^-?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell))) : rows;
}

/** Whether two cells are the same value: programs write numbers and truth values in their own ways. */
function isEqual(ours: string, theirs: string): boolean {
  if (ours === theirs || ours.toLowerCase() === theirs.toLowerCase()) return true;
  return ours !== '' && theirs !== '' && Math.abs(Number(ours) - Number(theirs)) <= 1e-9 * Math.max(1, Math.abs(Number(ours)));
}
