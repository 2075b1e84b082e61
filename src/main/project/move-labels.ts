import { randomUUID } from 'node:crypto';
import type { RowEdit } from '../../shared/annotation/editable-rows.ts';
import type { Span } from '../../shared/annotation/segment-edits.ts';
import { SHORTEST_S } from '../../shared/annotation/segment-edits.ts';
import type { TrackEdits } from '../../shared/domain/face-tracks.ts';
import { changeTimes, facesShown, shownAs } from '../../shared/domain/face-tracks.ts';
import type { ProjectDatabase } from './store/database.ts';
import { FaceSources } from './face-sources.ts';
import { detectedNumbers } from './tracked-faces.ts';

/** A change of the edits of the faces of a video in a run. */
export interface TracksChange {
  readonly run: string;
  readonly video: string;
  readonly before: TrackEdits;
  readonly after: TrackEdits;
}

/**
 * The edits that keep the labels, peaks and decisions of all people on the faces that they were made on, when faces are shown under
 * other numbers. A label across the moment at which another face begins is cut there. A label outside of the time of its face
 * moves only if the face is no longer shown. Labels may overlap afterwards: none is deleted. Proposals are not stored by shown
 * faces (proposals.ts).
 * @param isOf which rows may move, by id
 */
export function labelMoves(db: ProjectDatabase, change: TracksChange, isOf: (id: string) => boolean = () => true): RowEdit[] {
  const { video } = change;
  const faces = new NewFaces(db, change);
  const layers = db.sql.selectFrom('layer').select('id').where('video_id', '=', video).where('kind', '!=', 'model');
  const isMoved = ({ id, face_id }: { id: string; face_id: number }): boolean => faces.mayChange(face_id) && isOf(id);
  const segments = db.rows(db.sql.selectFrom('segment').selectAll().where('layer_id', 'in', layers)).filter(isMoved);
  const peaks = db.rows(db.sql.selectFrom('peak').selectAll().where('layer_id', 'in', layers)).filter(isMoved);
  const decisions = db.rows(db.sql.selectFrom('decision').selectAll().where('video_id', '=', video)).filter(isMoved);
  return [
    ...segments.flatMap((row) => pieceEdits('segment', row, faces.piecesOf(row.face_id, { startS: row.start_s, endS: row.end_s }))),
    ...peaks.flatMap(({ id, revision, face_id, apex_s }): RowEdit[] => {
      const to = faces.at(face_id, apex_s);
      return to === face_id ? [] : [{ table: 'peak', kind: 'update', id, revision, set: { face_id: to } }];
    }),
    ...decisions.flatMap((row): RowEdit[] => {
      const span = { startS: row.start_s, endS: row.end_s };
      // A rejected proposal is one thing: it is not cut.
      const pieces = row.kind === 'no_label' ? faces.piecesOf(row.face_id, span) : [{ ...span, face: faces.at(row.face_id, (span.startS + span.endS) / 2) }];
      return pieceEdits('decision', row, pieces);
    }),
  ];
}

interface Piece extends Span {
  readonly face: number;
}

/** The first piece keeps the row; the others are new rows with the same origin. */
function pieceEdits<T extends 'segment' | 'decision'>(
  table: T,
  { revision, ...row }: { id: string; revision: number; face_id: number; start_s: number; end_s: number },
  pieces: readonly Piece[],
): RowEdit[] {
  const [first, ...rest] = pieces;
  if (first === undefined || (rest.length === 0 && first.face === row.face_id)) return [];
  const valuesOf = ({ face, startS, endS }: Piece): { face_id: number; start_s: number; end_s: number } => ({ face_id: face, start_s: startS, end_s: endS });
  return [
    { table, kind: 'update', id: row.id, revision, set: rest.length === 0 ? { face_id: first.face } : valuesOf(first) } as RowEdit,
    ...rest.map((piece) => ({ table, kind: 'insert', row: { ...row, id: randomUUID(), ...valuesOf(piece) } }) as unknown as RowEdit),
  ];
}

/** Which face a face becomes, by time. */
export class NewFaces {
  readonly #after: TrackEdits;
  readonly #sources: FaceSources;
  readonly #stillShown: ReadonlySet<number>;
  /** Detected faces with other changes than before. */
  readonly #changed: ReadonlySet<number>;

  constructor(db: ProjectDatabase, { run, video, before, after }: TracksChange) {
    this.#after = after;
    this.#sources = new FaceSources(db, run, video, before);
    const detected = detectedNumbers(db, run, video);
    this.#stillShown = new Set(facesShown(after, detected));
    const textOf = (edits: TrackEdits, face: number): string => JSON.stringify(edits.filter((each) => each.face === face));
    this.#changed = new Set(detected.filter((face) => textOf(before, face) !== textOf(after, face)));
  }

  mayChange(face: number): boolean {
    return this.#sources.of(face).some((source) => this.#changed.has(source));
  }

  at(face: number, atS: number): number {
    const source = this.#sources.at(face, atS);
    if (source === undefined || (!source.isShown && this.#stillShown.has(face))) return face;
    return shownAs(this.#after, source.detected, atS);
  }

  isStillShown(face: number): boolean {
    return this.#stillShown.has(face);
  }

  /** Cuts a span of a face where another face begins. Pieces that are too short for a label join their neighbour. */
  piecesOf(face: number, { startS, endS }: Span): Piece[] {
    const sources = this.#sources.of(face);
    const boundaries = [...this.#sources.boundaries(face), ...sources.flatMap((source) => changeTimes(this.#after, source))];
    const inside = boundaries.filter((atS) => atS - startS >= SHORTEST_S && endS - atS >= SHORTEST_S).sort((a, b) => a - b);
    const pieces: Piece[] = [];
    for (const from of [startS, ...inside]) {
      const last = pieces.at(-1);
      if (last !== undefined && from - last.startS < SHORTEST_S) continue;
      const to = this.at(face, middleAfter(from, inside, endS));
      if (last === undefined || last.face !== to) pieces.push({ startS: from, endS, face: to });
    }
    return pieces.map((piece, i) => ({ ...piece, endS: pieces[i + 1]?.startS ?? endS }));
  }
}

/** The middle between a time and the next boundary or the end. */
function middleAfter(atS: number, boundaries: readonly number[], endS: number): number {
  return (atS + (boundaries.find((each) => each > atS) ?? endS)) / 2;
}
