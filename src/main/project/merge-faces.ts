import type { AnyRow, RowEdit } from '../../shared/annotation/editable-rows.ts';
import type { TrackEdits } from '../../shared/domain/face-tracks.ts';
import { NO_TRACK_EDITS, parseTrackEdits, storedTrackEdits } from '../../shared/domain/face-tracks.ts';
import type { TracksChange } from './move-labels.ts';
import { labelMoves, NewFaces } from './move-labels.ts';
import type { ProjectDatabase } from './store/database.ts';

/** Edits of face tracks by run and video. */
export type TracksByRun = ReadonlyMap<string, TrackEdits>;
export const tracksKey = (run: string, video: string): string => `${run} ${video}`;

export const tracksByRun = (db: ProjectDatabase, idOfVideo: (id: string) => string = (id) => id): Map<string, TrackEdits> =>
  new Map(
    db
      .rows(db.sql.selectFrom('face_tracks').selectAll())
      .map(({ run_id, video_id, edits }) => [tracksKey(run_id, idOfVideo(video_id)), parseTrackEdits(edits)] as const),
  );

/**
 * After a merge of two copies: labels that were made while faces were shown otherwise stay with their faces. The copy that edited the
 * faces has moved its own labels; those that only the other copy has are moved here. The open conflicts of the video get the new
 * faces, too.
 * @param isTaken whether a row has the version of the other copy
 */
export function followMergedFaces(
  db: ProjectDatabase,
  { here, there, isTaken, clock }: { here: TracksByRun; there: TracksByRun; isTaken: (id: string) => boolean; clock: number },
): void {
  for (const [key, after] of tracksByRun(db)) {
    const [run = '', video = ''] = key.split(' ');
    const changes = [
      { change: { run, video, before: here.get(key) ?? NO_TRACK_EDITS, after }, isOf: (id: string) => !isTaken(id) },
      { change: { run, video, before: there.get(key) ?? NO_TRACK_EDITS, after }, isOf: isTaken },
    ].filter(({ change }) => storedTrackEdits(change.before) !== storedTrackEdits(after));
    for (const { change, isOf } of changes) moveLabels(db, change, clock, isOf);
    for (const { change, isOf } of changes) moveInConflicts(db, change, isOf);
  }
}

/** Moves labels without a step of the journal. @param isOf which rows, by id */
export function moveLabels(db: ProjectDatabase, change: TracksChange, clock: number, isOf: (id: string) => boolean = () => true): void {
  for (const edit of labelMoves(db, change, isOf)) write(db, edit, clock);
}

function write(db: ProjectDatabase, edit: RowEdit, clock: number): void {
  const table = edit.table as 'segment';
  if (edit.kind === 'insert') db.run(db.sql.insertInto(table).values({ ...edit.row, revision: clock } as never));
  if (edit.kind !== 'update') return;
  const query = db.sql
    .updateTable(table)
    .set({ ...edit.set, revision: clock } as never)
    .where('id', '=', edit.id);
  db.run(query);
}

/** Both versions of a conflict get the faces as which they are shown, so that either can still be taken. */
function moveInConflicts(db: ProjectDatabase, change: TracksChange, isOf: (id: string) => boolean): void {
  const faces = new NewFaces(db, change);
  const open = db.sql.selectFrom('merge_conflict').selectAll().where('video_id', '=', change.video).where('resolved', '=', 0);
  for (const { id, table_name, row_id, kept, other } of db.rows(open)) {
    if (table_name !== 'segment' && table_name !== 'peak' && table_name !== 'decision') continue;
    // The version in the table is of one copy, and the other version is of the other one.
    const current = db.row(
      db.sql
        .selectFrom(table_name as 'segment')
        .selectAll()
        .where('id', '=', row_id),
    ) as unknown as AnyRow | undefined;
    const moved = other === null || isOf(row_id) ? other : withNewFace(faces, other);
    const set = { kept: kept === null || current === undefined || !isOf(row_id) ? kept : withValuesOf(kept, current), other: moved };
    db.run(db.sql.updateTable('merge_conflict').set(set).where('id', '=', id));
  }
}

function withNewFace(faces: NewFaces, version: string): string {
  const row = JSON.parse(version) as AnyRow;
  const atS = row['apex_s'] ?? (Number(row['start_s']) + Number(row['end_s'])) / 2;
  return JSON.stringify({ ...row, face_id: faces.at(Number(row['face_id']), Number(atS)) });
}

/** A stored version with the values that its row has now. */
function withValuesOf(version: string, current: AnyRow): string {
  const row = JSON.parse(version) as AnyRow;
  return JSON.stringify(Object.fromEntries(Object.keys(row).map((column) => [column, current[column] ?? null])));
}
