/** Runs the command line in a separate process, as a user would. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

const ENTRY = fileURLToPath(new URL('../src/main/hosts/cli/adatosk.ts', import.meta.url));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The JSON object on the last line of standard output. */
  json: Record<string, unknown>;
}

export function startCommand(
  args: string[],
  env: Record<string, string> = {},
): { child: ChildProcess; finished: Promise<Finished>; seen: (text: RegExp) => Promise<void> } {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  const watchers: (() => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    watchers.forEach((watch) => watch());
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      resolve({ code, stdout, stderr, json: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {} });
    });
  });
  const seen = (text: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const watch = (): void => {
        if (text.test(stderr)) resolve();
      };
      watchers.push(watch);
      watch();
    });
  return { child, finished, seen };
}

export function command(...args: string[]): Promise<Finished> {
  return startCommand(args).finished;
}

/** Reads a CSV file with a strict parser. Returns its rows by column. */
export async function readTable(path: string): Promise<Record<string, string>[]> {
  return parse(await readFile(path), { columns: true, relax_column_count: false, relax_quotes: false }) as unknown as Record<string, string>[];
}
