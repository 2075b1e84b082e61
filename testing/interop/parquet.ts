import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { meaningOf } from '../../src/main/formats/data-dictionary.ts';
import { writeParquet } from '../../src/main/formats/parquet.ts';
import type { Cell } from '../../src/main/formats/tables.ts';
import { PEAKS, tableText } from '../../src/main/formats/tables.ts';
import { EXPRESSIONS } from '../../src/shared/domain/expressions.ts';
import type { VideoResult } from '../../src/shared/domain/results.ts';
import { randomStream } from '../../src/shared/basics/random.ts';
import { analysedProject } from './analysed-project.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import { collected } from './lines.ts';
import { adatosk, runScript } from './other-programs.ts';

/** What a type of the data dictionary is called. */
const TYPES = {
  pyarrow: { text: 'string', integer: 'int32', number: 'double', boolean: 'bool' },
  duckdb: { text: 'VARCHAR', integer: 'INTEGER', number: 'DOUBLE', boolean: 'BOOLEAN' },
} as const;
type Reader = keyof typeof TYPES;

interface Found {
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly (readonly Cell[])[];
  readonly metadata: Readonly<Record<string, string>>;
}

const RANDOM_ROWS = 18_000;

const RANDOM_METADATA = { model: 'a "model" ä', warnings: 'one; two' };

/** Parquet files beside the CSV tables of the same project, and a long table with texts of all kinds and missing values. */
export const PARQUET: InteropCheck = {
  python: ['pyarrow==24.0.0', 'duckdb==2.0.1'],
  programs: [],
  async *rows(folder, python) {
    const project = analysedProject(folder);
    adatosk('export', '--project', project, '--format', 'tables', '--out', folder);
    adatosk('export', '--project', project, '--format', 'parquet', '--out', folder);
    await writeParquet(join(folder, 'random.parquet'), PEAKS, randomResults(), RANDOM_METADATA);
    writeFileSync(join(folder, 'random.csv'), (await collected(tableText(PEAKS, randomResults()))).join(''));
    const versions = runScript(python, 'parquet-reader.py', folder).trim().split(', ');
    const names = readdirSync(folder).flatMap((file) => (file.endsWith('.parquet') ? [file.slice(0, -'.parquet'.length)] : []));
    for (const [i, reader] of (['pyarrow', 'duckdb'] as const).entries()) {
      const version = versions[i] ?? '';
      yield values(
        folder,
        names.filter((name) => name !== 'random'),
        reader,
        'Parquet of a project, beside its CSV',
        version,
      );
      yield values(folder, ['random'], reader, 'Parquet of random rows, beside their CSV', version);
      yield metadata(folder, names, reader, version);
    }
  },
};

async function* randomResults(): AsyncGenerator<VideoResult> {
  const random = randomStream(7, 'parquet');
  const number = (): number => Math.round(1e6 * 1000 * random()) / 1e6;
  const names = ['a.mp4', 'a "b", c.mp4', 'zwei\nZeilen 😀.mp4', 'عربي.mp4', '=1+1', ' '];
  for (const video of names) {
    const peaks = Array.from({ length: RANDOM_ROWS / names.length }, (_, i) => ({
      ...{ faceId: i % 5, peakId: i, label: EXPRESSIONS[i % 7]!, onsetS: number(), apexS: number(), offsetS: number(), apexFrame: 2 ** 31 - 1 - i },
      ...{ intensity: i % 3 === 0 ? null : random(), prominence: i % 4 === 0 ? null : -random(), final: null, source: 'model' },
    }));
    yield { summary: { video }, peaks, rows: [], segments: [] } as unknown as VideoResult;
  }
}

/** The cells of a CSV table, with the types that its columns have. */
function expectedOf(path: string): { columns: string[]; rows: Cell[][] } {
  const [columns = [], ...rows] = parse(readFileSync(path), {}) as unknown as string[][];
  const types = columns.map((column) => meaningOf(column).type);
  const typed = (cell: string, i: number): Cell => {
    if (cell === '') return null;
    if (types[i] === 'boolean') return cell === 'true';
    return types[i] === 'text' ? cell : Number(cell);
  };
  return { columns, rows: rows.map((row) => row.map(typed)) };
}

const foundIn = (folder: string, name: string, reader: Reader): Found => JSON.parse(readFileSync(join(folder, `${name}.${reader}.json`), 'utf8')) as Found;

function values(folder: string, names: readonly string[], reader: Reader, format: string, version: string): InteropRow {
  let count = 0;
  const differences = names.flatMap((name) => {
    const { columns, rows } = expectedOf(join(folder, `${name}.csv`));
    const found = foundIn(folder, name, reader);
    const types = columns.map((column) => [column, TYPES[reader][meaningOf(column).type]]);
    if (String(types) !== String(found.columns)) return [`${name}: columns ${String(found.columns)}`];
    if (rows.length !== found.rows.length) return [`${name}: ${found.rows.length} rows for ${rows.length}`];
    count += rows.length * columns.length;
    return rows.flatMap((row, i) =>
      row.flatMap((cell, k) => (cell === found.rows[i]?.[k] ? [] : [`${name} row ${i + 1} ${columns[k]}: ${String(found.rows[i]?.[k])} for ${String(cell)}`])),
    );
  });
  return compared({ format, reader: version }, count, `cells of ${names.length} tables, with types and nulls`, differences);
}

function metadata(folder: string, names: readonly string[], reader: Reader, version: string): InteropRow {
  const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { model: { id: string }; warnings: string[] };
  const differences = names.flatMap((name) => {
    const { model, warnings } = foundIn(folder, name, reader).metadata;
    const expected = name === 'random' ? RANDOM_METADATA : { model: run.model.id, warnings: run.warnings.join('; ') };
    return model === expected.model && warnings === expected.warnings ? [] : [`${name}: ${JSON.stringify({ model, warnings })}`];
  });
  return compared({ format: 'metadata of Parquet: model and warnings', reader: version }, names.length, 'files', differences);
}
