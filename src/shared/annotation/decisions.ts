import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Author, SegmentRow } from './segment-edits.ts';

/**
 * Decisions that leave no label: a proposal that a coder rejected, and a disagreement that was settled with no label. Each
 * is a row of its own, is undone like every edit, and is told apart from a note by its table, not by its words.
 */
export type DecisionRow = EditableRows['decision'];
export type NoteRow = EditableRows['note'];

/** A span of one face, in seconds. */
export interface FaceSpan {
  readonly face: number;
  readonly startS: number;
  readonly endS: number;
}

/** @param segment the model's; the decision is on this proposal of this run and on no other */
export function reject(video: string, coder: string, segment: SegmentRow, by: Author): RowEdit<'decision'> {
  const { id, label, face_id, start_s, end_s } = segment;
  return decisionOn(video, coder, by, { kind: 'rejected', proposal_id: id, label, face_id, start_s, end_s });
}

/** Nobody's label counts in this span. */
export function settleWithoutLabel(video: string, coder: string, { face, startS, endS }: FaceSpan, by: Author): RowEdit<'decision'> {
  return decisionOn(video, coder, by, { kind: 'no_label', proposal_id: null, label: null, face_id: face, start_s: startS, end_s: endS });
}

type Decided = Pick<DecisionRow, 'kind' | 'proposal_id' | 'label' | 'face_id' | 'start_s' | 'end_s'>;

function decisionOn(video: string, coder: string, by: Author, decided: Decided): RowEdit<'decision'> {
  return { table: 'decision', kind: 'insert', row: { id: by.newId(), video_id: video, coder_id: coder, ...decided, made_at: by.at } };
}

/** A remark at a moment of the video in seconds, or on all of it. */
export function noteAt(video: string, coder: string, atS: number | null, text: string, by: Author): RowEdit<'note'> {
  return { table: 'note', kind: 'insert', row: { id: by.newId(), video_id: video, coder_id: coder, at_s: atS, text, made_at: by.at } };
}

/** Whether this coder has rejected this proposal. */
export function isRejected(decisions: readonly DecisionRow[], coder: string, segment: SegmentRow): boolean {
  return decisions.some(({ kind, coder_id, proposal_id }) => kind === 'rejected' && coder_id === coder && proposal_id === segment.id);
}

/** The spans that were settled without a label. */
export function settledSpans(decisions: readonly DecisionRow[]): FaceSpan[] {
  return decisions.filter(({ kind }) => kind === 'no_label').map(({ face_id, start_s, end_s }) => ({ face: face_id, startS: start_s, endS: end_s }));
}
