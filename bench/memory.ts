import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pidtree from 'pidtree';
import pidusage from 'pidusage';
import { benchVideo } from './bench-video.ts';

const COMMAND = fileURLToPath(new URL('../bin/adatosk.js', import.meta.url));
const SAMPLING_INTERVAL_MS = 250;

/**
 * Peak resident memory of `adatosk analyze` with all its processes (engines, ffmpeg) for videos of 1, 5 and 20 minutes. Pages
 * that several processes share count for each of them, so the true peak is lower.
 */
export async function benchMemory(line: (text: string) => void): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const minutes of [1, 5, 20]) {
    const megabytes = await peakMemory(await benchVideo(minutes));
    line(`${minutes} min of video: peak ${megabytes.toFixed(0)} MB`);
    numbers[`peak_mb_${minutes}_min`] = megabytes;
  }
  return { ...numbers, peak_20_min_over_1_min: numbers['peak_mb_20_min']! / numbers['peak_mb_1_min']! };
}

async function peakMemory(video: string): Promise<number> {
  const out = await mkdtemp(join(tmpdir(), 'adatosk-memory-'));
  const child = spawn(process.execPath, [COMMAND, 'analyze', video, '--out', out, '--device', 'cpu'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, await memoryOfTree(child.pid!));
    await Promise.race([wait(SAMPLING_INTERVAL_MS), ended]);
  }
  const [code] = (await ended) as [number | null];
  await rm(out, { recursive: true, force: true });
  if (code !== 0) throw new Error(`analyze ended with code ${code}`);
  return peak / 1e6;
}

/** Resident memory of a process and all its descendants, in bytes. A process that ends during the measurement counts as 0. */
async function memoryOfTree(pid: number): Promise<number> {
  const pids = await pidtree(pid, { root: true }).catch(() => []);
  const usages = await Promise.all(pids.map((each) => pidusage(each).catch(() => undefined)));
  return usages.reduce((sum, usage) => sum + (usage?.memory ?? 0), 0);
}
