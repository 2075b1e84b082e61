import { writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StudioError, toFact, writeError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import type { RunRecord, VideoResult, VideoSummary } from '../../../shared/domain/results.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { findModel } from '../../adatosk/runtime/models.ts';
import type { ProviderFinding } from '../../adatosk/runtime/providers.ts';
import type { BatchProgress } from '../../analysis/batch.ts';
import { emptySummary, runBatch } from '../../analysis/batch.ts';
import { optionsHash, ResultParts } from '../../analysis/result-parts.ts';
import { sizedVideo } from '../../media/video-files.ts';
import type { VideoFile } from '../../media/video-files.ts';
import { findProgram } from '../../media/programs.ts';
import { openProject } from '../../project/store/open-project.ts';
import type { SessionRequest } from './analysis-session.ts';
import { AnalysisSession } from './analysis-session.ts';
import { freezeList } from './shards/frozen-list.ts';
import { mergedId, writeShardRecord } from './shards/shard-records.ts';
import type { Shard } from './shards/share.ts';
import { shareOf } from './shards/share.ts';
import { RunRecorder } from './run-recorder.ts';
import { writeTables } from './write-tables.ts';

export interface AnalyseRequest extends Omit<SessionRequest, 'model'> {
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
  /** Largest number of videos that are analysed in parallel. */
  readonly atOnce: number;
  /** Folder of a project that also stores the run; created if it does not exist. Null stores the tables only. */
  readonly project: string | null;
}

export interface AnalyseEvents {
  /** Called once, before the first video. */
  readonly onReady: (ready: {
    videos: readonly VideoFile[];
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
export async function analyseFolder(request: AnalyseRequest, start: EngineStarter, events: AnalyseEvents, signal: AbortSignal): Promise<AnalyseOutcome> {
  const begun = new Date();
  const out = resolve(request.out);
  await Promise.all([findProgram('ffmpeg'), findProgram('ffprobe')]);
  await prepareOut(out);
  const list = await freezeList(out, request, signal);
  const shard = request.shard ?? { index: 1, of: 1 };
  const videos = await presentVideos(shareOf(list.videos, shard), request.list !== null);
  const parts = new ResultParts(out);
  await parts.prepare();
  const session = await AnalysisSession.open({ ...request, model: await findModel(request.model) }, start);
  const project = request.project === null ? null : await openProject(request.project, { create: true });
  try {
    const { model, options, modelSha256 } = session;
    const { provider, findings } = await session.engines();
    events.onReady({ videos, model, device: provider, findings, warnings: session.warnings });
    const clock = performance.now();
    if (!request.resume) for (const { name } of videos) await parts.remove(name);
    const recordNow = (): RunRecord => {
      const record = session.record(begun, signal.aborted);
      return { ...record, merged: mergedId(list.id, record) };
    };
    const describe = (run: RunRecord, ended: boolean): Promise<void> =>
      writeShardRecord(out, { ...shard, list: list.id, options: optionsHash(options), run, ended });
    await describe(recordNow(), false);
    const recorder = project === null ? null : RunRecorder.begin(project.db, recordNow(), request.resume);
    const summaries = await runBatch({
      videos,
      tools: () => session.tools(),
      modelSha256,
      options,
      parts,
      resume: request.resume,
      journals: join(out, '.adatosk', 'unfinished'),
      atOnce: request.atOnce,
      signal,
      onProgress: events.onProgress,
      ...(recorder === null ? {} : { onResult: (video, result, timing) => recorder.keep(video, result, timing, signal) }),
    });
    const record = recordNow();
    recorder?.end(record);
    await describe(record, true);
    if (request.shard === null) await writeTables(out, finishedResults(summaries, parts), record);
    return { summaries, record, timesRealTime: overallSpeed(summaries, (performance.now() - clock) / 1000), pids: session.pids };
  } finally {
    session.stop();
    project?.close();
  }
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
