import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Author, SegmentRow } from './segment-edits.ts';

/**
 * Decisions that leave no label behind: a proposal that was rejected, a disagreement settled as «nothing to label». They
 * are kept as notes with a fixed beginning, so that they are seen, exported and undone like everything else.
 */
export type NoteRow = EditableRows['note'];

/** A stretch of time of one face, in seconds. */
export interface Stretch {
  readonly face: number;
  readonly startS: number;
  readonly endS: number;
}

const spanText = ({ face, startS, endS }: Stretch): string => `face ${face}, ${startS.toFixed(3)} to ${endS.toFixed(3)} s`;
const stretchOf = ({ face_id, start_s, end_s }: SegmentRow): Stretch => ({ face: face_id, startS: start_s, endS: end_s });

const rejectionText = (segment: SegmentRow): string => `rejected: ${segment.label}, ${spanText(stretchOf(segment))}`;
const nothingText = (stretch: Stretch): string => `adjudicated: no label, ${spanText(stretch)}`;

/** Whether a note is one of these decisions and not somebody's remark. */
export const isDecision = ({ text }: NoteRow): boolean => /^(rejected|adjudicated): .*face \d+, [\d.]+ to [\d.]+ s$/.test(text);

export function reject(video: string, coder: string, segment: SegmentRow, by: Author): RowEdit<'note'> {
  return noteAt(video, coder, segment.start_s, rejectionText(segment), by);
}

export function settleAsNothing(video: string, coder: string, stretch: Stretch, by: Author): RowEdit<'note'> {
  return noteAt(video, coder, stretch.startS, nothingText(stretch), by);
}

/** A remark at a moment of the video, or on all of it. */
export function noteAt(video: string, coder: string, atS: number | null, text: string, by: Author): RowEdit<'note'> {
  return { table: 'note', kind: 'insert', row: { id: by.newId(), video_id: video, coder_id: coder, at_s: atS, text, made_at: by.at } };
}

/** Whether this coder has rejected a proposal. */
export function isRejected(notes: readonly NoteRow[], coder: string, segment: SegmentRow): boolean {
  const text = rejectionText(segment);
  return notes.some((note) => note.coder_id === coder && note.text === text);
}

export function isSettledAsNothing(notes: readonly NoteRow[], stretch: Stretch): boolean {
  const text = nothingText(stretch);
  return notes.some((note) => note.text === text);
}
