import { EXPRESSIONS } from '../../shared/expressions.ts';
import type { VideoSummary } from '../../shared/results.ts';
import type { ProjectDatabase } from './database.ts';
import type { VideoRow } from './schema.ts';

/** One line of the library. */
export interface LibraryVideo {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly participant: string | null;
  readonly session: string | null;
  readonly durationS: number | null;
  readonly review: VideoRow['review'];
  readonly isMissing: boolean;
  /** Revision that an edit of this line names. */
  readonly revision: number;
  /** Of the newest run that saw the video; null where none has. */
  readonly analysed: {
    readonly run: string;
    readonly status: VideoSummary['status'];
    readonly error: string;
    readonly faces: number | null;
    readonly faceShare: number | null;
    /** Peaks of each class, in the order of EXPRESSIONS. */
    readonly peaks: readonly number[];
  } | null;
}

/** All videos of the library by name, with what the newest run found in each. */
export function listVideos(db: ProjectDatabase): LibraryVideo[] {
  const newest = db.sql
    .selectFrom('result')
    .innerJoin('run', 'run.id', 'result.run_id')
    .select(({ fn }) => ['result.video_id', 'result.run_id', 'result.summary', fn.max('run.started_at').as('at')])
    .groupBy('result.video_id');
  const lines = db.rows(
    db.sql
      .selectFrom('video')
      .leftJoin('participant', 'participant.id', 'video.participant_id')
      .leftJoin('session', 'session.id', 'video.session_id')
      .leftJoin(newest.as('newest'), 'newest.video_id', 'video.id')
      .select(['video.id', 'video.path', 'video.name', 'video.duration_s', 'video.review', 'video.missing', 'video.revision'])
      .select(['participant.code as participant', 'session.name as session', 'newest.run_id', 'newest.summary'])
      .orderBy('video.name')
      .orderBy('video.path'),
  );
  const peaks = peakCounts(db);
  return lines.map(({ id, path, name, participant, session, duration_s, review, missing, revision, run_id, summary }) => ({
    ...{ id, path, name, participant, session, durationS: duration_s, review, isMissing: missing === 1, revision },
    analysed: run_id === null || summary === null ? null : analysed(run_id, JSON.parse(summary) as VideoSummary, peaks.get(`${run_id} ${id}`)),
  }));
}

function analysed(run: string, { status, error, faces, faceShare }: VideoSummary, counts: ReadonlyMap<string, number> | undefined): LibraryVideo['analysed'] {
  return { run, status, error, faces, faceShare, peaks: EXPRESSIONS.map((label) => counts?.get(label) ?? 0) };
}

/** Peaks of each label by run and video. */
function peakCounts(db: ProjectDatabase): Map<string, Map<string, number>> {
  const counts = db.rows(
    db.sql
      .selectFrom('peak')
      .innerJoin('layer', 'layer.id', 'peak.layer_id')
      .where('layer.kind', '=', 'model')
      .select(({ fn }) => ['layer.run_id', 'layer.video_id', 'peak.label', fn.countAll<number>().as('peaks')])
      .groupBy(['peak.layer_id', 'peak.label']),
  );
  const byVideo = new Map<string, Map<string, number>>();
  for (const { run_id, video_id, label, peaks } of counts) {
    const key = `${run_id} ${video_id}`;
    if (!byVideo.has(key)) byVideo.set(key, new Map());
    byVideo.get(key)!.set(label, peaks);
  }
  return byVideo;
}
