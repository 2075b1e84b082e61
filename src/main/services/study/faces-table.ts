import type { AppliedEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, problemList } from '../../../shared/app/notices.ts';
import type { TrackEdits } from '../../../shared/domain/face-tracks.ts';
import { facesShown, NO_TRACK_EDITS, remapped, shownAs, sourcesOf, storedTrackEdits } from '../../../shared/domain/face-tracks.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { TableRow } from '../../formats/read-table.ts';
import { allVideos } from '../../project/library.ts';
import type { TracksChange } from '../../project/move-labels.ts';
import { addCoder, hasEarlierEdits, layersOf, newestRun } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { detectedNumbers, readDetected, trackEditsOf } from '../../project/tracked-faces.ts';
import type { ShownFace } from './face-tracks.ts';
import { applyTracks, firstTogether, mergeFaces, shownFaces, splitFace } from './face-tracks.ts';
import type { StudyTable } from './study-table.ts';
import { findVideoOf, LISTED_PROBLEMS, placeOf, readStudyTable } from './study-table.ts';

/** The faces of all analysed videos, as they are shown. `isOfEarlierRun`: edits of faces were made on an earlier run, and do not apply. */
export function facesOfProject(db: ProjectDatabase): { video: string; isOfEarlierRun: boolean; faces: ShownFace[] }[] {
  return allVideos(db).flatMap(({ id, name }) => {
    const faces = shownFaces(db, id);
    return faces.length === 0 ? [] : [{ video: name, isOfEarlierRun: hasEarlierEdits(db, id), faces }];
  });
}

/** A request of the command line. */
export type FaceRequest =
  | { readonly kind: 'merge'; readonly given: string; readonly video: string; readonly face: number; readonly into: number }
  | { readonly kind: 'split'; readonly given: string; readonly video: string; readonly face: number; readonly atS: number };

/**
 * Merges and splits faces of the newest runs in the given order, each as one undo step.
 * @throws StudioError 'data-set-invalid/faces-request' with all requests that are not possible; nothing is changed then
 */
export function editFaces(db: ProjectDatabase, requests: readonly FaceRequest[], coder: string): AppliedEdit[] {
  return db.transaction(() => {
    const problems: Notice[] = [];
    const { id: coderId } = addCoder(db, coder);
    const edits = requests.flatMap((request): AppliedEdit[] => {
      const from = notice('place/option', { given: request.given });
      const video = findVideoOf(allVideos(db), request.video, from, problems);
      const run = video === undefined ? null : newestRun(layersOf(db, video.id));
      if (video !== undefined && run === null) problems.push(notice('faces/not-analysed', { from, video: video.name }));
      if (video === undefined || run === null) return [];
      try {
        const of = { coderId, video: video.id, run, face: request.face };
        return [(request.kind === 'merge' ? mergeFaces(db, { ...of, into: request.into }) : splitFace(db, { ...of, atS: request.atS })).edit];
      } catch (error) {
        if (!(error instanceof StudioError) || error.code !== 'edit-invalid') throw error;
        problems.push(notice('faces/request', { from, problem: toFact(error) }));
        return [];
      }
    });
    if (problems.length > 0) throw new StudioError('data-set-invalid/faces-request', { problems: problemList(problems, LISTED_PROBLEMS) });
    return edits;
  });
}

/**
 * Sets the faces of the videos that a table names, in one undo step. A row says as which face a detected face is shown in a span. Detected faces
 * without a row keep their numbers, so a table can be applied again.
 * @returns null if nothing differs
 * @throws StudioError 'file-unreadable', 'data-set-invalid' with all rows that cannot be used; nothing is changed then
 */
export async function setFaces(db: ProjectDatabase, file: string, coder: string): Promise<AppliedEdit | null> {
  const table = await readStudyTable(file, ['to_face']);
  if (table === undefined) throw new StudioError('data-set-invalid/not-faces', { file });
  return db.transaction(() => {
    const { changes, problems } = readFaces(db, table);
    if (problems.length > 0) throw new StudioError('data-set-invalid/faces', { file: table.file, problems: problemList(problems, LISTED_PROBLEMS) });
    if (changes.length === 0) return null;
    const { id } = addCoder(db, coder);
    return applyTracks(db, id, step('faces.set', { count: table.rows.length, file: table.file }), changes);
  });
}

interface FaceRow {
  readonly from: Notice;
  readonly line: number;
  readonly face: number;
  readonly startS: number;
  readonly endS: number;
  readonly to: number;
}

function readFaces(db: ProjectDatabase, table: StudyTable): { changes: TracksChange[]; problems: Notice[] } {
  const problems: Notice[] = [];
  const videos = allVideos(db);
  const byVideo = new Map<string, { video: VideoRow; run: string; rows: FaceRow[] }>();
  for (const row of table.rows) {
    const from = placeOf(table, row);
    const video = findVideoOf(videos, row.cell('video'), from, problems);
    const run = video === undefined ? null : newestRun(layersOf(db, video.id));
    if (video !== undefined && run === null) problems.push(notice('faces/not-analysed', { from, video: video.name }));
    const read = readRow(row, from, problems);
    if (video === undefined || run === null || read === null) continue;
    const known = detectedNumbers(db, run, video.id);
    if (!known.includes(read.face))
      problems.push(notice('faces/unknown-detected', { from, face: row.cell('face_id'), video: video.name, known: known.map(String) }));
    const group = byVideo.get(video.id) ?? { video, run, rows: [] };
    byVideo.set(video.id, group);
    const earlier = group.rows.find((each) => each.face === read.face && each.startS < read.endS && each.endS > read.startS);
    if (earlier !== undefined) problems.push(notice('faces/overlap', { from, face: read.face, line: earlier.line }));
    group.rows.push(read);
  }
  if (problems.length > 0) return { changes: [], problems };
  const changes = [...byVideo.values()].flatMap(({ video, run, rows }): TracksChange[] => {
    const before = trackEditsOf(db, run, video.id);
    const after = remapped(
      NO_TRACK_EDITS,
      detectedNumbers(db, run, video.id),
      rows.flatMap(({ startS, endS }) => [startS, endS]),
      (detected, atS) => rows.find(({ face, startS, endS }) => face === detected && startS <= atS && atS < endS)?.to ?? detected,
    );
    problems.push(...together(db, { run, video }, after));
    return storedTrackEdits(before) === storedTrackEdits(after) ? [] : [{ run, video: video.id, before, after }];
  });
  return { changes, problems };
}

function readRow(row: TableRow, from: Notice, problems: Notice[]): FaceRow | null {
  const before = problems.length;
  const number = (column: string): number => {
    const text = row.cell(column);
    if (!/^[1-9]\d{0,6}$/.test(text)) problems.push(notice('faces/number', { from, column, value: text }));
    return Number(text);
  };
  const seconds = (column: string, missing: number): number => {
    const value = row.number(column);
    if (Number.isNaN(value)) problems.push(notice('trials/time', { from, column, value: row.cell(column) }));
    return value ?? missing;
  };
  const read = { face: number('face_id'), to: number('to_face'), startS: seconds('start_s', -Infinity), endS: seconds('end_s', Infinity) };
  if (problems.length > before) return null;
  if (read.endS <= read.startS) problems.push(notice('trials/order', { from, start: read.startS, end: read.endS }));
  return problems.length > before ? null : { ...read, from, line: row.line };
}

/** Faces that would be one face, and are visible at the same time. */
function together(db: ProjectDatabase, { run, video }: { run: string; video: VideoRow }, after: TrackEdits): Notice[] {
  const detected = detectedNumbers(db, run, video.id);
  return facesShown(after, detected).flatMap((face) => {
    const parts = sourcesOf(after, face, detected).map((source) => ({
      source,
      rows: readDetected(db, run, video.id, source).filter(({ startS, endS }) => shownAs(after, source, (startS + endS) / 2) === face),
    }));
    return parts.flatMap((first, i) =>
      parts.slice(i + 1).flatMap((second) => {
        const atS = firstTogether(first.rows, second.rows);
        const { source: one } = first;
        return atS === null ? [] : [notice('faces/together', { face: one, other: second.source, to: face, video: video.name, at: roundSeconds(atS) })];
      }),
    );
  });
}

/** Opens a project and calls facesOfProject. */
export const facesIn = (folder: string): Promise<ReturnType<typeof facesOfProject>> => inProject(folder, facesOfProject);
/** Opens a project and calls setFaces. */
export const setFacesIn = (folder: string, file: string, coder: string): Promise<AppliedEdit | null> => inProject(folder, (db) => setFaces(db, file, coder));
/** Opens a project and calls editFaces. */
export const editFacesIn = (folder: string, requests: readonly FaceRequest[], coder: string): Promise<AppliedEdit[]> =>
  inProject(folder, (db) => editFaces(db, requests, coder));
