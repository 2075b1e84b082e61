import type { AppliedEdit, EditableRows, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, problemList } from '../../../shared/app/notices.ts';
import type { TableRow } from '../../formats/read-table.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { addCoder, listParticipants, listSessions } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import type { ParticipantRow, SessionRow, VideoRow } from '../../project/store/schema.ts';
import type { Subject } from '../../project/subjects.ts';
import { faceParticipants, knownFaces, subjectsOf } from '../../project/subjects.ts';
import type { StudyTable } from './study-table.ts';
import { findVideoOf, LISTED_PROBLEMS, placeOf, readStudyTable } from './study-table.ts';
import { newParticipant, newSession } from '../../../shared/annotation/study-edits.ts';

/** A face of a video, or a video in which no face is known, and whom it belongs to. */
export interface AssignedFace extends Subject {
  readonly video: string;
  /** Null if no face of the video is known. */
  readonly face: number | null;
}

/** All faces of the project with their participants. */
export function assignedFaces(db: ProjectDatabase): AssignedFace[] {
  const subjectOf = subjectsOf(db);
  return allVideos(db).flatMap((video): AssignedFace[] => {
    const faces = knownFaces(db, video.id);
    const known: readonly (number | null)[] = faces.length > 0 ? faces : [null];
    return known.map((face) => ({ video: video.name, face, ...subjectOf(video, face ?? 1) }));
  });
}

/** Columns with a meaning of their own; all others are attributes of the participant. */
const COLUMNS = ['video', 'face_id', 'participant', 'session', 'condition'] as const;

/**
 * Sets participants, sessions, conditions and attributes from a table, in one undo step. A row with a face number is about this
 * face, and without a participant it says that the person does not take part. A row without one is about the whole video; a row without a video is
 * about the participant. Only columns that the table has, and values that differ, are written.
 * @param coder who makes the change
 * @returns the number of changed rows of the project, and the edit; null if nothing changed
 * @throws StudioError 'file-unreadable', 'data-set-invalid' with all rows that cannot be used; nothing is changed then
 */
export async function setParticipants(db: ProjectDatabase, file: string, coder: string): Promise<AppliedEdit | null> {
  const table = await readStudyTable(file, ['participant', 'video']);
  if (table === undefined) throw new StudioError('data-set-invalid/not-participants', { file });
  return db.transaction(() => {
    const change = new ParticipantsChange(db, table);
    const { problems } = change;
    if (problems.length > 0) throw new StudioError('data-set-invalid/participants', { file: table.file, problems: problemList(problems, LISTED_PROBLEMS) });
    if (change.edits.length === 0) return null;
    const { id } = addCoder(db, coder);
    return applyEdit(db, { coderId: id, step: step('participants.set', { count: change.edits.length, file: table.file }), rows: change.edits });
  });
}

type Values<T extends 'participant' | 'session' | 'video' | 'face_participant'> = Partial<Omit<EditableRows[T], 'id' | 'revision'>>;

/** The edits that make a project equal to a table. */
class ParticipantsChange {
  readonly problems: Notice[] = [];
  readonly edits: RowEdit[] = [];
  readonly #table: StudyTable;
  readonly #videos: readonly VideoRow[];
  readonly #participants: Map<string, ParticipantRow>;
  readonly #sessions: Map<string, SessionRow>;
  readonly #assigned: Map<string, EditableRows['face_participant']>;
  readonly #facesOf: (video: string) => readonly number[];
  /** Line by video and face, and values by participant and column, that earlier rows gave. */
  readonly #seen = new Map<string, number>();
  readonly #given = new Map<string, { value: string; line: number }>();
  readonly #attributes: readonly string[];
  readonly #has: (column: (typeof COLUMNS)[number]) => boolean;

  constructor(db: ProjectDatabase, table: StudyTable) {
    this.#table = table;
    this.#videos = allVideos(db);
    this.#participants = new Map(listParticipants(db).map((each) => [each.code, each]));
    this.#sessions = new Map(listSessions(db).map((each) => [each.name, each]));
    this.#assigned = new Map(faceParticipants(db).map((each) => [`${each.face_id} ${each.video_id}`, each]));
    const faces = new Map<string, readonly number[]>();
    this.#facesOf = (video) => {
      const own = faces.get(video) ?? knownFaces(db, video);
      faces.set(video, own);
      return own;
    };
    this.#attributes = table.columns.filter((name) => name !== '' && !(COLUMNS as readonly string[]).includes(name));
    this.#has = (column) => table.columns.includes(column);
    for (const row of table.rows) this.#read(row);
  }

  #read(row: TableRow): void {
    const from = placeOf(this.#table, row);
    const [videoName, code] = [row.cell('video'), row.cell('participant')];
    if (videoName === '' && code === '') {
      this.problems.push(notice('participants/empty-row', { from }));
      return;
    }
    const participant = code === '' ? null : this.#participant(code);
    if (participant !== null) this.#setAttributes(participant, row, from);
    if (videoName === '') {
      if (participant !== null && this.#has('condition'))
        this.#once(participant.code, 'condition', row, from, (condition) => this.#update('participant', participant, { condition }));
      return;
    }
    const video = findVideoOf(this.#videos, videoName, from, this.problems);
    const face = this.#face(row, video, from);
    if (video === undefined || face === undefined) return;
    const earlier = this.#seen.get(`${face} ${video.id}`);
    if (earlier !== undefined) {
      this.problems.push(notice('participants/twice', { from, line: earlier }));
      return;
    }
    this.#seen.set(`${face} ${video.id}`, row.line);
    if (this.#has('session'))
      this.#once(video.id, 'session', row, from, (name) => this.#update('video', video, { session_id: name === '' ? null : this.#session(name).id }));
    const condition = this.#has('condition') ? { condition: row.cell('condition') } : {};
    const participantId = this.#has('participant') ? { participant_id: participant?.id ?? null } : {};
    if (face === null) this.#update('video', video, { ...participantId, ...condition });
    else this.#assign(video, face, { ...participantId, ...condition });
  }

  /** Calls `set` with a value that several rows may give, and reports rows that give different ones. */
  #once(of: string, column: string, row: TableRow, from: Notice, set: (value: string) => void): void {
    const [key, value] = [JSON.stringify([of, column]), row.cell(column)];
    const earlier = this.#given.get(key);
    if (earlier === undefined) {
      this.#given.set(key, { value, line: row.line });
      set(value);
    } else if (earlier.value !== value)
      this.problems.push(notice('participants/contradiction', { from, column, value, other: earlier.value, line: earlier.line }));
  }

  /** Null for a row about the whole video; undefined for an unknown face. */
  #face(row: TableRow, video: VideoRow | undefined, from: Notice): number | null | undefined {
    const text = row.cell('face_id');
    if (text === '' || video === undefined) return text === '' ? null : undefined;
    const face = /^\d+$/.test(text) ? Number(text) : 0;
    const known = this.#facesOf(video.id);
    if (known.includes(face)) return face;
    this.problems.push(notice('participants/unknown-face', { from, face: text, video: video.name, known: known.map(String) }));
    return undefined;
  }

  #participant(code: string): ParticipantRow {
    const known = this.#participants.get(code);
    if (known !== undefined) return known;
    const row = newParticipant(newId(), code);
    this.edits.push({ table: 'participant', kind: 'insert', row });
    const added = { ...row, revision: -1 };
    this.#participants.set(code, added);
    return added;
  }

  #session(name: string): SessionRow {
    const known = this.#sessions.get(name);
    if (known !== undefined) return known;
    const row = newSession(newId(), name);
    this.edits.push({ table: 'session', kind: 'insert', row });
    const added = { ...row, revision: -1 };
    this.#sessions.set(name, added);
    return added;
  }

  #setAttributes(participant: ParticipantRow, row: TableRow, from: Notice): void {
    for (const column of this.#attributes) {
      if (row.cell(column) === '') continue;
      this.#once(participant.code, column, row, from, (value) => {
        const current = this.#participants.get(participant.code) ?? participant;
        const attributes = { ...(JSON.parse(current.attributes) as Record<string, string>), [column]: value };
        this.#update('participant', current, { attributes: JSON.stringify(attributes) });
      });
    }
  }

  #assign(video: VideoRow, face: number, values: Values<'face_participant'>): void {
    const known = this.#assigned.get(`${face} ${video.id}`);
    if (known !== undefined) this.#update('face_participant', known, values);
    else {
      const row = { id: newId(), video_id: video.id, face_id: face, participant_id: null, condition: '', ...values };
      this.edits.push({ table: 'face_participant', kind: 'insert', row });
    }
  }

  /** Adds the values that differ to the edit of a row. A row that this change adds is changed in its insertion. */
  #update<T extends 'participant' | 'video' | 'face_participant'>(table: T, row: EditableRows[T], values: Values<T>): void {
    const changed = Object.entries(values).filter(([column, value]) => (row as Record<string, unknown>)[column] !== value);
    if (changed.length === 0) return;
    const set = Object.fromEntries(changed);
    const earlier = this.edits.findIndex((edit) => edit.table === table && (edit.kind === 'insert' ? edit.row.id : edit.id) === row.id);
    const edit = this.edits[earlier];
    if (edit === undefined) this.edits.push({ table, kind: 'update', id: row.id, revision: row.revision, set } as unknown as RowEdit);
    else if (edit.kind === 'insert') this.edits[earlier] = { ...edit, row: { ...edit.row, ...set } } as RowEdit;
    else if (edit.kind === 'update') this.edits[earlier] = { ...edit, set: { ...edit.set, ...set } } as RowEdit;
    if (table === 'participant') this.#participants.set((row as ParticipantRow).code, { ...(row as ParticipantRow), ...set });
  }
}

/** The faces of a project with their participants. @throws StudioError the errors of openProject */
export const assignedFacesIn = (folder: string): Promise<AssignedFace[]> => inProject(folder, assignedFaces);

/** Opens a project and calls setParticipants. */
export const setParticipantsIn = (folder: string, file: string, coder: string): Promise<AppliedEdit | null> =>
  inProject(folder, (db) => setParticipants(db, file, coder));
