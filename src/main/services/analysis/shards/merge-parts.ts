import { resolve } from 'node:path';
import { cancelled, StudioError, toFact } from '../../../../shared/app/errors.ts';
import type { RunRecord, VideoResult, VideoSummary } from '../../../../shared/domain/results.ts';
import { emptySummary } from '../../../analysis/batch.ts';
import { ResultParts } from '../../../analysis/result-parts.ts';
import type { VideoFile } from '../../../media/video-files.ts';
import { openProject } from '../../../project/store/open-project.ts';
import { prepareOut } from '../analyse-folder.ts';
import { RunRecorder } from '../run-recorder.ts';
import { writeTables } from '../write-tables.ts';
import type { ShardedRun } from './shard-records.ts';
import { mergedId, readShardedRun } from './shard-records.ts';

export interface MergeOutcome {
  readonly videos: number;
  readonly done: number;
  readonly failed: number;
  /** Videos that no shard has finished. They are 'cancelled' in summary.csv. */
  readonly missing: number;
  readonly record: RunRecord;
}

export interface MergeRequest {
  /** The folder into which the shards have written. */
  readonly out: string;
  /** Folder of a project that also gets the run; created if it does not exist. */
  readonly project: string | null;
}

/**
 * Makes the tables of a run from the parts that its shards have written, in the order of a single run. A merge can be repeated: it
 * writes the same tables again, and a project gets only what it does not have.
 * @param onProgress called after each video with the number of videos so far
 * @throws StudioError as readShardedRun; 'disk-full' or 'cannot-write'; then the tables that were there are unchanged
 */
export async function mergeParts({ out, project }: MergeRequest, onProgress: (done: number, of: number) => void, signal: AbortSignal): Promise<MergeOutcome> {
  const folder = resolve(out);
  const run = await readShardedRun(folder);
  await prepareOut(folder);
  const parts = new ResultParts(folder);
  const record = recordOf(run);
  const opened = project === null ? null : await openProject(project, { create: true });
  const counts = { done: 0, failed: 0, cancelled: 0 };
  try {
    const recorder = opened === null ? null : RunRecorder.merging(opened.db, record);
    async function* results(): AsyncGenerator<VideoResult> {
      for (const [i, video] of run.list.videos.entries()) {
        if (signal.aborted) throw cancelled();
        const part = await parts.read(video.name);
        if (part !== undefined && part.key.options !== run.newest.options) throw new StudioError('wrong-usage/part-differs', { video: video.name });
        if (part !== undefined) await recorder?.keep(video, part.result, part.timing, signal);
        const result = part?.result ?? (await withoutResult(parts, video));
        counts[result.summary.status] += 1;
        yield result;
        onProgress(i + 1, run.list.videos.length);
      }
    }
    await writeTables(folder, results(), record);
    recorder?.end(record);
  } finally {
    opened?.close();
  }
  const { done, failed, cancelled: missing } = counts;
  return { videos: run.list.videos.length, done, failed, missing, record };
}

async function withoutResult(parts: ResultParts, video: VideoFile): Promise<VideoResult> {
  const failed = await parts.readFailure(video.name);
  const unreadable = failed === undefined && (await parts.has(video.name)) ? new StudioError('file-unreadable/result', { video: video.name }) : null;
  const summary: VideoSummary =
    failed !== undefined
      ? { ...emptySummary(video.name, 'failed', failed.failure), secondsTaken: failed.secondsTaken }
      : emptySummary(video.name, unreadable === null ? 'cancelled' : 'failed', unreadable === null ? null : toFact(unreadable));
  return { summary, rows: [], peaks: [], segments: [] };
}

/** The record of the whole run: its settings are those of all shards, its times from the first to the last. */
function recordOf({ list, of, newest, shards }: ShardedRun): RunRecord {
  const records = [...shards.values()].sort((a, b) => a.index - b.index).map(({ run }) => run);
  const devices = new Set(records.map(({ device }) => device));
  // The command is that of one shard.
  const { command, ...run } = newest.run;
  return {
    ...(of === 1 && command !== undefined ? { command } : {}),
    ...run,
    device: [...devices].join(', '),
    start: records.map(({ start }) => start).reduce((a, b) => (a < b ? a : b)),
    end: records.map(({ end }) => end).reduce((a, b) => (a > b ? a : b)),
    cancelled: records.length < of || records.some(({ cancelled: stopped }) => stopped),
    ...(of === 1 ? {} : { shards: of }),
    merged: mergedId(list.id, newest.run),
  };
}
