import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pidtree from 'pidtree';
import pidusage from 'pidusage';

const COMMAND = fileURLToPath(new URL('../bin/adatosk.js', import.meta.url));
const SAMPLING_INTERVAL_MS = 250;

/**
 * Runs a command of `adatosk`. Pages that several processes share count for each of them, so the true peak is lower.
 * @returns the peak resident memory of all its processes in bytes, and the seconds that it took
 * @throws Error if it does not end with 0
 */
export async function runMeasured(...args: readonly string[]): Promise<{ peak: number; seconds: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, await memoryOfTree(child.pid!));
    await Promise.race([wait(SAMPLING_INTERVAL_MS), ended]);
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${args[0] ?? ''} ended with code ${code}`);
  return { peak, seconds: (performance.now() - start) / 1000 };
}

/** Resident memory of a process and all its descendants, in bytes. A process that ends during the measurement counts as 0. */
async function memoryOfTree(pid: number): Promise<number> {
  const pids = await pidtree(pid, { root: true }).catch(() => []);
  const usages = await Promise.all(pids.map((each) => pidusage(each).catch(() => undefined)));
  return usages.reduce((sum, usage) => sum + (usage?.memory ?? 0), 0);
}
