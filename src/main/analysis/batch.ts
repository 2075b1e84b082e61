import { isCancelled, sentenceOf, StudioError } from '../../shared/errors.ts';
import { mean } from '../../shared/mean.ts';
import type { VideoResult, VideoSummary } from '../../shared/results.ts';
import type { TimingTable } from '../../shared/time.ts';
import { hashFile } from '../media/content-hash.ts';
import type { VideoFile } from '../media/video-files.ts';
import type { AnalysisOptions, AnalysisTools, VideoAnalysis } from './analyse-video.ts';
import { analyseVideo } from './analyse-video.ts';
import type { ResultKey, ResultParts } from './result-parts.ts';
import { optionsHash } from './result-parts.ts';

export interface BatchRun {
  readonly videos: readonly VideoFile[];
  /** The engines to use now; called for every video, and again after one of them has died. */
  readonly tools: () => Promise<AnalysisTools>;
  readonly modelSha256: string;
  readonly options: AnalysisOptions;
  readonly parts: ResultParts;
  /** Take over kept results whose video, model and options are the same. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BatchProgress) => void;
  /** Told every video that is done, before its summary counts; the timing table is null where its result was taken over. */
  readonly onResult?: (video: VideoFile, result: VideoResult, timing: TimingTable | null) => Promise<void>;
}

export interface BatchProgress {
  readonly video: VideoFile;
  /** Index of the video in the batch. */
  readonly index: number;
  /** Share of this video that is done, 0..1. */
  readonly share: number;
  /** Seconds of video per second of work so far, in this video; null before the first frame. */
  readonly timesRealTime: number | null;
  /** Present when the video is over. */
  readonly summary?: VideoSummary;
  readonly resumed: boolean;
}

/**
 * Analyses one video after the other. A video that fails does not stop the rest; finished ones are kept at once.
 * After a stop the videos that are left are 'cancelled'.
 * @returns a summary for each video, in order
 * @throws StudioError where results cannot be written or the engine cannot be used any more
 */
export async function runBatch(run: BatchRun): Promise<VideoSummary[]> {
  const summaries: VideoSummary[] = [];
  for (const [index, video] of run.videos.entries()) {
    const { summary, resumed } = run.signal.aborted
      ? { summary: emptySummary(video.name, 'cancelled', ''), resumed: false }
      : await runVideo(run, video, index);
    summaries.push(summary);
    run.onProgress({ video, index, share: 1, timesRealTime: summary.timesRealTime, summary, resumed });
  }
  return summaries;
}

async function runVideo(run: BatchRun, video: VideoFile, index: number): Promise<{ summary: VideoSummary; resumed: boolean }> {
  const begun = performance.now();
  try {
    const sha256 = await hashFile(video.path, run.signal).catch(() => null);
    const key: ResultKey = { videoSha256: sha256 ?? '', modelSha256: run.modelSha256, options: optionsHash(run.options) };
    const kept = run.resume && sha256 !== null ? await run.parts.read(video.name, key) : undefined;
    if (kept !== undefined) {
      await run.onResult?.(video, kept, null);
      return { summary: kept.summary, resumed: true };
    }
    const analysis = await analyseVideo(
      video.path,
      await run.tools(),
      run.options,
      (share, seconds) => run.onProgress({ video, index, share, timesRealTime: (1000 * seconds) / (performance.now() - begun), resumed: false }),
      run.signal,
    );
    const summary = describe(video.name, sha256, analysis, (performance.now() - begun) / 1000);
    const result: VideoResult = { summary, rows: analysis.rows, peaks: analysis.peaks, segments: analysis.segments };
    await run.parts.write(video.name, key, result);
    await run.onResult?.(video, result, analysis.video.timing);
    return { summary, resumed: false };
  } catch (error) {
    // Whatever goes wrong after a request to stop goes wrong because of it.
    if (isCancelled(error) || run.signal.aborted) return { summary: emptySummary(video.name, 'cancelled', ''), resumed: false };
    if (error instanceof StudioError && STOPS_THE_BATCH.has(error.code)) throw error;
    return { summary: { ...emptySummary(video.name, 'failed', sentenceOf(error)), secondsTaken: (performance.now() - begun) / 1000 }, resumed: false };
  }
}

/** What will not go away with the next video. */
const STOPS_THE_BATCH: ReadonlySet<StudioError['code']> = new Set([
  ...(['disk-full', 'cannot-write', 'program-missing', 'provider-unavailable'] as const),
  ...(['project-busy', 'project-damaged', 'store-unsafe'] as const),
]);

function describe(video: string, sha256: string | null, analysis: VideoAnalysis, secondsTaken: number): VideoSummary {
  const { timing } = analysis.video;
  const withFace = new Set(analysis.rows.filter(({ status }) => status !== 'no_face').map(({ slot }) => slot));
  const slots = new Set(analysis.rows.map(({ slot }) => slot));
  const confidences = analysis.rows.flatMap(({ faceConfidence }) => (faceConfidence === null ? [] : [faceConfidence]));
  return {
    video,
    sha256,
    durationS: timing.duration,
    frames: timing.frames,
    fps: timing.meanRate,
    variableRate: timing.findings.variableRate,
    faces: analysis.faces,
    faceShare: withFace.size / slots.size,
    meanConfidence: confidences.length === 0 ? null : mean(confidences),
    peaks: analysis.peaks.length,
    secondsTaken,
    timesRealTime: timing.duration / secondsTaken,
    status: 'done',
    error: warningsOf(analysis).join(' '),
  };
}

function warningsOf({ substitutedSamples, decoderComplaints }: VideoAnalysis): string[] {
  return [
    ...(substitutedSamples > 0 ? [`Warning: ${substitutedSamples} samples show a neighbouring frame, since their own could not be decoded.`] : []),
    ...(decoderComplaints > 0 ? [`Warning: ffmpeg reported ${decoderComplaints} errors while decoding; pictures may be wrong there.`] : []),
  ];
}

export function emptySummary(video: string, status: 'failed' | 'cancelled', error: string): VideoSummary {
  return {
    ...{ video, sha256: null, durationS: null, frames: null, fps: null, variableRate: null, faces: null, faceShare: null },
    ...{ meanConfidence: null, peaks: null, secondsTaken: null, timesRealTime: null, status, error },
  };
}
