import { cancelled } from '../../../shared/app/errors.ts';
import { SamplingGrid } from '../../../shared/domain/time.ts';
import type { PictureBox } from '../../../shared/domain/timeline.ts';
import type { DetectorSessions } from '../../face/detector.ts';
import { overlap } from '../../face/face-geometry.ts';
import { DEFAULT_FACE_OPTIONS, FaceObserver } from '../../face/face-observer.ts';
import type { FaceObservation } from '../../face/face-observer.ts';
import { probeVideo } from '../../media/probe.ts';
import { sampleFrames } from '../../media/sampled-frames.ts';

/** A span of one face of a video whose crops are requested, in seconds from the container's start. */
export interface RequestedCrops {
  readonly startS: number;
  readonly endS: number;
  /** The box of that face at a time, in pixels; null where unknown. */
  readonly boxAt: (seconds: number) => PictureBox | null;
}

export interface SegmentCrops {
  /** [samples, side, side, 3] RGB bytes. A sample without the face repeats the sample before. */
  readonly crops: Uint8Array;
  readonly samples: number;
  /** Share of the samples in which the face was found. */
  readonly seen: number;
}

export interface CropFormat {
  readonly side: number;
  /** Samples a second. */
  readonly rate: number;
}

/**
 * Reads a video once and yields the aligned crops of each requested span as soon as the span has ended. `crops` is null
 * where no tracked face is at the position of the requested face.
 */
export async function* segmentCrops(
  path: string,
  requested: readonly RequestedCrops[],
  { side, rate }: CropFormat,
  detectors: DetectorSessions,
  signal: AbortSignal,
): AsyncGenerator<{ index: number; crops: SegmentCrops | null }> {
  const probed = await probeVideo(path, signal);
  const grid = new SamplingGrid(probed.timing, rate);
  const observer = new FaceObserver(detectors, probed.stream, grid.rate, side, DEFAULT_FACE_OPTIONS);
  const open = requested.map((span, index) => ({ index, ...span, byFace: new Map<number, FaceObservation[]>() }));
  const take = (observation: FaceObservation): void => {
    const at = grid.boundary(observation.sample);
    for (const span of open) {
      if (at < span.startS - 1e-9 || at >= span.endS - 1e-9) continue;
      const own = span.byFace.get(observation.faceId) ?? [];
      own.push(observation);
      span.byFace.set(observation.faceId, own);
    }
  };
  function* past(seconds: number): Generator<{ index: number; crops: SegmentCrops | null }> {
    for (let i = open.length - 1; i >= 0; i--) {
      if (open[i]!.endS > seconds) continue;
      const [span] = open.splice(i, 1);
      yield { index: span!.index, crops: cropsOf(span!, grid, side) };
    }
  }
  for await (const frame of sampleFrames(probed, grid, signal)) {
    if (signal.aborted) throw cancelled();
    const { observations } = await observer.see(frame);
    for (const observation of observations) take(observation);
    // The observer returns observations some samples later, so the oldest observation decides which spans have ended.
    if (observations.length > 0) yield* past(grid.boundary(Math.min(...observations.map(({ sample }) => sample))) - 1);
  }
  for (const observation of await observer.finish()) take(observation);
  yield* past(Infinity);
}

/** The crops of the face that overlaps the requested face the most over time; null where none does. */
function cropsOf(
  { byFace, boxAt, startS, endS }: RequestedCrops & { byFace: Map<number, FaceObservation[]> },
  grid: SamplingGrid,
  side: number,
): SegmentCrops | null {
  const share = (observations: readonly FaceObservation[]): number =>
    observations.reduce((sum, { box, sample }) => {
      const there = boxAt(grid.boundary(sample));
      return sum + (box === null ? 0 : there === null ? 0.01 : overlap(box, there));
    }, 0);
  const [best] = [...byFace.values()].map((own) => ({ own, share: share(own) })).sort((a, b) => b.share - a.share);
  if (best === undefined || best.share === 0) return null;
  const samples = Math.max(1, Math.round((endS - startS) * grid.rate));
  const size = side * side * 3;
  const crops = new Uint8Array(samples * size);
  const own = new Map(best.own.flatMap(({ sample, crop }) => (crop === null ? [] : [[sample, crop] as const])));
  const first = Math.ceil((startS - grid.boundary(0)) * grid.rate - 1e-6);
  let last = [...own.values()][0];
  if (last === undefined) return null;
  let seen = 0;
  for (let i = 0; i < samples; i++) {
    const crop = own.get(first + i);
    if (crop !== undefined) seen += 1;
    last = crop ?? last;
    crops.set(last, i * size);
  }
  return { crops, samples, seen: seen / samples };
}
