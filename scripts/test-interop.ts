/**
 * Compares what this program and other programs read from the same files, and prints a table. The other programs are packages of PyPI.
 * ADATOSK_INTEROP_PYTHON names a Python that has them; otherwise they are installed into a temporary folder (PyTorch: 5 GB).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENCODER_WEIGHTS } from '../testing/interop/encoder-weights.ts';
import { TABLES } from '../testing/interop/tables.ts';
import type { InteropCheck, InteropRow } from '../testing/interop/interop-check.ts';

const CHECKS: readonly (readonly [name: string, check: InteropCheck])[] = [
  ['encoder-weights', ENCODER_WEIGHTS],
  ['tables', TABLES],
];

/** Names of checks; none means all. */
const chosen = process.argv.slice(2);
const checks = CHECKS.filter(([name]) => chosen.length === 0 || chosen.includes(name));
const folder = mkdtempSync(join(tmpdir(), 'adatosk-interop-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function pythonWith(packages: readonly string[]): string {
  const given = process.env['ADATOSK_INTEROP_PYTHON'];
  if (given !== undefined) return given;
  const environment = join(folder, 'python');
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  const python = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  console.log(`Installing ${packages.join(', ')}`);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', ...packages], { stdio: 'inherit' });
  return python;
}

const interpreter = pythonWith([...new Set(checks.flatMap(([, { python }]) => python))]);
const rows: InteropRow[] = [];
for (const [name, check] of checks) {
  const files = join(folder, name);
  mkdirSync(files);
  for await (const row of check.rows(files, interpreter)) {
    rows.push(row);
    console.log(`${row.passed ? '✓' : '✗'} ${row.format}: ${row.detail}`);
  }
}

const table = [['format', 'reader', 'result'], ...rows.map(({ format, reader, expected, passed }) => [format, reader, passed ? expected : `NOT ${expected}`])];
const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
const line = (cells: readonly string[], fill = ' '): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!, fill)).join(' | ')} |`;
console.log(['', line(table[0]!), line(['', '', ''], '-'), ...table.slice(1).map((row) => line(row))].join('\n'));
const failed = rows.filter(({ passed }) => !passed).length;
console.log(`\n${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && rows.length > 0 ? 0 : 1;
