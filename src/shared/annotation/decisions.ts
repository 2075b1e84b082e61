import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Author, SegmentRow } from './segment-edits.ts';

/**
 * Decisions that create no label: a rejected proposal, or a disagreement that was resolved without a label. Each is a row in a
 * table of its own, separate from the notes, and can be undone like every edit.
 */
export type DecisionRow = EditableRows['decision'];
export type NoteRow = EditableRows['note'];

/** A span of one face, in seconds. */
export interface FaceSpan {
  readonly face: number;
  readonly startS: number;
  readonly endS: number;
}

/** @param segment the model's segment; the decision applies only to this proposal of this run */
export function reject(video: string, coder: string, segment: SegmentRow, by: Author): RowEdit<'decision'> {
  const { id, label, face_id, start_s, end_s } = segment;
  return decisionOn(video, coder, by, { kind: 'rejected', proposal_id: id, label, face_id, start_s, end_s });
}

/** Decides that nothing is labelled in this span. */
export function resolveWithoutLabel(video: string, coder: string, { face, startS, endS }: FaceSpan, by: Author): RowEdit<'decision'> {
  return decisionOn(video, coder, by, { kind: 'no_label', proposal_id: null, label: null, face_id: face, start_s: startS, end_s: endS });
}

type DecisionContent = Pick<DecisionRow, 'kind' | 'proposal_id' | 'label' | 'face_id' | 'start_s' | 'end_s'>;

function decisionOn(video: string, coder: string, by: Author, content: DecisionContent): RowEdit<'decision'> {
  return { table: 'decision', kind: 'insert', row: { id: by.newId(), video_id: video, coder_id: coder, ...content, made_at: by.at } };
}

/** A note at a moment of the video in seconds, or on the whole video (null). */
export function noteAt(video: string, coder: string, atS: number | null, text: string, by: Author): RowEdit<'note'> {
  return { table: 'note', kind: 'insert', row: { id: by.newId(), video_id: video, coder_id: coder, at_s: atS, text, made_at: by.at } };
}

/** Whether this coder has rejected this proposal. */
export function isRejected(decisions: readonly DecisionRow[], coder: string, segment: SegmentRow): boolean {
  return decisions.some(({ kind, coder_id, proposal_id }) => kind === 'rejected' && coder_id === coder && proposal_id === segment.id);
}

/** The spans that were resolved without a label. */
export function spansWithoutLabel(decisions: readonly DecisionRow[]): FaceSpan[] {
  return decisions.filter(({ kind }) => kind === 'no_label').map(({ face_id, start_s, end_s }) => ({ face: face_id, startS: start_s, endS: end_s }));
}
