import { link, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedCores } from '../src/main/process/allowed-cores.ts';
import { benchVideo } from './bench-video.ts';
import { runMeasured } from './peak-memory.ts';

/** Videos of a minute for each place of the largest number at once. */
const VIDEOS_PER_PLACE = 3;

/**
 * Throughput of `adatosk analyze --at-once` for 1, 2, 4 … videos at once, up to one for two cores (two at least): seconds of video in a
 * second, the peak memory, and the share of what as many videos would reach without disturbing each other.
 */
export async function benchAtOnce(line: (text: string) => void): Promise<Record<string, number>> {
  const most = Math.max(2, Math.floor(allowedCores() / 2));
  const numbers: Record<string, number> = { cores: allowedCores() };
  const folder = await mkdtemp(join(tmpdir(), 'adatosk-at-once-'));
  try {
    const video = await benchVideo(1);
    const count = VIDEOS_PER_PLACE * most;
    const videos = Array.from({ length: count }, (_, i) => join(folder, `${i}.mp4`));
    for (const path of videos) await link(video, path);
    for (let atOnce = 1; atOnce <= most; atOnce *= 2) {
      const out = join(folder, `out-${atOnce}`);
      const { peak, seconds } = await runMeasured('analyze', ...videos, '--out', out, '--at-once', String(atOnce));
      const speed = (60 * count) / seconds;
      line(`${atOnce} at once: ${speed.toFixed(1)} times real time, ${(peak / 1e6).toFixed(0)} MB`);
      numbers[`times_real_time_${atOnce}_at_once`] = speed;
      numbers[`peak_mb_${atOnce}_at_once`] = peak / 1e6;
      numbers[`share_of_ideal_${atOnce}_at_once`] = speed / (atOnce * numbers['times_real_time_1_at_once']!);
    }
    return numbers;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
