import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchVideo } from './bench-video.ts';
import { runMeasured } from './peak-memory.ts';

/** Peak resident memory of `adatosk analyze` with all its processes (engines, ffmpeg) for videos of 1, 5 and 20 minutes. */
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
  try {
    const { peak } = await runMeasured('analyze', video, '--out', out, '--device', 'cpu');
    return peak / 1e6;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
