import type { AppliedEdit, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import type { Step } from '../../../shared/annotation/steps.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { TimeSpan, TrackEdits } from '../../../shared/domain/face-tracks.ts';
import { ALWAYS, facesShown, movedTo, parseTrackEdits, storedTrackEdits } from '../../../shared/domain/face-tracks.ts';
import { lowerBound } from '../../../shared/basics/sorted-search.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { TimelineRow } from '../../../shared/domain/timeline.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { FaceSources } from '../../project/face-sources.ts';
import { videoOf } from '../../project/library.ts';
import type { TracksChange } from '../../project/move-labels.ts';
import { labelMoves, NewFaces } from '../../project/move-labels.ts';
import { videoSpan } from '../../project/recorded-results.ts';
import { layersOf, newestRun } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import type { FaceParticipantRow, SegmentRow } from '../../project/store/schema.ts';
import type { Subject } from '../../project/subjects.ts';
import { facesWithParticipants, knownFaces } from '../../project/subjects.ts';
import { detectedNumbers, faceNumbers, isVisible, readFace, trackEditsOf, trackEditsRow, visibleSpans } from '../../project/tracked-faces.ts';

/** A face of a video in its newest run, as it is shown. */
export interface ShownFace extends Pick<Subject, 'participant' | 'missing'> {
  readonly face: number;
  /** When the face is visible; gaps of less than a second are not named. */
  readonly spans: TimeSpan[];
  readonly seenS: number;
  /** Share of the video in which the face is visible, 0..1. */
  readonly share: number;
  /** The detected faces that it is made of. */
  readonly detected: number[];
}

const NAMED_GAP_S = 1;

/** The faces that the newest run of a video tracked, as they are shown. */
export function shownFaces(db: ProjectDatabase, videoId: string): ShownFace[] {
  const run = newestRun(layersOf(db, videoId));
  if (run === null) return [];
  const { startS, endS } = videoSpan(db, videoOf(db, videoId));
  const lengthS = (endS ?? startS) - startS;
  const sources = new FaceSources(db, run, videoId, trackEditsOf(db, run, videoId));
  const subjects = new Map(facesWithParticipants(db, videoId).map((each) => [each.face, each]));
  return faceNumbers(db, run, videoId).map((face) => {
    const spans = visibleSpans(readFace(db, run, videoId, face));
    const seenS = spans.reduce((sum, span) => sum + span.endS - span.startS, 0);
    const { participant = '', missing = null } = subjects.get(face) ?? {};
    return { face, participant, missing, spans: joined(spans), seenS, share: lengthS > 0 ? seenS / lengthS : 0, detected: [...sources.of(face)] };
  });
}

function joined(spans: readonly TimeSpan[]): TimeSpan[] {
  const found: { startS: number; endS: number }[] = [];
  for (const { startS, endS } of spans) {
    const last = found.at(-1);
    if (last !== undefined && startS - last.endS < NAMED_GAP_S) last.endS = endS;
    else found.push({ startS, endS });
  }
  return found;
}

/** Which face to edit. An edit belongs to the run that it was made on: another run has other faces. */
export interface FaceOfRun {
  readonly coderId: string;
  readonly video: string;
  readonly run: string;
  readonly face: number;
}

export interface MergedFaces {
  readonly edit: AppliedEdit;
  /** Labels that moved and now overlap with a label of the same person. None is deleted. */
  readonly overlapping: number;
}

/**
 * Shows a face as part of another one, in one undo step. Labels, peaks and decisions of all people move with it; its participant too, if
 * the other face has none.
 * @throws StudioError 'edit-invalid' if both are visible at the same time, if they have different participants, and for a face that
 *   the run does not have
 */
export function mergeFaces(db: ProjectDatabase, { coderId, video, run, face, into }: FaceOfRun & { readonly into: number }): MergedFaces {
  return db.transaction(() => {
    refuseUnknown(db, { run, video }, [face, into]);
    if (face === into) throw new StudioError('edit-invalid/same-face', { face });
    const atS = firstTogether(readFace(db, run, video, face), readFace(db, run, video, into));
    if (atS !== null) throw new StudioError('edit-invalid/faces-together', { face, other: into, video: videoOf(db, video).name, at: roundSeconds(atS) });
    const before = trackEditsOf(db, run, video);
    const after = movedTo(before, detectedNumbers(db, run, video), face, ALWAYS, into);
    const edit = applyTracks(db, coderId, step('face.merge', { face, into }), [{ run, video, before, after }]);
    return { edit, overlapping: overlappingLabels(db, edit) };
  });
}

/**
 * Shows a face from a moment on as a new face, in one undo step. Labels, peaks and decisions of all people after the moment move to the new face;
 * a label across it is cut. The new face has no participant; the other one keeps its own.
 * @throws StudioError 'edit-invalid' if the face is not visible before and after, and for a face that the run does not have
 */
export function splitFace(db: ProjectDatabase, { coderId, video, run, face, atS }: FaceOfRun & { readonly atS: number }): { edit: AppliedEdit; face: number } {
  return db.transaction(() => {
    refuseUnknown(db, { run, video }, [face]);
    const isAfter = ({ startS, endS }: TimelineRow): boolean => (startS + endS) / 2 >= atS;
    const visible = readFace(db, run, video, face).filter(isVisible);
    if (!visible.some(isAfter) || visible.every(isAfter))
      throw new StudioError('edit-invalid/split-outside', { face, at: roundSeconds(atS), video: videoOf(db, video).name });
    const to = nextFace(db, video);
    const before = trackEditsOf(db, run, video);
    const after = movedTo(before, detectedNumbers(db, run, video), face, { startS: atS, endS: Infinity }, to);
    return { edit: applyTracks(db, coderId, step('face.split', { face, at: roundSeconds(atS), to }), [{ run, video, before, after }]), face: to };
  });
}

function refuseUnknown(db: ProjectDatabase, { run, video }: { run: string; video: string }, faces: readonly number[]): void {
  const known = faceNumbers(db, run, video);
  const unknown = faces.find((face) => !known.includes(face));
  if (unknown !== undefined) throw new StudioError('edit-invalid/face-unknown', { face: unknown, video: videoOf(db, video).name, known: known.map(String) });
}

/**
 * The first moment at which two faces are both visible, in seconds; null if there is none. One slot does not count in which one face begins
 * and the other one ends: the change was within the slot.
 */
export function firstTogether(first: readonly TimelineRow[], second: readonly TimelineRow[]): number | null {
  const slotsOf = (rows: readonly TimelineRow[]): Set<number> => new Set(rows.filter(isVisible).map(({ slot }) => slot));
  const [own, other] = [slotsOf(first), slotsOf(second)];
  const follows = (a: ReadonlySet<number>, b: ReadonlySet<number>, slot: number): boolean => !a.has(slot + 1) && !b.has(slot - 1);
  const both = first.find(({ slot }) => own.has(slot) && other.has(slot) && !follows(own, other, slot) && !follows(other, own, slot));
  return both?.startS ?? null;
}

/** Applies changes of face tracks with everything that moves with them, as one undo step. @throws StudioError 'edit-invalid/two-people' */
export function applyTracks(db: ProjectDatabase, coderId: string, made: Step, changes: readonly TracksChange[]): AppliedEdit {
  const rows = changes.flatMap((change): RowEdit[] => {
    const { run, video, after } = change;
    const known = trackEditsRow(db, run, video);
    const edits = storedTrackEdits(after);
    const tracks: RowEdit =
      known === undefined
        ? { table: 'face_tracks', kind: 'insert', row: { id: newId(), video_id: video, run_id: run, edits } }
        : { table: 'face_tracks', kind: 'update', id: known.id, revision: known.revision, set: { edits } };
    return [tracks, ...labelMoves(db, change), ...participantMoves(db, change)];
  });
  return applyEdit(db, { coderId, step: made, rows }, 'all coders');
}

/** Participants of faces that are no longer shown go to the face that they became. */
function participantMoves(db: ProjectDatabase, change: TracksChange): RowEdit[] {
  const { run, video, before, after } = change;
  const detected = detectedNumbers(db, run, video);
  const assigned = db.rows(db.sql.selectFrom('face_participant').selectAll().where('video_id', '=', video).orderBy('face_id'));
  const faces = new NewFaces(db, change);
  const wasShown = new Set(facesShown(before, detected));
  const rows: RowEdit[] = [];
  const owners = new Map(assigned.map((row) => [row.face_id, row]));
  for (const row of assigned) {
    if (!wasShown.has(row.face_id) || faces.isStillShown(row.face_id)) continue;
    const visible = readFace(db, run, video, row.face_id).find(isVisible);
    const to = faces.at(row.face_id, visible === undefined ? 0 : (visible.startS + visible.endS) / 2);
    const other = owners.get(to);
    if (other === undefined) {
      rows.push({ table: 'face_participant', kind: 'update', id: row.id, revision: row.revision, set: { face_id: to } });
      owners.set(to, row);
    } else rows.push(...joinedAssignment(row, other));
  }
  const only = knownFaces(db, video);
  const { participant_id } = videoOf(db, video);
  // With a second face, the participant of the video is no longer known to be the first one.
  if (only.length === 1 && only[0] !== undefined && facesShown(after, detected).length > 1 && participant_id !== null && !owners.has(only[0]))
    rows.push({ table: 'face_participant', kind: 'insert', row: { id: newId(), video_id: video, face_id: only[0], participant_id, condition: '' } });
  return rows;
}

/** Two assignments become one. @throws StudioError 'edit-invalid/two-people' */
function joinedAssignment(row: FaceParticipantRow, other: FaceParticipantRow): RowEdit[] {
  if (row.participant_id !== other.participant_id) throw new StudioError('edit-invalid/two-people', { face: row.face_id, other: other.face_id });
  const removed: RowEdit = { table: 'face_participant', kind: 'delete', id: row.id, revision: row.revision };
  if (other.condition !== '' || row.condition === '') return [removed];
  return [removed, { table: 'face_participant', kind: 'update', id: other.id, revision: other.revision, set: { condition: row.condition } }];
}

/** The next number that no face of the video has or ever had: also in other runs, in labels, and in steps that were undone. */
export function nextFace(db: ProjectDatabase, video: string): number {
  const layers = db.sql.selectFrom('layer').select('id').where('video_id', '=', video);
  const own = db.sql.selectFrom('timeline').select('face_id').where('video_id', '=', video);
  const assigned = db.sql.selectFrom('face_participant').select('face_id').where('video_id', '=', video);
  const decided = db.sql.selectFrom('decision').select('face_id').where('video_id', '=', video);
  const labelled = (['segment', 'peak'] as const).map((table) =>
    db.sql
      .selectFrom(table as 'segment')
      .select('face_id')
      .distinct()
      .where('layer_id', 'in', layers),
  );
  const used = [own, assigned, decided, ...labelled].flatMap((query) => db.rows(query).map(({ face_id }) => face_id));
  const edits = db.rows(db.sql.selectFrom('face_tracks').select('edits').where('video_id', '=', video)).flatMap((row) => parseTrackEdits(row.edits));
  return 1 + [...used, ...[...edits, ...formerEdits(db, video)].map(({ to }) => to)].reduce((most, each) => Math.max(most, each), 0);
}

/** The edits of a video in all steps, undone ones too. */
function formerEdits(db: ProjectDatabase, video: string): TrackEdits {
  const steps = db.rows(db.sql.selectFrom('journal').select('changes').where('kind', 'in', ['face.merge', 'face.split', 'faces.set']));
  return steps.flatMap(({ changes }) =>
    (JSON.parse(changes) as AppliedEdit['changes']).flatMap(({ table, before, after }) =>
      [before, after].flatMap((row) => (table === 'face_tracks' && row?.['video_id'] === video ? parseTrackEdits(String(row['edits'])) : [])),
    ),
  );
}

/** Number of labels that an edit moved to another face, and that overlap with a label there of the same layer. O(n log n). */
function overlappingLabels(db: ProjectDatabase, { changes }: AppliedEdit): number {
  const moved = changes.flatMap(({ table, after }) => (table === 'segment' && after !== null ? [after as unknown as SegmentRow] : []));
  const ids = new Set(moved.map(({ id }) => id));
  let count = 0;
  for (const own of Map.groupBy(moved, ({ layer_id, face_id }) => `${face_id} ${layer_id}`).values()) {
    const [{ layer_id, face_id } = { layer_id: '', face_id: 0 }] = own;
    const others = db
      .rows(db.sql.selectFrom('segment').selectAll().where('layer_id', '=', layer_id).where('face_id', '=', face_id).orderBy('start_s'))
      .filter(({ id }) => !ids.has(id));
    const starts = Float64Array.from(others, ({ start_s }) => start_s);
    let lastS = -Infinity;
    const latestEnds = others.map(({ end_s }) => (lastS = Math.max(lastS, end_s)));
    // Of the labels that begin before the end of a label, one that ends last overlaps with it if any does.
    count += own.filter(({ start_s, end_s }) => (latestEnds[lowerBound(starts, end_s) - 1] ?? -Infinity) > start_s).length;
  }
  return count;
}
