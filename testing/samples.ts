/** Samples of counting videos, and the check that they show the right frames. */
import { expect } from 'vitest';
import { probeVideo } from '../src/main/media/probe.ts';
import { sampleFrames } from '../src/main/media/sampled-frames.ts';
import { SamplingGrid } from '../src/shared/domain/time.ts';
import { greyOfFrame } from './videos.ts';

export async function samplesOf(path: string, rate = 10): Promise<{ grid: SamplingGrid; frames: number[]; greys: number[]; substituted: number }> {
  const video = await probeVideo(path);
  const grid = new SamplingGrid(video.timing, rate);
  const frames: number[] = [];
  /** NaN in a hole of the recording. */
  const greys: number[] = [];
  let substituted = 0;
  for await (const { picture, ...sample } of sampleFrames(video, grid)) {
    expect(sample.sample).toBe(frames.length);
    frames.push(sample.frame);
    greys.push(picture === null ? NaN : picture.y[picture.width * 10 + 10]!);
    substituted += sample.substituted ? 1 : 0;
    sample.release();
  }
  return { grid, frames, greys, substituted };
}

/** Checks that the picture and the frame index of every sample are those of the frame whose PTS is nearest to its moment. */
export function expectNearest({ grid, frames, greys }: Awaited<ReturnType<typeof samplesOf>>): void {
  expect(frames).toHaveLength(grid.samples);
  frames.forEach((frame, k) => {
    expect(Number.isNaN(greys[k]!)).toBe(grid.isInHole(k));
    if (grid.isInHole(k)) return;
    const distances = [...grid.table.pts].map((pts) => Math.abs(pts - grid.moment(k)));
    expect(distances[frame]).toBeCloseTo(Math.min(...distances), 9);
    expect(Math.abs(greys[k]! - greyOfFrame(frame)), `sample ${k} shows frame ${frame}`).toBeLessThanOrEqual(4);
  });
}
