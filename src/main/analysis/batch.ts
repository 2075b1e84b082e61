import { setTimeout as wait } from 'node:timers/promises';
import { isCancelled, StudioError, toFact } from '../../shared/app/errors.ts';
import type { Fact, Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';
import { mean } from '../../shared/basics/mean.ts';
import type { VideoResult, VideoSummary } from '../../shared/domain/results.ts';
import type { TimingTable } from '../../shared/domain/time.ts';
import { hashFile } from '../media/content-hash.ts';
import type { StreamSummary } from '../media/choose-stream.ts';
import type { VideoFile } from '../media/video-files.ts';
import { AnalysisJournal, IncompleteJournal } from './analysis-journal.ts';
import type { AnalysisOptions, AnalysisTools, VideoAnalysis } from './analyse-video.ts';
import { analyseVideo } from './analyse-video.ts';
import type { ResultKey, ResultParts } from './result-parts.ts';
import { optionsHash } from './result-parts.ts';

/** How to analyse a video and where to store the result. */
export interface VideoJob {
  /** Returns running engines. Called for every video, so that engines which have died are replaced. */
  readonly tools: () => Promise<AnalysisTools>;
  readonly modelSha256: string;
  readonly options: AnalysisOptions;
  /** Storage for results beside the tables; null where only a project stores them. */
  readonly parts: ResultParts | null;
  /** Whether to reuse stored results with the same video, model and options, and to go on with interrupted analyses. */
  readonly resume: boolean;
  /** Folder for what long analyses have found so far, so that they go on after an interruption. */
  readonly journals: string;
  /** Called with the result of each video before its summary is reported; the timing table is null for a reused result of versions before 0.2. */
  readonly onResult?: (video: VideoFile, result: VideoResult, timing: TimingTable | null) => Promise<void>;
}

/** How the analysis of a video ended. */
export interface FinishedVideo {
  readonly summary: VideoSummary;
  /** Whether the result is that of an earlier run. */
  readonly resumed: boolean;
}

export interface BatchRun {
  readonly videos: readonly VideoFile[];
  /** Analyses one video, as runVideo does. */
  readonly run: (video: VideoFile, onShare: (share: number, timesRealTime: number) => void, signal: AbortSignal) => Promise<FinishedVideo>;
  /** Largest number of videos to analyse in parallel. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BatchProgress) => void;
}

export interface BatchProgress {
  readonly video: VideoFile;
  /** Index of the video in the batch. */
  readonly index: number;
  /** Finished share of this video, 0..1. */
  readonly share: number;
  /** Seconds of this video per second of work so far; null before the first frame. */
  readonly timesRealTime: number | null;
  /** Present once the video has ended. */
  readonly summary?: VideoSummary;
  readonly resumed: boolean;
}

/**
 * Analyses a list of videos. A video that fails does not stop the others. Each result is stored as soon as it is finished.
 * After an abort, the remaining videos are 'cancelled'.
 * @returns a summary for each video, in order
 * @throws StudioError where results cannot be written or the engine is no longer usable
 */
export async function runBatch(run: BatchRun): Promise<VideoSummary[]> {
  const { videos, onProgress, signal } = run;
  const summaries = new Map<number, VideoSummary>();
  const end = (index: number, summary: VideoSummary, resumed: boolean): void => {
    summaries.set(index, summary);
    onProgress({ video: videos[index]!, index, share: 1, timesRealTime: summary.timesRealTime, summary, resumed });
  };
  const waiting = [...videos.keys()];
  const pool: WorkerPool<number> = new WorkerPool<number>(
    (): number | undefined => (signal.aborted || pool.running >= run.atOnce ? undefined : waiting.shift()),
    async (index, stop) => {
      const video = videos[index]!;
      const onShare = (share: number, timesRealTime: number): void => onProgress({ video, index, share, timesRealTime, resumed: false });
      const { summary, resumed } = await run.run(video, onShare, stop);
      end(index, summary, resumed);
    },
  );
  const stopAll = (): void => pool.stop();
  signal.addEventListener('abort', stopAll);
  try {
    await pool.drain();
  } finally {
    signal.removeEventListener('abort', stopAll);
  }
  for (const index of waiting) end(index, emptySummary(videos[index]!.name, 'cancelled', null), false);
  return [...videos.keys()].map((index) => summaries.get(index)!);
}

/**
 * Runs jobs in parallel. `take` returns the next job, or undefined where none is waiting or enough are running. The pool
 * calls it whenever a job ends and in `fill`; callers must call `fill` when new jobs may be available.
 */
export class WorkerPool<J> {
  readonly #take: () => J | undefined;
  readonly #work: (job: J, signal: AbortSignal) => Promise<void>;
  readonly #running = new Map<J, AbortController>();
  #emptied = Promise.withResolvers<undefined>();
  #problem: { error: unknown } | undefined;

  /** @param work must end soon after its signal is aborted; an error that it throws stops all other jobs */
  constructor(take: () => J | undefined, work: (job: J, signal: AbortSignal) => Promise<void>) {
    this.#take = take;
    this.#work = work;
  }

  get running(): number {
    return this.#running.size;
  }

  fill(): void {
    while (this.#problem === undefined) {
      const job = this.#take();
      if (job === undefined) return;
      const controller = new AbortController();
      this.#running.set(job, controller);
      void this.#work(job, controller.signal)
        .catch((error: unknown) => {
          this.#problem ??= { error };
          this.stop();
        })
        .finally(() => {
          this.#running.delete(job);
          this.fill();
          if (this.#running.size === 0) this.#emptied.resolve(undefined);
        });
    }
  }

  /** Starts jobs and resolves when none is running. @throws the first error of a job */
  async drain(): Promise<void> {
    this.#emptied = Promise.withResolvers<undefined>();
    this.fill();
    if (this.#running.size > 0) await this.#emptied.promise;
    const problem = this.#problem;
    this.#problem = undefined;
    if (problem !== undefined) throw problem.error;
  }

  /** Aborts all running jobs, or those for which `which` returns true. */
  stop(which: (job: J) => boolean = () => true): void {
    for (const [job, controller] of this.#running) if (which(job)) controller.abort();
  }
}

/**
 * Analyses one video and stores its result.
 * @returns a summary; its status is 'failed', with the reason, for a video that cannot be analysed
 * @throws StudioError for an error that would also stop the next video
 */
export async function runVideo(
  job: VideoJob,
  video: VideoFile,
  onShare: (share: number, timesRealTime: number) => void,
  signal: AbortSignal,
): Promise<FinishedVideo> {
  const begun = performance.now();
  const fail = async (error: unknown, secondsTaken: number | null): Promise<FinishedVideo> => {
    const summary = { ...emptySummary(video.name, 'failed', toFact(error)), secondsTaken };
    await job.parts?.writeFailure(video.name, summary);
    return { summary, resumed: false };
  };
  if (video.problem !== undefined) return fail(video.problem, null);
  try {
    const sha256 = await hashFile(video.path, signal).catch(() => null);
    const key: ResultKey = { videoSha256: sha256 ?? '', modelSha256: job.modelSha256, options: optionsHash(job.options) };
    const kept = job.resume && sha256 !== null ? await job.parts?.read(video.name, key) : undefined;
    if (kept !== undefined) {
      await job.onResult?.(video, kept.result, kept.timing);
      return { summary: kept.result.summary, resumed: true };
    }
    const journal = sha256 === null ? null : await AnalysisJournal.open(job.journals, key, job.resume);
    const seconds = (): number => ((journal?.earlierMs ?? 0) + performance.now() - begun) / 1000;
    const analyse = async (memory: AnalysisJournal | null): Promise<VideoAnalysis> =>
      analyseVideo(video.path, await job.tools(), job.options, memory, (share, done) => onShare(share, done / seconds()), signal);
    return await keepingJournal(journal, signal, async () => {
      const analysis = await analyse(journal).catch((error: unknown) => {
        if (error instanceof IncompleteJournal) return analyse(null);
        throw error;
      });
      const summary = describe(video.name, sha256, analysis, seconds());
      const result: VideoResult = { summary, rows: analysis.rows, peaks: analysis.peaks, segments: analysis.segments, maps: analysis.maps };
      await job.parts?.write(video.name, { key, result, timing: analysis.video.timing });
      await job.onResult?.(video, result, analysis.video.timing);
      return { summary, resumed: false };
    });
  } catch (error) {
    // After an abort, every error is a consequence of the abort.
    if (isCancelled(error) || signal.aborted) return { summary: emptySummary(video.name, 'cancelled', null), resumed: false };
    if (error instanceof StudioError && STOPS_THE_BATCH.has(error.code)) throw error;
    return fail(error, (performance.now() - begun) / 1000);
  }
}

const SIGNAL_MAY_COME_MS = 200;

/** Deletes the journal once a video is done or has failed; keeps it where the analysis was interrupted. */
async function keepingJournal<T>(journal: AnalysisJournal | null, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let isOver = true;
  try {
    return await work();
  } catch (error) {
    // A scheduler ends all processes of a job at once: the own signal may come after the end of ffmpeg or of an engine.
    if (!signal.aborted) await wait(SIGNAL_MAY_COME_MS);
    isOver = !signal.aborted && !(error instanceof StudioError && STOPS_THE_BATCH.has(error.code));
    throw error;
  } finally {
    await (isOver ? journal?.discard() : journal?.close());
  }
}

/** Errors that the next video would meet too. */
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
    timesRealTime: analysis.analysedS / secondsTaken,
    status: 'done',
    failure: null,
    warnings: warningsOf(analysis),
  };
}

function warningsOf({ substitutedSamples, decoderComplaints, video: { timing, jumps, choice } }: VideoAnalysis): Notice[] {
  const [hole, ...holes] = timing.holes();
  const [jump, ...others] = jumps;
  const seconds = (value: number): number => Math.round(10 * value) / 10;
  const streams = (list: readonly StreamSummary[]): string =>
    list.map(({ index, width, height, lengthS }) => `#${index} (${width} x ${height}, ${seconds(lengthS)} s)`).join(', ');
  return [
    ...(choice === null
      ? []
      : [notice('video/other-streams', { count: choice.others.length, others: streams(choice.others), chosen: streams([choice.chosen]) })]),
    ...(hole === undefined ? [] : [notice('video/holes', { count: holes.length + 1, from: seconds(hole.startS), to: seconds(hole.endS) })]),
    ...(jump === undefined ? [] : [notice('video/clock-jumps', { count: others.length + 1, at: seconds(jump.atS) })]),
    ...(substitutedSamples > 0 ? [notice('video/substituted', { count: substitutedSamples })] : []),
    ...(decoderComplaints > 0 ? [notice('video/decoder-errors', { count: decoderComplaints })] : []),
  ];
}

export function emptySummary(video: string, status: 'failed' | 'cancelled', failure: Fact | null): VideoSummary {
  return {
    video,
    sha256: null,
    durationS: null,
    frames: null,
    fps: null,
    variableRate: null,
    faces: null,
    faceShare: null,
    meanConfidence: null,
    peaks: null,
    secondsTaken: null,
    timesRealTime: null,
    status,
    failure,
    warnings: [],
  };
}
