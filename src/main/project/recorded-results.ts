import type { ExpressionPeak, Segment } from '../../shared/domain/timeline.ts';
import type { RunRecord, StoredSummary, VideoResult, VideoSummary } from '../../shared/domain/results.ts';
import { summaryOf } from '../../shared/domain/results.ts';
import type { TimingTable } from '../../shared/domain/time.ts';
import type { Expression } from '../../shared/domain/expressions.ts';
import type { ProjectDatabase } from './store/database.ts';
import { DEFAULT_SCHEME } from './store/default-coding-scheme.ts';
import { clockShift, onProjectClock, resultMovedBy } from './clocks.ts';
import { newId } from './edits.ts';
import type { LibraryFile } from './library.ts';
import { insertVideo, restoreVideo } from './library.ts';
import { packTimeline } from './store/packed-timeline.ts';
import type { VideoRow } from './store/schema.ts';
import { packTimes, unpackTimes } from './store/packed-times.ts';
import { rowsOfLayer } from './proposals.ts';
import { faceNumbers, readTimeline, trackEditsOf } from './tracked-faces.ts';

/** Adds a run. `endRun` completes its record. */
export function beginRun(db: ProjectDatabase, record: RunRecord): string {
  const id = newId();
  const { model, start } = record;
  db.run(
    db.sql.insertInto('run').values({
      id,
      model_id: model.id,
      model_sha256: model.sha256,
      trained: model.trained ? 1 : 0,
      record: JSON.stringify(record),
      started_at: start,
      ended_at: null,
    }),
  );
  return id;
}

export function endRun(db: ProjectDatabase, id: string, record: RunRecord): void {
  db.run(
    db.sql
      .updateTable('run')
      .set({ record: JSON.stringify(record), ended_at: record.end })
      .where('id', '=', id),
  );
}

/**
 * Finds or adds the row of a file in the library: the row with its path, else the row of a missing file with the same hash
 * (the file was moved), else a new row. The labels of the video do not change.
 */
export function findOrAddVideo(db: ProjectDatabase, file: LibraryFile, summary: VideoSummary): string {
  const known =
    db.row(db.sql.selectFrom('video').select('id').where('path', '=', file.path)) ??
    (summary.sha256 === null ? undefined : db.row(db.sql.selectFrom('video').select('id').where('sha256', '=', summary.sha256).where('missing', '=', 1)));
  const facts = {
    path: file.path,
    name: file.name,
    size: file.size,
    modified_ms: Math.round(file.modifiedMs),
    sha256: summary.sha256,
    missing: 0,
    duration_s: summary.durationS,
    frames: summary.frames,
    fps: summary.fps,
    variable_rate: summary.variableRate === null ? null : Number(summary.variableRate),
  };
  if (known !== undefined) {
    db.run(db.sql.updateTable('video').set(facts).where('id', '=', known.id));
    restoreVideo(db, known.id);
    return known.id;
  }
  return insertVideo(db, facts);
}

/**
 * Stores the result of a run for a video in one transaction: summary, timelines, and a new layer with segments and peaks.
 * Other layers are not changed. A video of an earlier project keeps its clock: the result is moved to it.
 * @param analysed times count from the container's start
 * @param timing null keeps the stored timing table
 */
export function recordResult(db: ProjectDatabase, run: string, file: LibraryFile, analysed: VideoResult, timing: TimingTable | null): void {
  db.transaction(() => {
    const video = findOrAddVideo(db, file, analysed.summary);
    const result = timing === null ? analysed : resultMovedBy(analysed, clockShift(db, video, timing.findings.origin));
    db.run(db.sql.insertInto('result').values({ run_id: run, video_id: video, summary: JSON.stringify(result.summary) }));
    if (timing !== null) {
      db.run(db.sql.deleteFrom('timing').where('video_id', '=', video));
      db.run(db.sql.insertInto('timing').values({ video_id: video, frames: timing.frames, ...packTimes(onProjectClock(db, video, timing)) }));
    }
    for (const [face, rows] of Map.groupBy(result.rows, ({ faceId }) => faceId)) {
      const [first] = rows;
      const timeline = { first_slot: first?.slot ?? 0, slots: rows.length, packed: packTimeline(rows) };
      db.run(db.sql.insertInto('timeline').values({ run_id: run, video_id: video, face_id: face, ...timeline }));
    }
    for (const { faceId, packed } of result.maps ?? [])
      db.run(db.sql.insertInto('mask_map').values({ run_id: run, video_id: video, face_id: faceId, packed: Buffer.from(packed, 'base64') }));
    const layer = newId();
    const at = new Date().toISOString();
    db.run(
      db.sql.insertInto('layer').values({
        id: layer,
        video_id: video,
        kind: 'model',
        coder_id: null,
        run_id: run,
        scheme_id: DEFAULT_SCHEME.id,
        created_at: at,
        revision: 1,
      }),
    );
    const { model_sha256 } = db.onlyRow(db.sql.selectFrom('run').select('model_sha256').where('id', '=', run));
    const provenance = { layer_id: layer, made_at: at, proposal_id: null, model_sha256, revision: 1 };
    for (const segment of result.segments) db.run(db.sql.insertInto('segment').values({ ...segmentRow(segment), ...provenance }));
    for (const peak of result.peaks) db.run(db.sql.insertInto('peak').values({ ...peakRow(peak), ...provenance }));
  });
}

function segmentRow({ faceId, label, startS, endS, confidence, source }: Segment) {
  return { id: newId(), face_id: faceId, label, start_s: startS, end_s: endS, confidence, made_by: source };
}

function peakRow({ faceId, label, onsetS, apexS, offsetS, intensity, prominence, final, source }: ExpressionPeak) {
  const times = { onset_s: onsetS, apex_s: apexS, offset_s: offsetS };
  return { id: newId(), face_id: faceId, label, ...times, intensity, prominence, mask_final: final, made_by: source };
}

export interface RecordedRun {
  readonly id: string;
  readonly record: RunRecord;
  /** Null while the run is active, or if its process was killed. */
  readonly ended: string | null;
  readonly videos: number;
}

/** All runs, newest first. */
export function listRuns(db: ProjectDatabase): RecordedRun[] {
  const runs = db.sql
    .selectFrom('run')
    .leftJoin('result', 'result.run_id', 'run.id')
    .select(({ fn }) => ['run.id', 'run.record', 'run.ended_at', fn.count<number>('result.video_id').as('videos')])
    .groupBy('run.id')
    .orderBy('run.started_at', 'desc');
  return db.rows(runs).map(({ id, record, ended_at, videos }) => ({ id, videos, ended: ended_at, record: JSON.parse(record) as RunRecord }));
}

/**
 * The first and the last moment of a video, in seconds of its own clock. They are those of its timing table; a video that
 * was not analysed begins at 0 and has the length that is known; `endS` is null if none is.
 */
export function videoSpan(db: ProjectDatabase, { id, duration_s }: Pick<VideoRow, 'id' | 'duration_s'>): { startS: number; endS: number | null } {
  const timing = readTiming(db, id);
  return timing === undefined ? { startS: 0, endS: duration_s } : { startS: timing.start, endS: timing.end };
}

/** The result of a run for a video, with faces as they are shown and rows sorted by slot and face; undefined if the run has no result for it. */
export function readResult(db: ProjectDatabase, run: string, video: string): VideoResult | undefined {
  const stored = db.row(db.sql.selectFrom('result').select('summary').where('run_id', '=', run).where('video_id', '=', video));
  if (stored === undefined) return undefined;
  const timing = readTiming(db, video);
  const frameAt = (seconds: number): number => timing?.nearestFrame(seconds) ?? 0;
  const rows = readTimeline(db, run, video);
  const layer = db.row(db.sql.selectFrom('layer').selectAll().where('run_id', '=', run).where('video_id', '=', video));
  const { segments, peaks } = layer === undefined ? { segments: [], peaks: [] } : rowsOfLayer(db, layer);
  const labels = segments.toSorted((a, b) => a.face_id - b.face_id || a.start_s - b.start_s);
  const found = peaks.toSorted((a, b) => a.face_id - b.face_id || a.apex_s - b.apex_s);
  const slotStart = new Map(rows.map((row) => [`${row.faceId} ${row.startS.toFixed(6)}`, row.startFrame]));
  const slotEnd = new Map(rows.map((row) => [`${row.faceId} ${row.endS.toFixed(6)}`, row.endFrame]));
  const numbered = numberer();
  const summary = summaryOf(JSON.parse(stored.summary) as StoredSummary);
  const isEdited = trackEditsOf(db, run, video).length > 0;
  return {
    summary: isEdited ? { ...summary, faces: faceNumbers(db, run, video).length, peaks: found.length } : summary,
    rows,
    segments: labels.map((row) => ({
      faceId: row.face_id,
      segmentId: numbered(`s${row.face_id}`),
      label: row.label as Expression,
      startS: row.start_s,
      endS: row.end_s,
      startFrame: slotStart.get(`${row.face_id} ${row.start_s.toFixed(6)}`) ?? frameAt(row.start_s),
      endFrame: slotEnd.get(`${row.face_id} ${row.end_s.toFixed(6)}`) ?? frameAt(row.end_s),
      confidence: row.confidence ?? 0,
      coder: 'model',
      source: row.made_by,
    })),
    peaks: found.map((row) => ({
      faceId: row.face_id,
      peakId: numbered(`p${row.face_id}`),
      label: row.label as Expression,
      onsetS: row.onset_s,
      apexS: row.apex_s,
      offsetS: row.offset_s,
      apexFrame: frameAt(row.apex_s),
      intensity: row.intensity ?? 0,
      prominence: row.prominence ?? 0,
      final: row.mask_final ?? 0,
      source: row.made_by,
    })),
  };
}

/** Returns a counter for each name, from 1. */
function numberer(): (name: string) => number {
  const counts = new Map<string, number>();
  return (name) => {
    const next = (counts.get(name) ?? 0) + 1;
    counts.set(name, next);
    return next;
  };
}

export function readTiming(db: ProjectDatabase, video: string): TimingTable | undefined {
  const row = db.row(db.sql.selectFrom('timing').select(['packed', 'facts']).where('video_id', '=', video));
  return row && unpackTimes(row.packed, row.facts);
}

/** Whether a run has a result for the video at a path. */
export function hasResult(db: ProjectDatabase, run: string, path: string): boolean {
  const query = db.sql.selectFrom('result').innerJoin('video', 'video.id', 'result.video_id').select('video.id');
  return db.row(query.where('result.run_id', '=', run).where('video.path', '=', path)) !== undefined;
}

/** The newest run with the same model, options and version of the analysis that did not end, because its process was killed. */
export function unfinishedRun(db: ProjectDatabase, record: RunRecord): string | undefined {
  const open = db.rows(db.sql.selectFrom('run').select(['id', 'record']).where('ended_at', 'is', null).orderBy('started_at', 'desc'));
  const key = ({ model, options, thresholds, analysisVersion }: RunRecord): string =>
    JSON.stringify([model.sha256, options, thresholds, analysisVersion ?? null]);
  return open.find((each) => key(JSON.parse(each.record) as RunRecord) === key(record))?.id;
}

/** Number of stored results of all runs. It changes with every new result. */
export function resultCount(db: ProjectDatabase): number {
  return db.onlyRow(db.sql.selectFrom('result').select(({ fn }) => fn.countAll<number>().as('count'))).count;
}
