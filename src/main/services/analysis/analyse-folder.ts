import { writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StudioError, toFact, writeError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import type { RunRecord, VideoResult, VideoSummary } from '../../../shared/domain/results.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { isProcessor } from '../../adatosk/runtime/engine-messages.ts';
import { findModel } from '../../adatosk/runtime/models.ts';
import type { ProviderFinding } from '../../adatosk/runtime/providers.ts';
import { defaultThreads } from '../../adatosk/runtime/providers.ts';
import { journalsFolder } from '../../analysis/analysis-journal.ts';
import type { BatchProgress, BatchRun, VideoJob } from '../../analysis/batch.ts';
import { emptySummary, runBatch, runVideo } from '../../analysis/batch.ts';
import { optionsHash, ResultParts } from '../../analysis/result-parts.ts';
import { sizedVideo } from '../../media/video-files.ts';
import type { VideoFile } from '../../media/video-files.ts';
import { findProgram } from '../../media/programs.ts';
import { allowedCores } from '../../process/allowed-cores.ts';
import { openProject } from '../../project/store/open-project.ts';
import type { SessionRequest } from './analysis-session.ts';
import { AnalysisSession } from './analysis-session.ts';
import { freezeList } from './shards/frozen-list.ts';
import { runSystem } from './runs/run-system.ts';
import { mergedId, writeShardRecord } from './shards/shard-records.ts';
import type { Shard } from './shards/share.ts';
import { shareOf } from './shards/share.ts';
import { RunRecorder } from './run-recorder.ts';
import type { WorkerStarter } from './workers/video-worker-messages.ts';
import { VideoWorkers, videosAtOnce } from './workers/video-workers.ts';
import { writeTables } from './write-tables.ts';

export interface AnalyseRequest extends Omit<SessionRequest, 'model' | 'threads'> {
  /** Id, size or folder. */
  readonly model: string;
  /** Videos and folders of videos. */
  readonly paths: readonly string[];
  /** File with one path a line, instead of paths; null without one. */
  readonly list: string | null;
  /** Analyses this share of the videos only, and writes no tables (see merge-parts.ts); null for all. */
  readonly shard: Shard | null;
  /** Folder for the tables; created if it does not exist. */
  readonly out: string;
  readonly resume: boolean;
  /** Threads of the network; null for those of the cores that an analysis has. */
  readonly threads: number | null;
  /** Largest number of videos that are analysed in parallel; 'auto' for what this computer has cores and memory for. */
  readonly atOnce: number | 'auto';
  /** The words of the command after the program's name, for run.json. */
  readonly command: readonly string[];
  /** Folder of a project that also stores the run; created if it does not exist. Null stores the tables only. */
  readonly project: string | null;
}

/** The processes that an analysis starts. */
export interface AnalyseLaunchers {
  readonly startEngine: EngineStarter;
  readonly startWorker: WorkerStarter;
}

export interface AnalyseEvents {
  /** Called once, before the first video. */
  readonly onReady: (ready: {
    videos: readonly VideoFile[];
    /** Number of videos that are analysed at the same time. */
    atOnce: number;
    model: Model;
    device: string;
    findings: readonly ProviderFinding[];
    warnings: readonly Notice[];
  }) => void;
  readonly onProgress: (progress: BatchProgress) => void;
}

export interface AnalyseOutcome {
  readonly summaries: readonly VideoSummary[];
  readonly record: RunRecord;
  readonly timesRealTime: number | null;
  readonly pids: readonly number[];
}

/**
 * Analyses videos and writes timeline.csv, peaks.csv, segments.csv, summary.csv and run.json, each atomically. If the
 * analysis is stopped, the tables contain the finished videos. A shard of a divided run writes only its parts.
 * @throws StudioError for wrong paths, an unusable model or device, or a folder that cannot be written
 */
export async function analyseFolder(request: AnalyseRequest, launchers: AnalyseLaunchers, events: AnalyseEvents, signal: AbortSignal): Promise<AnalyseOutcome> {
  const begun = new Date();
  const out = resolve(request.out);
  await Promise.all([findProgram('ffmpeg'), findProgram('ffprobe')]);
  await prepareOut(out);
  const list = await freezeList(out, request, signal);
  const shard = request.shard ?? { index: 1, of: 1 };
  const videos = await presentVideos(shareOf(list.videos, shard), request.list !== null);
  const parts = new ResultParts(out);
  await parts.prepare();
  const shared = { ...request, model: await findModel(request.model), threads: request.threads ?? defaultThreads() };
  const session = await AnalysisSession.open(shared, launchers.startEngine);
  const project = request.project === null ? null : await openProject(request.project, { create: true });
  let workers: VideoWorkers | undefined;
  try {
    const { model, options, modelSha256 } = session;
    const { provider, findings } = await session.engines();
    const atOnce = Math.max(1, Math.min(videos.length, request.atOnce === 'auto' ? videosAtOnce(provider) : request.atOnce));
    events.onReady({ videos, atOnce, model, device: provider, findings, warnings: session.warnings });
    const clock = performance.now();
    if (!request.resume) for (const { name } of videos) await parts.remove(name);
    const system = await runSystem();
    const recordNow = (): RunRecord => {
      const record = session.record(begun, signal.aborted, system);
      return { ...record, command: request.command, sources: sourcesOf(request), merged: mergedId(list.id, record) };
    };
    const describe = (run: RunRecord, ended: boolean): Promise<void> =>
      writeShardRecord(out, { ...shard, list: list.id, options: optionsHash(options), run, ended });
    await describe(recordNow(), false);
    const recorder = project === null ? null : RunRecorder.begin(project.db, recordNow(), request.resume);
    const keep: VideoJob['onResult'] = recorder === null ? undefined : (video, result, timing) => recorder.keep(video, result, timing, signal);
    let run: BatchRun['run'];
    if (atOnce > 1 && isProcessor(provider)) {
      // On a graphics card the engines are shared; on the processor each video has a process with engines of its own.
      session.stop();
      const cores = Math.max(1, Math.floor(allowedCores() / atOnce));
      const threads = request.threads ?? defaultThreads(cores);
      workers = new VideoWorkers({ ...shared, device: provider, threads, out, resume: request.resume }, launchers.startWorker, cores);
      run = storedBy(workers, parts, keep);
    } else {
      const job = { tools: () => session.tools(), modelSha256, options, parts, resume: request.resume, journals: journalsFolder(out) };
      run = (video, onShare, stop) => runVideo(keep === undefined ? job : { ...job, onResult: keep }, video, onShare, stop);
    }
    const summaries = await runBatch({ videos, run, atOnce, signal, onProgress: events.onProgress });
    const inputs = summaries.map(({ video, sha256 }) => ({ video, sha256 }));
    const record = { ...recordNow(), ...(request.shard === null ? { inputs } : {}) };
    recorder?.end(record);
    await describe(record, true);
    if (request.shard === null) await writeTables(out, finishedResults(summaries, parts), record);
    return { summaries, record, timesRealTime: overallSpeed(summaries, (performance.now() - clock) / 1000), pids: workers?.pids ?? session.pids };
  } finally {
    workers?.stop();
    session.stop();
    project?.close();
  }
}

/** What was to be analysed, so that it is found from every folder. */
function sourcesOf({ paths, list }: AnalyseRequest): NonNullable<RunRecord['sources']> {
  return { paths: paths.map((path) => resolve(path)), list: list === null ? null : resolve(list) };
}

/** Analyses videos in workers, which store the results beside the tables; a project gets them from there. */
function storedBy(workers: VideoWorkers, parts: ResultParts, keep: VideoJob['onResult']): BatchRun['run'] {
  return async (video, onShare, signal) => {
    const finished = await workers.run(video, onShare, signal);
    const part = keep === undefined || finished.summary.status !== 'done' ? undefined : await parts.read(video.name);
    if (part !== undefined) await keep?.(video, part.result, part.timing);
    return finished;
  };
}

/** The videos of a share as they are now: a list may be older. */
async function presentVideos(videos: readonly VideoFile[], isListed: boolean): Promise<VideoFile[]> {
  return isListed ? Promise.all(videos.map(sizedVideo)) : [...videos];
}

/** Checks that the folder can be written, so that a problem is reported before hours of work. */
export async function prepareOut(out: string): Promise<void> {
  const probe = join(out, `.adatosk-write-test-${process.pid}`);
  try {
    await mkdir(out, { recursive: true });
    writeFileSync(probe, '');
    await rm(probe);
  } catch (error) {
    throw writeError(out, error);
  }
}

/** The stored results of a run, one at a time. */
async function* finishedResults(summaries: readonly VideoSummary[], parts: ResultParts): AsyncGenerator<VideoResult> {
  for (const summary of summaries) {
    const part = summary.status === 'done' ? await parts.read(summary.video) : undefined;
    if (summary.status === 'done' && part === undefined)
      yield {
        summary: emptySummary(summary.video, 'failed', toFact(new StudioError('file-unreadable/result', { video: summary.video }))),
        rows: [],
        peaks: [],
        segments: [],
      };
    else yield { rows: [], peaks: [], segments: [], ...part?.result, summary };
  }
}

/** Seconds of video per second of work, over the videos of this analysis; null if there were none. */
function overallSpeed(summaries: readonly VideoSummary[], seconds: number): number | null {
  const analysed = summaries.reduce((sum, { timesRealTime, secondsTaken }) => sum + (timesRealTime ?? 0) * (secondsTaken ?? 0), 0);
  return analysed > 0 ? analysed / seconds : null;
}
