import { writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StudioError, writeError } from '../../shared/errors.ts';
import type { RunRecord, VideoResult, VideoSummary } from '../../shared/results.ts';
import { UNTRAINED_WARNING } from '../../shared/results.ts';
import type { EngineStarter } from '../adatosk/engine.ts';
import { ensureModelFile, findModel, modelsFolder } from '../adatosk/models.ts';
import type { Model } from '../adatosk/models.ts';
import type { Device, ProviderFinding, ReadyEngines } from '../adatosk/providers.ts';
import { startEngines } from '../adatosk/providers.ts';
import type { AnalysisOptions, AnalysisTools } from '../analysis/analyse-video.ts';
import type { BatchProgress } from '../analysis/batch.ts';
import { emptySummary, runBatch } from '../analysis/batch.ts';
import { ResultParts } from '../analysis/result-parts.ts';
import { detectorFiles } from '../face/detector-files.ts';
import { writeAtomically } from '../formats/atomic-file.ts';
import { TABLES, tableText } from '../formats/tables.ts';
import { findVideos } from '../media/video-files.ts';
import type { VideoFile } from '../media/video-files.ts';
import { findProgram } from '../media/programs.ts';
import { openProject } from '../project/open-project.ts';
import { APP_VERSION } from './app-version.ts';
import { RunRecorder } from './run-recorder.ts';

export interface AnalyseRequest {
  /** Videos and folders of videos. */
  readonly paths: readonly string[];
  /** Folder for the tables; it is made where it is not there. */
  readonly out: string;
  readonly model: string;
  readonly device: Device;
  readonly threads: number;
  readonly resume: boolean;
  /** Folder of the project that keeps the run beside the tables; it is made where it is not there. Null keeps none. */
  readonly project: string | null;
  /** The token budget is the model's own where it is null. */
  readonly options: Omit<AnalysisOptions, 'tokenBudget'> & { readonly tokenBudget: number | null };
}

export interface AnalyseEvents {
  /** Once, before the first video. */
  readonly onReady: (ready: {
    videos: readonly VideoFile[];
    model: Model;
    device: string;
    findings: readonly ProviderFinding[];
    warnings: readonly string[];
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
 * The main job: videos in, five files out (timeline.csv, peaks.csv, segments.csv, summary.csv, run.json), each
 * written whole or not at all. After a stop the tables hold what was finished.
 * @throws StudioError for wrong paths, a model or device that cannot be used, and a folder that cannot be written
 */
export async function analyseFolder(request: AnalyseRequest, start: EngineStarter, events: AnalyseEvents, signal: AbortSignal): Promise<AnalyseOutcome> {
  const begun = new Date();
  const videos = await findVideos(request.paths);
  if (videos.length === 0)
    throw new StudioError(
      'wrong-usage',
      `No video was found in ${request.paths.join(', ')}.`,
      'Name a folder with videos (mp4, mov, mkv, avi …) or the files themselves.',
    );
  await Promise.all([findProgram('ffmpeg'), findProgram('ffprobe')]);
  const out = resolve(request.out);
  await prepareOut(out);
  const parts = new ResultParts(out);
  await parts.prepare();
  const model = await findModel(request.model);
  const modelSha256 = await ensureModelFile(model);
  const project = request.project === null ? null : await openProject(request.project, { create: true });
  const keeper = new EngineKeeper(() => startEngines(start, model, detectorFiles(modelsFolder()), request.device, request.threads));
  try {
    const engines = await keeper.current();
    const warnings = warningsOf(model);
    events.onReady({ videos, model, device: engines.provider, findings: engines.findings, warnings });
    const options: AnalysisOptions = { ...request.options, tokenBudget: request.options.tokenBudget ?? model.manifest.defaultTokenBudget };
    const tools = async (): Promise<AnalysisTools> => {
      const { network, detectors } = await keeper.current();
      return { network, detectors, model: model.manifest };
    };
    const clock = performance.now();
    const recordNow = (): RunRecord => recordOf(model, modelSha256, warnings, engines, options, begun, signal.aborted);
    const recorder = project === null ? null : new RunRecorder(project.db, recordNow(), request.resume);
    const summaries = await runBatch({
      ...{ videos, tools, modelSha256, options, parts, resume: request.resume, signal, onProgress: events.onProgress },
      ...(recorder === null ? {} : { onResult: (video, result, timing) => recorder.keep(video, result, timing, signal) }),
    });
    const record = recordNow();
    recorder?.end(record);
    await writeTables(out, summaries, parts, record);
    return { summaries, record, timesRealTime: overallSpeed(summaries, (performance.now() - clock) / 1000), pids: engines.pids };
  } finally {
    keeper.stop();
    project?.close();
  }
}

/** Keeps engines at hand for a long batch: when one died with a video, the next video gets new ones. */
class EngineKeeper {
  readonly #start: () => Promise<ReadyEngines>;
  #engines: ReadyEngines | undefined;

  constructor(start: () => Promise<ReadyEngines>) {
    this.#start = start;
  }

  async current(): Promise<ReadyEngines> {
    if (this.#engines?.isAlive() !== true) {
      this.#engines?.stop();
      this.#engines = await this.#start();
    }
    return this.#engines;
  }

  stop(): void {
    this.#engines?.stop();
  }
}

/** What everybody who sees results of this model must know. */
export function warningsOf(model: Model): string[] {
  return [...(model.manifest.trained ? [] : [UNTRAINED_WARNING]), ...model.manifest.warnings];
}

/** Finds out before hours of work, not after, that the folder cannot be written. */
async function prepareOut(out: string): Promise<void> {
  const probe = join(out, `.adatosk-write-test-${process.pid}`);
  try {
    await mkdir(out, { recursive: true });
    writeFileSync(probe, '');
    await rm(probe);
  } catch (error) {
    throw writeError(out, error);
  }
}

/** Puts the tables together from the kept results, a video at a time. */
async function writeTables(out: string, summaries: readonly VideoSummary[], parts: ResultParts, record: RunRecord): Promise<void> {
  async function* results(): AsyncGenerator<VideoResult> {
    for (const summary of summaries) {
      const kept = summary.status === 'done' ? await parts.read(summary.video) : undefined;
      if (summary.status === 'done' && kept === undefined)
        yield {
          summary: emptySummary(summary.video, 'failed', 'Its result can no longer be read. Run again with --resume.'),
          rows: [],
          peaks: [],
          segments: [],
        };
      else yield { rows: [], peaks: [], segments: [], ...kept, summary };
    }
  }
  for (const table of TABLES) await writeAtomically(join(out, table.file), tableText(table, results()));
  await writeAtomically(join(out, 'run.json'), [`${JSON.stringify(record, null, 2)}\n`]);
}

function recordOf(
  model: Model,
  sha256: string,
  warnings: readonly string[],
  engines: ReadyEngines,
  options: AnalysisOptions,
  begun: Date,
  stopped: boolean,
): RunRecord {
  const { peaks, segments, face, ...rest } = options;
  return {
    appVersion: APP_VERSION,
    model: { id: model.manifest.id, sha256, trained: model.manifest.trained },
    warnings,
    device: engines.provider,
    options: { ...rest, sampleRateHz: model.manifest.clip.sampleRateHz },
    thresholds: { face, peaks, segments },
    start: begun.toISOString(),
    end: new Date().toISOString(),
    cancelled: stopped,
  };
}

/** Seconds of video per second of work, over the videos that were analysed now; null where there were none. */
function overallSpeed(summaries: readonly VideoSummary[], seconds: number): number | null {
  const analysed = summaries.reduce((sum, { durationS }) => sum + (durationS ?? 0), 0);
  return analysed > 0 ? analysed / seconds : null;
}
