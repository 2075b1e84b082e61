import type { TimeSpan, TrackEdits } from '../../shared/domain/face-tracks.ts';
import { facesShown, isUntouched, NO_TRACK_EDITS, parseTrackEdits, shownAs, sourcesOf } from '../../shared/domain/face-tracks.ts';
import type { TimelineColumns } from '../../shared/domain/timeline-columns.ts';
import { columnsOf } from '../../shared/domain/timeline-columns.ts';
import type { TimelineRow } from '../../shared/domain/timeline.ts';
import type { ProjectDatabase } from './store/database.ts';
import { unpackColumns, unpackTimeline } from './store/packed-timeline.ts';
import type { FaceTracksRow } from './store/schema.ts';

/**
 * Timelines and mask maps of the faces of a run. This is the only place that reads them: here, detected faces become the faces that
 * are shown, by the edits of face tracks (shared/domain/face-tracks.ts). Functions with "detected" in their names ignore the edits.
 */

/** The row with the edits of a video in a run; undefined if nobody edited its faces. */
export function trackEditsRow(db: ProjectDatabase, run: string, video: string): FaceTracksRow | undefined {
  return db.row(db.sql.selectFrom('face_tracks').selectAll().where('video_id', '=', video).where('run_id', '=', run));
}

export function trackEditsOf(db: ProjectDatabase, run: string, video: string): TrackEdits {
  const row = trackEditsRow(db, run, video);
  return row === undefined ? NO_TRACK_EDITS : parseTrackEdits(row.edits);
}

export interface TrackedFace {
  readonly face: number;
  readonly firstSlot: number;
  readonly slots: number;
}

/** The faces of the analysis with their slots; face 0 is the time without any face. */
export function detectedFacesOf(db: ProjectDatabase, run: string, video: string): TrackedFace[] {
  return db
    .rows(db.sql.selectFrom('timeline').select(['face_id', 'first_slot', 'slots']).where('run_id', '=', run).where('video_id', '=', video).orderBy('face_id'))
    .map(({ face_id, first_slot, slots }) => ({ face: face_id, firstSlot: first_slot, slots }));
}

/** The numbers of the detected faces, without 0. */
export const detectedNumbers = (db: ProjectDatabase, run: string, video: string): number[] =>
  detectedFacesOf(db, run, video).flatMap(({ face }) => (face > 0 ? [face] : []));

/** The timeline of one face of the analysis in time order; empty if the run did not track the face. */
export function readDetected(db: ProjectDatabase, run: string, video: string, face: number): TimelineRow[] {
  const packed = packedOf(db, run, video, face);
  return packed === undefined ? [] : unpackTimeline(packed, face);
}

function packedOf(db: ProjectDatabase, run: string, video: string, face: number): Uint8Array | undefined {
  return db.row(db.sql.selectFrom('timeline').select('packed').where('run_id', '=', run).where('video_id', '=', video).where('face_id', '=', face))?.packed;
}

/** The numbers of the faces that are shown, in ascending order, without 0. Reads no timeline. */
export function faceNumbers(db: ProjectDatabase, run: string, video: string): number[] {
  return facesShown(trackEditsOf(db, run, video), detectedNumbers(db, run, video));
}

/** The faces of a run in a video, with their slots; face 0 is the time without any face. */
export function facesOf(db: ProjectDatabase, run: string, video: string): TrackedFace[] {
  const edits = trackEditsOf(db, run, video);
  const detected = detectedFacesOf(db, run, video);
  if (edits.length === 0) return detected;
  const numbers = facesShown(
    edits,
    detected.flatMap(({ face }) => (face > 0 ? [face] : [])),
  );
  return [...(detected[0]?.face === 0 ? [0] : []), ...numbers].flatMap((face): TrackedFace[] => {
    const known = detected.find((each) => each.face === face);
    if (known !== undefined && isUntouched(edits, face)) return [known];
    const rows = readFace(db, run, video, face);
    return rows[0] === undefined ? [] : [{ face, firstSlot: rows[0].slot, slots: rows.length }];
  });
}

/** A slot of a face that is shown, and the detected face that it is of. */
export interface ShownSlot {
  readonly row: TimelineRow;
  readonly detected: number;
}

/** The slots of a face in time order. A slot belongs to the face as which its middle is shown. */
export function readSlots(db: ProjectDatabase, run: string, video: string, face: number, edits: TrackEdits): ShownSlot[] {
  const sources = sourcesOf(edits, face, detectedNumbers(db, run, video));
  return slotsOf(new Map(sources.map((source) => [source, readDetected(db, run, video, source)])), face, edits);
}

/** The same from timelines that were read already. @param timelines rows by detected face */
export function slotsOf(timelines: ReadonlyMap<number, readonly TimelineRow[]>, face: number, edits: TrackEdits): ShownSlot[] {
  const bySlot = new Map<number, ShownSlot>();
  for (const [detected, rows] of timelines) {
    for (const row of rows) {
      if (shownAs(edits, detected, middleOf(row)) !== face) continue;
      const known = bySlot.get(row.slot);
      if (known === undefined || isBetter(row, known.row)) bySlot.set(row.slot, { row: { ...row, faceId: face }, detected });
    }
  }
  return [...bySlot.values()].sort((a, b) => a.row.slot - b.row.slot);
}

const middleOf = ({ startS, endS }: TimeSpan): number => (startS + endS) / 2;

/** Which of two rows of one slot is shown: one track ends and another one begins there, or one of them does not see the face. */
function isBetter(row: TimelineRow, than: TimelineRow): boolean {
  const rank = ({ status, reading }: TimelineRow): number => (status === 'no_face' ? 0 : reading === null ? 1 : status === 'ok' ? 3 : 2);
  return rank(row) > rank(than) || (rank(row) === rank(than) && (row.faceConfidence ?? 0) > (than.faceConfidence ?? 0));
}

/** The timeline of one face in time order; empty if the run has no such face. */
export function readFace(db: ProjectDatabase, run: string, video: string, face: number): TimelineRow[] {
  const edits = trackEditsOf(db, run, video);
  return isUntouched(edits, face) ? readDetected(db, run, video, face) : readSlots(db, run, video, face, edits).map(({ row }) => row);
}

/** The same by columns, for the window. */
export function readColumns(db: ProjectDatabase, run: string, video: string, face: number): TimelineColumns {
  if (!isUntouched(trackEditsOf(db, run, video), face)) return columnsOf(readFace(db, run, video, face));
  const packed = packedOf(db, run, video, face);
  return packed === undefined ? columnsOf([]) : unpackColumns(packed);
}

/** The timelines of all faces, sorted by slot and face. */
export function readTimeline(db: ProjectDatabase, run: string, video: string): TimelineRow[] {
  return facesOf(db, run, video)
    .flatMap(({ face }) => readFace(db, run, video, face))
    .sort((a, b) => a.slot - b.slot || a.faceId - b.faceId);
}

/** Packed mask maps of a detected face, and the slots of them that belong to a face that is shown. */
export interface MapsOfFace {
  readonly packed: Uint8Array;
  readonly isShown: (slot: number) => boolean;
}

/** The mask maps of one face; empty if the run stored none. */
export function readMaps(db: ProjectDatabase, run: string, video: string, face: number): MapsOfFace[] {
  const edits = trackEditsOf(db, run, video);
  const of = (detected: number, isShown: MapsOfFace['isShown']): MapsOfFace[] => {
    const query = db.sql.selectFrom('mask_map').select('packed').where('run_id', '=', run).where('video_id', '=', video).where('face_id', '=', detected);
    return db.rows(query).map(({ packed }) => ({ packed, isShown }));
  };
  if (isUntouched(edits, face)) return of(face, () => true);
  const sources = Map.groupBy(readSlots(db, run, video, face, edits), ({ detected }) => detected);
  return [...sources].flatMap(([detected, slots]) => {
    const own = new Set(slots.map(({ row }) => row.slot));
    return of(detected, (slot) => own.has(slot));
  });
}

/** Whether the face is in the picture. */
export const isVisible = ({ status }: Pick<TimelineRow, 'status'>): boolean => status !== 'no_face';

/** The spans in which rows show the face, joined where slots follow each other. */
export function visibleSpans(rows: readonly TimelineRow[]): TimeSpan[] {
  const spans: { startS: number; endS: number; slot: number }[] = [];
  for (const row of rows) {
    if (!isVisible(row)) continue;
    const last = spans.at(-1);
    if (last !== undefined && row.slot - last.slot <= 1) [last.endS, last.slot] = [row.endS, row.slot];
    else spans.push({ startS: row.startS, endS: row.endS, slot: row.slot });
  }
  return spans.map(({ startS, endS }) => ({ startS, endS }));
}
