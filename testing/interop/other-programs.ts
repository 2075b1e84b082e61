import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NeededProgram } from './interop-check.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  /** Everything that it printed, for messages. */
  readonly text: string;
}

/** A program that hangs must not hang the suite. */
const LONGEST_MS = 5 * 60_000;

/** Runs another program to its end. */
export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Finished {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: LONGEST_MS,
    maxBuffer: 2 ** 28,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
  });
  return { code: status ?? 1, stdout: stdout ?? '', text: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

/** Runs a script of this folder with Python. @throws Error with what it printed if it fails */
export function runScript(interpreter: string, script: string, ...args: readonly string[]): string {
  const { code, stdout, text } = run(interpreter, [scriptAt(script), ...args]);
  if (code !== 0) throw new Error(`${script}: ${text.slice(-2000)}`);
  return stdout;
}

export const scriptAt = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs the command line of this program. @throws Error if it fails */
export function adatosk(...args: readonly string[]): void {
  execFileSync(process.execPath, [join(ROOT, 'src/main/hosts/cli/adatosk.ts'), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Which of the programs are not on this computer. */
export function missingPrograms(programs: readonly NeededProgram[]): NeededProgram[] {
  return programs.filter(({ test }) => run('sh', ['-c', test]).code !== 0);
}

/** A package of Debian with a command, with a package of R, and with a library. */
export const commandOf = (command: string, debian = command): NeededProgram => ({ debian, test: `command -v ${command}` });
export const packageOfR = (name: string): NeededProgram => ({ debian: `r-cran-${name}`, test: `Rscript --vanilla -e 'library(${name})'` });
export const libraryOf = (file: string, debian: string): NeededProgram => ({ debian, test: `PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q ${file}` });
