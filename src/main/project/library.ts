import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import { StudioError } from '../../shared/app/errors.ts';
import { byName } from '../../shared/basics/name-order.ts';
import type { LibraryVideo } from '../../shared/contract/project.ts';
import type { StoredSummary, VideoSummary } from '../../shared/domain/results.ts';
import { summaryOf } from '../../shared/domain/results.ts';
import type { ProjectDatabase } from './store/database.ts';
import { newId } from './edits.ts';
import { rowsOfLayer } from './proposals.ts';
import type { FolderRow, VideoRow } from './store/schema.ts';
import { faceNumbers } from './tracked-faces.ts';

/** All videos of the library, sorted by name (2 before 10), with the result of the newest run. */
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
      .select(['video.id', 'video.path', 'video.name', 'video.duration_s', 'video.condition', 'video.review', 'video.missing', 'video.revision'])
      .select(['participant.code as participant', 'session.name as session', 'newest.run_id', 'newest.summary'])
      .where('video.removed', '=', 0)
      .orderBy('video.path'),
  );
  lines.sort((a, b) => byName(a.name, b.name));
  const peaks = peakCounts(db);
  const edited = editedFaces(db);
  const people = codesOfFaces(db);
  return lines.map(({ id, path, name, participant, session, condition, duration_s, review, missing, revision, run_id, summary }) => ({
    id,
    path,
    name,
    participant,
    faceParticipants: people.get(id) ?? [],
    session,
    condition,
    durationS: duration_s,
    review,
    isMissing: missing === 1,
    revision,
    analysed:
      run_id === null || summary === null
        ? null
        : analysed(run_id, { ...summaryOf(JSON.parse(summary) as StoredSummary), ...edited.get(`${run_id} ${id}`) }, peaks.get(`${run_id} ${id}`)),
  }));
}

function analysed(
  run: string,
  { status, failure, warnings, faces, faceShare }: VideoSummary,
  counts: ReadonlyMap<string, number> | undefined,
): LibraryVideo['analysed'] {
  return { run, status, failure, warnings: [...warnings], faces, faceShare, peaks: EXPRESSIONS.map((label) => counts?.get(label) ?? 0) };
}

/** Number of faces by run and video, where faces were merged or split. */
function editedFaces(db: ProjectDatabase): Map<string, { faces: number }> {
  const rows = db.rows(db.sql.selectFrom('face_tracks').select(['run_id', 'video_id']).where('edits', '!=', '[]'));
  return new Map(rows.map(({ run_id, video_id }) => [`${run_id} ${video_id}`, { faces: faceNumbers(db, run_id, video_id).length }]));
}

/** Codes of the participants of single faces, by video. */
function codesOfFaces(db: ProjectDatabase): Map<string, string[]> {
  const assigned = db.rows(
    db.sql
      .selectFrom('face_participant')
      .innerJoin('participant', 'participant.id', 'face_participant.participant_id')
      .select(['face_participant.video_id', 'participant.code'])
      .distinct()
      .orderBy('participant.code'),
  );
  return new Map([...Map.groupBy(assigned, ({ video_id }) => video_id)].map(([video, rows]) => [video, rows.map(({ code }) => code)]));
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
    byVideo.set(key, (byVideo.get(key) ?? new Map<string, number>()).set(label, peaks));
  }
  for (const { run_id, video_id, revision } of db.rows(db.sql.selectFrom('face_tracks').selectAll().where('edits', '!=', '[]')))
    byVideo.set(`${run_id} ${video_id}`, peaksOfEdited(db, run_id, video_id, revision));
  return byVideo;
}

/** Counts for videos with edited faces, by the key of run, video and revision: they are found in the timelines, which takes longer. */
const countsOfEdited = new WeakMap<ProjectDatabase, Map<string, Map<string, number>>>();

function peaksOfEdited(db: ProjectDatabase, run: string, video: string, revision: number): Map<string, number> {
  const known = countsOfEdited.get(db) ?? new Map<string, Map<string, number>>();
  countsOfEdited.set(db, known);
  const key = `${run} ${video} ${revision}`;
  let counts = known.get(key);
  if (counts === undefined) {
    const layer = db.row(db.sql.selectFrom('layer').selectAll().where('run_id', '=', run).where('video_id', '=', video));
    const peaks = layer === undefined ? [] : rowsOfLayer(db, layer).peaks;
    counts = new Map([...Map.groupBy(peaks, ({ label }) => label)].map(([label, own]) => [label, own.length]));
    known.set(key, counts);
  }
  return counts;
}

/** A video file on the disk. */
export interface LibraryFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Adds a file to the library. A removed video comes back with its labels. @returns false if it is already in the library */
export function addVideo(db: ProjectDatabase, { path, name, size, modifiedMs }: LibraryFile): boolean {
  const known = db.row(db.sql.selectFrom('video').select(['id', 'removed']).where('path', '=', path));
  if (known !== undefined) {
    if (known.removed === 1) restoreVideo(db, known.id);
    return known.removed === 1;
  }
  const unknown = { sha256: null, duration_s: null, frames: null, fps: null, variable_rate: null };
  insertVideo(db, { path, name, size, modified_ms: Math.round(modifiedMs), missing: 0, ...unknown });
  return true;
}

/** Takes a removed video back into the project. The step of its removal can no longer be undone, because it is undone. */
export function restoreVideo(db: ProjectDatabase, id: string): void {
  db.run(db.sql.updateTable('video').set({ removed: 0 }).where('id', '=', id));
  const steps = db.sql.updateTable('journal').set({ state: 'dropped' }).where('kind', 'in', ['video.remove', 'video.removeMany']);
  db.run(steps.where('changes', 'like', `%"${id}"%`));
}

/** The columns that a file determines. The user decides the other columns. */
type FileFacts = Pick<VideoRow, 'path' | 'name' | 'size' | 'modified_ms' | 'sha256' | 'missing' | 'duration_s' | 'frames' | 'fps' | 'variable_rate'>;

/** Adds a row with defaults for the columns that the user decides. @returns its id */
export function insertVideo(db: ProjectDatabase, facts: FileFacts): string {
  const id = newId();
  const defaults = { folder_id: null, participant_id: null, session_id: null, condition: '', review: 'new' as const, removed: 0 };
  db.run(db.sql.insertInto('video').values({ id, ...facts, ...defaults, added_at: new Date().toISOString(), revision: 1 }));
  return id;
}

/** Names of all videos by id, also of removed ones. */
export const videoNames = (db: ProjectDatabase): Map<string, string> =>
  new Map(db.rows(db.sql.selectFrom('video').select(['id', 'name'])).map(({ id, name }) => [id, name]));

/** All rows of the library, without removed videos, sorted by name. */
export const allVideos = (db: ProjectDatabase): VideoRow[] => db.rows(db.sql.selectFrom('video').selectAll().where('removed', '=', 0).orderBy('name'));

/** Videos of the library by id or name. An empty list means all. */
export function selectVideos(db: ProjectDatabase, idsOrNames: readonly string[]): VideoRow[] {
  const selected = new Set(idsOrNames);
  return allVideos(db).filter(({ id, name }) => selected.size === 0 || selected.has(id) || selected.has(name));
}

/** @throws StudioError 'video-unknown' */
export function videoOf(db: ProjectDatabase, id: string): VideoRow {
  const video = db.row(db.sql.selectFrom('video').selectAll().where('id', '=', id));
  if (video === undefined) throw new StudioError('video-unknown', {});
  return video;
}

/** The files of all videos, also of removed ones. */
export function videoPaths(db: ProjectDatabase): Pick<VideoRow, 'id' | 'path' | 'name' | 'size' | 'sha256' | 'missing' | 'removed'>[] {
  return db.rows(db.sql.selectFrom('video').select(['id', 'path', 'name', 'size', 'sha256', 'missing', 'removed']));
}

export function setMissing(db: ProjectDatabase, id: string, missing: boolean): void {
  db.run(
    db.sql
      .updateTable('video')
      .set({ missing: missing ? 1 : 0 })
      .where('id', '=', id),
  );
}

/** Stores the new path of a moved file. The labels of the video do not change. */
export function relink(db: ProjectDatabase, id: string, { path, modifiedMs }: Pick<LibraryFile, 'path' | 'modifiedMs'>): void {
  db.run(
    db.sql
      .updateTable('video')
      .set({ path, modified_ms: Math.round(modifiedMs), missing: 0 })
      .where('id', '=', id),
  );
}

export const listFolders = (db: ProjectDatabase): FolderRow[] => db.rows(db.sql.selectFrom('folder').selectAll().orderBy('path'));

/** @param signature approval of the computer that watches the folder (approval.ts) */
export function watchFolder(db: ProjectDatabase, path: string, watched: boolean, signature: string): void {
  db.transaction(() => {
    const known = db.row(db.sql.selectFrom('folder').select('id').where('path', '=', path));
    if (known === undefined)
      db.run(db.sql.insertInto('folder').values({ id: newId(), path, watched: watched ? 1 : 0, added_at: new Date().toISOString(), approval: signature }));
    else
      db.run(
        db.sql
          .updateTable('folder')
          .set({ watched: watched ? 1 : 0, approval: signature })
          .where('id', '=', known.id),
      );
  });
}

/** Takes a folder from the list of folders. Its videos stay in the library. */
export function forgetFolder(db: ProjectDatabase, path: string): void {
  db.run(db.sql.deleteFrom('folder').where('path', '=', path));
}

/** What people made in videos: labels and peaks of coders, notes, trials; and how many coders made labels. */
export interface VideoContents {
  readonly labels: number;
  readonly notes: number;
  readonly trials: number;
  readonly coders: number;
}

export function contentsOf(db: ProjectDatabase, videos: readonly string[]): VideoContents {
  const layers = db.rows(db.sql.selectFrom('layer').select(['id', 'coder_id']).where('kind', '!=', 'model').where('video_id', 'in', videos));
  const rowsOf = (table: 'segment' | 'peak' | 'note' | 'trial', column: 'layer_id' | 'video_id', ids: readonly string[]): number => {
    const query = db.sql.selectFrom(table as 'note').select(({ fn }) => fn.countAll<number>().as('count'));
    return ids.length === 0 ? 0 : db.onlyRow(query.where(column as 'video_id', 'in', ids)).count;
  };
  const ids = layers.map(({ id }) => id);
  return {
    labels: rowsOf('segment', 'layer_id', ids) + rowsOf('peak', 'layer_id', ids),
    notes: rowsOf('note', 'video_id', videos),
    trials: rowsOf('trial', 'video_id', videos),
    coders: new Set(layers.flatMap(({ coder_id }) => coder_id ?? [])).size,
  };
}
