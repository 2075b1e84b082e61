import { basename } from 'node:path';
import { cancelled, StudioError } from '../../shared/app/errors.ts';
import type { ModelManifest } from '../../shared/domain/manifest.ts';
import type { ModelSession } from '../../shared/domain/model-session.ts';
import type { PeakOptions } from '../../shared/domain/peaks.ts';
import { findPeaks } from '../../shared/domain/peaks.ts';
import type { SegmentOptions } from '../../shared/domain/segments.ts';
import { findSegments } from '../../shared/domain/segments.ts';
import type { PackedMaps } from '../../shared/domain/results.ts';
import type { AnalysedSpan } from '../../shared/domain/time.ts';
import { roundSeconds, SamplingGrid } from '../../shared/domain/time.ts';
import type { ExpressionPeak, Segment, TimelineRow } from '../../shared/domain/timeline.ts';
import { clipFeeds } from '../adatosk/runtime/clip-feeds.ts';
import { MIRROR_DIFFERENCE, OUTPUTS } from '../adatosk/model/adatosk.ts';
import { SLOTS_PER_CLIP } from '../adatosk/model/config.ts';
import { ACTION_UNITS, inUnitOrder } from '../../shared/domain/action-units.ts';
import type { DetectorSessions } from '../face/detector.ts';
import type { FaceObservation, FaceOptions } from '../face/face-observer.ts';
import { FaceObserver } from '../face/face-observer.ts';
import { probeVideo } from '../media/probe.ts';
import type { ProbedVideo } from '../media/probe.ts';
import { sampleFrames } from '../media/sampled-frames.ts';
import type { AnalysisJournal } from './analysis-journal.ts';
import type { Clip, ClipReading } from './face-series.ts';
import { FaceSeries, rowsWithoutFace } from './face-series.ts';
import { packMaps } from './mask-maps.ts';
import { readAhead } from './read-ahead.ts';

/** All options that affect the results for a given video and model. */
export interface AnalysisOptions {
  readonly tokenBudget: number;
  readonly face: FaceOptions;
  readonly peaks: PeakOptions;
  readonly segments: SegmentOptions;
  /** The part of each video that is analysed; the whole video if it is missing. */
  readonly span?: AnalysedSpan;
}

export interface AnalysisTools {
  readonly network: ModelSession;
  readonly detectors: DetectorSessions;
  readonly model: Pick<ModelManifest, 'id' | 'clip' | 'actionUnits' | 'leastSimilarity'>;
}

/** Time of each stage in milliseconds. Stages overlap, so their sum may exceed `total`. */
export interface StageTimes {
  probing: number;
  waitingForFrames: number;
  cropping: number;
  total: number;
}

export interface VideoAnalysis {
  readonly video: ProbedVideo;
  readonly rows: readonly TimelineRow[];
  readonly peaks: readonly ExpressionPeak[];
  readonly segments: readonly Segment[];
  /** Mask weights by patch for each face. */
  readonly maps: readonly PackedMaps[];
  /** Number of confirmed face tracks. */
  readonly faces: number;
  /** Samples whose frame could not be decoded and was replaced by a neighbouring frame. */
  readonly substitutedSamples: number;
  /** Number of errors that ffmpeg reported while decoding; the frames concerned may be wrong. */
  readonly decoderComplaints: number;
  /** Length of the analysed part in seconds. */
  readonly analysedS: number;
  readonly stages: StageTimes;
}

/** Frames that the decoder may be ahead of the face search. */
const FRAMES_AHEAD = 6;
/** Clips that may wait for the network at the same time. */
const CLIPS_AHEAD = 3;
/** A video with a larger share of substituted samples is rejected as damaged. */
const MOST_SUBSTITUTED = 0.05;

/**
 * Analyses one video from start to end: timing table, sampled frames, faces, clips, network, timelines, peaks, segments.
 * @param journal what an interrupted analysis of the video has found and read; null to keep none
 * @param onProgress called after each sample with the finished share of the video, 0..1, and its length in seconds
 * @throws StudioError with the name of the file
 */
export async function analyseVideo(
  path: string,
  tools: AnalysisTools,
  options: AnalysisOptions,
  journal: AnalysisJournal | null,
  onProgress: (share: number, seconds: number) => void,
  signal?: AbortSignal,
): Promise<VideoAnalysis> {
  const begun = performance.now();
  const video = await probeVideo(path, signal);
  const probing = performance.now() - begun;
  const grid = new SamplingGrid(video.timing, tools.model.clip.sampleRateHz, options.span ?? null);
  if (grid.span.endS <= grid.span.startS) throw new StudioError('wrong-usage/span-outside', { file: basename(path), end: roundSeconds(video.timing.end) });
  const observer = new FaceObserver(tools.detectors, video.stream, grid.rate, tools.model.clip.width, options.face, journal);
  const reader = new SeriesReader(tools, options.tokenBudget, journal);

  let waitingForFrames = 0;
  let substituted = 0;
  let complaints = 0;
  const frames = readAhead(
    sampleFrames(video, grid, signal, (count) => (complaints = count)),
    FRAMES_AHEAD,
  );
  for (;;) {
    const start = performance.now();
    const next = await frames.next();
    waitingForFrames += performance.now() - start;
    if (next.done === true) break;
    if (signal?.aborted === true) {
      await frames.return(undefined);
      throw cancelled();
    }
    substituted += next.value.substituted ? 1 : 0;
    const { observations, gone } = await observer.see(next.value);
    for (const observation of observations) await reader.add(observation);
    for (const faceId of gone) await reader.end(faceId);
    const done = next.value.sample + 1;
    onProgress(done / grid.samples, done / grid.rate);
  }
  for (const observation of await observer.finish()) await reader.add(observation);
  const series = await reader.finish();

  if (substituted > MOST_SUBSTITUTED * grid.samples) {
    throw new StudioError('damaged-video/frames', { percent: Math.round((100 * substituted) / grid.samples), file: basename(path) });
  }
  const stages = { probing, waitingForFrames, cropping: observer.cropMilliseconds, total: performance.now() - begun };
  return {
    ...describe(series, grid, tools.model.id, options),
    video,
    substitutedSamples: substituted,
    decoderComplaints: complaints,
    analysedS: grid.span.endS - grid.span.startS,
    stages,
  };
}

function describe(
  series: readonly FaceSeries[],
  grid: SamplingGrid,
  modelId: string,
  options: AnalysisOptions,
): Pick<VideoAnalysis, 'rows' | 'peaks' | 'segments' | 'faces' | 'maps'> {
  const source = `model:${modelId}`;
  const byFace = series.map((each) => each.rows(grid));
  const occupied = new Set(byFace.flat().map(({ slot }) => slot));
  const rows = [...byFace.flat(), ...rowsWithoutFace(grid, occupied)].sort((a, b) => a.slot - b.slot || a.faceId - b.faceId);
  return {
    rows,
    faces: series.length,
    maps: series.flatMap((each) => {
      const maps = each.maps();
      return maps === null ? [] : [{ faceId: each.faceId, packed: Buffer.from(packMaps(maps)).toString('base64') }];
    }),
    peaks: byFace.flatMap((face) => findPeaks(face, source, (seconds) => grid.table.nearestFrame(seconds), options.peaks)),
    segments: byFace.flatMap((face) => findSegments(face, source, options.segments)),
  };
}

/** Runs the network on the clips of each face and adds the outputs to the face's series. */
class SeriesReader {
  readonly #tools: AnalysisTools;
  readonly #tokenBudget: number;
  readonly #journal: AnalysisJournal | null;
  readonly #open = new Map<number, FaceSeries>();
  readonly #all: FaceSeries[] = [];
  #running: Promise<void>[] = [];

  constructor(tools: AnalysisTools, tokenBudget: number, journal: AnalysisJournal | null) {
    this.#tools = tools;
    this.#tokenBudget = tokenBudget;
    this.#journal = journal;
  }

  async add(observation: FaceObservation): Promise<void> {
    let series = this.#open.get(observation.faceId);
    if (series === undefined) {
      series = new FaceSeries(observation, this.#tools.model.leastSimilarity ?? null);
      this.#open.set(observation.faceId, series);
      this.#all.push(series);
    }
    if (observation.isAfterCut === true) await this.#read(series, series.end());
    await this.#read(series, series.add(observation));
  }

  async end(faceId: number): Promise<void> {
    const series = this.#open.get(faceId);
    if (series === undefined) return;
    this.#open.delete(faceId);
    await this.#read(series, series.end());
  }

  /** Waits until the network has read every clip. Returns all faces in the order of their ids. */
  async finish(): Promise<FaceSeries[]> {
    for (const faceId of [...this.#open.keys()]) await this.end(faceId);
    await Promise.all(this.#running);
    return this.#all.sort((a, b) => a.faceId - b.faceId);
  }

  async #read(series: FaceSeries, clip: Clip | undefined): Promise<void> {
    if (clip === undefined) return;
    const read = (): Promise<Required<ClipReading>> => readClip(this.#tools, clip.pixels, this.#tokenBudget);
    const reading = this.#journal === null ? read() : this.#journal.reading(series.faceId, clip.firstSample, read);
    const running = reading.then((values) => series.read(clip, values));
    running.catch(() => undefined);
    this.#running.push(running);
    if (this.#running.length > CLIPS_AHEAD) await this.#running.shift();
  }
}

/** Runs the network on one clip and averages each mask over the patches of each slot. */
export async function readClip(tools: Pick<AnalysisTools, 'network' | 'model'>, pixels: Uint8Array, tokenBudget: number): Promise<Required<ClipReading>> {
  const outputs = await tools.network.run(clipFeeds(tools.model.clip, pixels, tokenBudget));
  const perSlot = (name: string): Float32Array => {
    const { data } = outputs[name]!;
    const patches = data.length / SLOTS_PER_CLIP;
    return Float32Array.from(
      { length: SLOTS_PER_CLIP },
      (_, s) => data.subarray(s * patches, (s + 1) * patches).reduce((sum, value) => sum + value, 0) / patches,
    );
  };
  return {
    slotProbabilities: outputs[OUTPUTS.slotProbabilities]!.data,
    classAgnostic: perSlot(OUTPUTS.classAgnostic),
    classSemantic: perSlot(OUTPUTS.classSemantic),
    final: perSlot(OUTPUTS.final),
    similarity: outputs[OUTPUTS.similarity]!.data,
    maps: mapsOf([OUTPUTS.classAgnostic, OUTPUTS.classSemantic, OUTPUTS.final].map((name) => outputs[name]!.data)),
    actionUnits: unitsOf(outputs[OUTPUTS.actionUnits]?.data, tools.model.actionUnits),
    mirrorDifference: outputs[MIRROR_DIFFERENCE]?.data ?? new Float32Array(SLOTS_PER_CLIP).fill(NaN),
  };
}

/** Intensities in the order of ACTION_UNITS, [slots, units]; NaN for units that the model does not have. */
function unitsOf(intensities: Float32Array | undefined, units: readonly number[] | undefined): Float32Array {
  if (intensities === undefined || units === undefined) return new Float32Array(SLOTS_PER_CLIP * ACTION_UNITS.length).fill(NaN);
  const slots = Array.from({ length: SLOTS_PER_CLIP }, (_, s) => inUnitOrder(units, intensities.subarray(s * units.length, (s + 1) * units.length)));
  return Float32Array.from(slots.flat(), (value) => value ?? NaN);
}

/** Joins masks of [slots, patches] each into [slots, masks, patches]. */
function mapsOf(masks: readonly Float32Array[]): Float32Array {
  const patches = masks[0]!.length / SLOTS_PER_CLIP;
  const maps = new Float32Array(SLOTS_PER_CLIP * masks.length * patches);
  masks.forEach((mask, m) => {
    for (let s = 0; s < SLOTS_PER_CLIP; s++) maps.set(mask.subarray(s * patches, (s + 1) * patches), (s * masks.length + m) * patches);
  });
  return maps;
}
