/**
 * Reads randomly changed files of every kind that comes from outside. Each must be read, or end in an error for the user, in time and
 * without much memory. Usage: fuzz.ts [--minutes M] [--seed S] [KIND...]
 *
 * A case has a number: the same seed and number give the same file. Files that a fault was found with are kept in fuzz-findings.
 */
import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { TARGETS } from '../testing/fuzz/targets.ts';
import type { CaseReport } from '../testing/fuzz/worker.ts';

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const minutes = Number(values.minutes);
const kinds = Object.keys(TARGETS).filter((kind) => positionals.length === 0 || positionals.includes(kind));
const unknown = positionals.filter((kind) => TARGETS[kind] === undefined);
if (unknown.length > 0 || !(minutes > 0)) throw new Error(`unknown: ${unknown.join(', ')}; kinds: ${Object.keys(TARGETS).join(', ')}`);

const WORKER = join(import.meta.dirname, '..', 'testing', 'fuzz', 'worker.ts');
/** A decoder may stand still for a while; everything else takes milliseconds. */
const LONGEST_CASE_S = 30;
const MOST_MEGABYTES = 1500;
const FINDINGS = 'fuzz-findings';

interface Findings {
  cases: number;
  read: number;
  readonly faults: string[];
  megabytes: number;
}

/** Runs cases of one kind until the time is over. A worker that hangs or ends is replaced; the case after it is the next. */
async function fuzz(kind: string, seconds: number): Promise<Findings> {
  const found: Findings = { cases: 0, read: 0, faults: [], megabytes: 0 };
  const end = Date.now() + 1000 * seconds;
  let next = 0;
  while (Date.now() < end) next = await untilWorkerEnds(kind, next, end, found);
  return found;
}

/** @returns the number of the next case */
function untilWorkerEnds(kind: string, first: number, end: number, found: Findings): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-fuzz-'));
  const worker = fork(WORKER, [kind, values.seed, String(first), folder], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--max-old-space-size=1024'],
  });
  return new Promise((resolve) => {
    let current: CaseReport | undefined;
    let complaint = '';
    let reason: string | undefined;
    const stop = (why: string | undefined): void => {
      reason = why;
      worker.kill('SIGKILL');
    };
    const watch = new Watch(() => stop(`took more than ${LONGEST_CASE_S} s`));
    const over = setTimeout(() => stop('over'), Math.max(0, end - Date.now()));
    worker.stderr?.on('data', (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
    worker.on('message', (report: CaseReport) => {
      watch.restart();
      current = report.ended === null ? report : undefined;
      if (report.ended === null) return;
      count(found, kind, report);
      if (report.ended.megabytes > MOST_MEGABYTES) stop(undefined);
    });
    worker.on('exit', () => {
      watch.stop();
      clearTimeout(over);
      if (current !== undefined && reason !== 'over') keep(found, kind, current, reason ?? `ended the process: ${complaint}`);
      rmSync(folder, { recursive: true, force: true });
      resolve((current?.number ?? first + found.cases) + 1);
    });
  });
}

class Watch {
  readonly #onLate: () => void;
  #timer: NodeJS.Timeout;

  constructor(onLate: () => void) {
    this.#onLate = onLate;
    // The first case waits for the seeds.
    this.#timer = setTimeout(onLate, 4 * 1000 * LONGEST_CASE_S);
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onLate, 1000 * LONGEST_CASE_S);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function count(found: Findings, kind: string, report: CaseReport): void {
  const { outcome, fault, megabytes } = report.ended ?? { outcome: '', fault: null, megabytes: 0 };
  found.cases += 1;
  if (outcome === 'read') found.read += 1;
  found.megabytes = Math.max(found.megabytes, megabytes);
  if (fault !== null) keep(found, kind, report, fault);
  else if (megabytes > MOST_MEGABYTES) keep(found, kind, report, `took ${megabytes} MB`);
}

function keep(found: Findings, kind: string, { number, file }: CaseReport, what: string): void {
  const kept = join(FINDINGS, `${kind}-${values.seed}-${number}-${basename(file)}`);
  mkdirSync(FINDINGS, { recursive: true });
  try {
    copyFileSync(file, kept);
  } catch {
    // The case has deleted its folder; its number makes the file again.
  }
  found.faults.push(`${kept}\n  ${what.split('\n').slice(0, 6).join('\n  ')}`);
}

let faults = 0;
for (const kind of kinds) {
  const { cases, read, faults: own, megabytes } = await fuzz(kind, (60 * minutes) / kinds.length);
  faults += own.length;
  console.log(
    `${kind.padEnd(10)}${String(cases).padStart(7)} files, ${read} read, ${cases - read - own.length} rejected, ${own.length} faults, ${megabytes} MB at most`,
  );
  for (const fault of own.slice(0, 10)) console.log(`  ${fault}`);
}
process.exitCode = faults === 0 ? 0 : 1;
