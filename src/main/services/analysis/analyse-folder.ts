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
import { ResultParts } from '../../analysis/result-parts.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import { TABLES, tableText } from '../../formats/tables.ts';
import { findVideos } from '../../media/video-files.ts';
import type { VideoFile } from '../../media/video-files.ts';
import { findProgram } from '../../media/programs.ts';
import { openProject } from '../../project/store/open-project.ts';
import type { SessionRequest } from './analysis-session.ts';
import { AnalysisSession } from './analysis-session.ts';
import { RunRecorder } from './run-recorder.ts';

export interface AnalyseRequest extends Omit<SessionRequest, 'model'> {
  /** Id, size or folder. */
  readonly model: string;
  /** Videos and folders of videos. */
  readonly paths: readonly string[];
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
 * analysis is stopped, the tables contain the finished videos.
 * @throws StudioError for wrong paths, an unusable model or device, or a folder that cannot be written
 */
export async function analyseFolder(request: AnalyseRequest, start: EngineStarter, events: AnalyseEvents, signal: AbortSignal): Promise<AnalyseOutcome> {
  const begun = new Date();
  const videos = await findVideos(request.paths, signal);
  if (videos.length === 0) throw new StudioError('wrong-usage/no-video', { paths: [...request.paths] });
  await Promise.all([findProgram('ffmpeg'), findProgram('ffprobe')]);
  const out = resolve(request.out);
  await prepareOut(out);
  const parts = new ResultParts(out);
  await parts.prepare();
  const session = await AnalysisSession.open({ ...request, model: await findModel(request.model) }, start);
  const project = request.project === null ? null : await openProject(request.project, { create: true });
  try {
    const { model, options, modelSha256 } = session;
    const { provider, findings } = await session.engines();
    events.onReady({ videos, model, device: provider, findings, warnings: session.warnings });
    const clock = performance.now();
    const recorder = project === null ? null : RunRecorder.begin(project.db, session.record(begun, false), request.resume);
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
    const record = session.record(begun, signal.aborted);
    recorder?.end(record);
    await writeTables(out, summaries, (video) => parts.read(video), record);
    return { summaries, record, timesRealTime: overallSpeed(summaries, (performance.now() - clock) / 1000), pids: session.pids };
  } finally {
    session.stop();
    project?.close();
  }
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

/**
 * Writes the tables from stored results. Only one result is in memory at a time.
 * @param read reads the stored result of a video by its name in the summaries
 */
export async function writeTables(
  out: string,
  summaries: readonly VideoSummary[],
  read: (video: string) => Promise<VideoResult | undefined>,
  record: RunRecord,
): Promise<void> {
  async function* results(): AsyncGenerator<VideoResult> {
    for (const summary of summaries) {
      const result = summary.status === 'done' ? await read(summary.video) : undefined;
      if (summary.status === 'done' && result === undefined)
        yield {
          summary: emptySummary(summary.video, 'failed', toFact(new StudioError('file-unreadable/result', { video: summary.video }))),
          rows: [],
          peaks: [],
          segments: [],
        };
      else yield { rows: [], peaks: [], segments: [], ...result, summary };
    }
  }
  for (const table of TABLES) await writeAtomically(join(out, table.file), tableText(table, results()));
  await writeRunRecord(out, record);
}

/** Writes run.json: the settings, the model and the device of a run. @returns the path of the file */
export async function writeRunRecord(out: string, record: RunRecord): Promise<string> {
  const file = join(out, 'run.json');
  await writeAtomically(file, [`${JSON.stringify(record, null, 2)}\n`]);
  return file;
}

/** Seconds of video per second of work, over the videos of this analysis; null if there were none. */
function overallSpeed(summaries: readonly VideoSummary[], seconds: number): number | null {
  const analysed = summaries.reduce((sum, { timesRealTime, secondsTaken }) => sum + (timesRealTime ?? 0) * (secondsTaken ?? 0), 0);
  return analysed > 0 ? analysed / seconds : null;
}
