/**
 * Compares what this program and other programs read from the same files, and prints a table. The other programs are packages of PyPI and
 * of Debian. The packages of PyPI are installed into one virtual environment: ADATOSK_INTEROP_ENVIRONMENT names a folder where it is
 * kept, or ADATOSK_INTEROP_PYTHON a Python that has them; otherwise it is in a temporary folder. Names of checks are arguments.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGREEMENT } from '../testing/interop/agreement.ts';
import { BORIS } from '../testing/interop/boris.ts';
import { ELAN } from '../testing/interop/elan.ts';
import { ENCODER_WEIGHTS } from '../testing/interop/encoder-weights.ts';
import { FINE_TUNING_SETS } from '../testing/interop/fine-tuning-sets.ts';
import type { InteropCheck, InteropRow } from '../testing/interop/interop-check.ts';
import { LABEL_STUDIO } from '../testing/interop/label-studio.ts';
import { missingPrograms } from '../testing/interop/other-programs.ts';
import { PARQUET } from '../testing/interop/parquet.ts';
import { PRAAT } from '../testing/interop/praat.ts';
import { TABLES } from '../testing/interop/tables.ts';
import { WORKBOOK } from '../testing/interop/workbook.ts';

const CHECKS: ReadonlyMap<string, InteropCheck> = new Map([
  ['agreement', AGREEMENT],
  ['boris', BORIS],
  ['elan', ELAN],
  ['encoder-weights', ENCODER_WEIGHTS],
  ['fine-tuning-sets', FINE_TUNING_SETS],
  ['label-studio', LABEL_STUDIO],
  ['parquet', PARQUET],
  ['praat', PRAAT],
  ['tables', TABLES],
  ['workbook', WORKBOOK],
]);

/** Names of checks; none means all. */
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !CHECKS.has(name));
if (unknown.length > 0) stop(`There is no check ${unknown.join(', ')}. The checks are: ${[...CHECKS.keys()].join(', ')}.`);
const checks = [...CHECKS].filter(([name]) => chosen.length === 0 || chosen.includes(name));
const folder = mkdtempSync(join(tmpdir(), 'adatosk-interop-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const missing = missingPrograms(checks.flatMap(([, { programs }]) => programs));
if (missing.length > 0)
  stop(`Programs are missing. On Debian: apt-get install --no-install-recommends ${[...new Set(missing.map(({ debian }) => debian))].join(' ')}`);

function stop(text: string): never {
  console.error(text);
  process.exit(1);
}

/** A Python with the packages of PyPI that the checks need. */
function pythonWith(packages: readonly string[]): string {
  const given = process.env['ADATOSK_INTEROP_PYTHON'];
  if (given !== undefined) return given;
  const environment = process.env['ADATOSK_INTEROP_ENVIRONMENT'] ?? join(folder, 'python');
  const python = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const list = join(environment, 'adatosk-interop-packages.txt');
  if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  const installed = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  if (packages.every((each) => installed.includes(each))) return python;
  console.log(`Installing ${packages.join(', ')}`);
  // Those of earlier runs stay, in versions that go with the new ones.
  const all = [...new Set([...installed.filter((each) => each !== ''), ...packages])];
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...all], { stdio: 'inherit' });
  writeFileSync(list, all.join('\n'));
  return python;
}

/** Seconds since a moment of `performance.now()`. */
const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;

const packages = [...new Set(checks.flatMap(([, { python }]) => python))];
const begin = performance.now();
const interpreter = packages.length === 0 ? '' : pythonWith(packages);
console.log(`Python with ${packages.length} packages: ${secondsSince(begin)}`);
const rows: (InteropRow & { readonly check: string })[] = [];
for (const [name, check] of checks) {
  const start = performance.now();
  const files = join(folder, name);
  mkdirSync(files);
  console.log(`\n${name}`);
  try {
    for await (const row of check.rows(files, interpreter)) {
      rows.push({ ...row, check: name });
      console.log(`${row.passed ? '✓' : '✗'} ${row.format}, read by ${row.reader}: ${row.detail}`);
    }
  } catch (error) {
    // The other checks go on.
    const detail = error instanceof Error ? error.message : String(error);
    console.log(`✗ ${detail}`);
    rows.push({ check: name, format: 'the check itself', reader: '', expected: 'equal', passed: false, detail });
  }
  console.log(secondsSince(start));
}

const table = [
  ['check', 'format', 'reader', 'result'],
  ...rows.map(({ check, format, reader, expected, passed }) => [check, format, reader, passed ? expected : `NOT ${expected}`]),
];
const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
const line = (cells: readonly string[], fill = ' '): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!, fill)).join(' | ')} |`;
console.log(['', line(table[0]!), line(['', '', '', ''], '-'), ...table.slice(1).map((row) => line(row))].join('\n'));
const failed = rows.filter(({ passed }) => !passed).length;
console.log(`\n${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && rows.length > 0 ? 0 : 1;
