import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { CutLabel } from './steps.ts';

/** A coder's operations on labelled segments, as row edits. Spans are half-open, in seconds. */
export type SegmentRow = EditableRows['segment'];

/** Shortest allowed segment; shorter than a frame of any camera. */
export const SHORTEST_S = 0.005;

/** Who makes an edit, and when (ISO 8601). */
export interface Author {
  readonly name: string;
  readonly at: string;
  readonly newId: () => string;
}

export interface Span {
  readonly startS: number;
  readonly endS: number;
}

/** What can be stored with a label besides its name and times. */
export interface Remarks {
  readonly confidence?: number | null;
  readonly comment?: string | null;
  readonly modifiers?: string | null;
}

export function createSegment(layer: string, face: number, label: string, { startS, endS }: Span, by: Author, remarks: Remarks = {}): RowEdit<'segment'> {
  return {
    table: 'segment',
    kind: 'insert',
    row: {
      id: by.newId(),
      layer_id: layer,
      face_id: face,
      label,
      start_s: startS,
      end_s: endS,
      confidence: remarks.confidence ?? null,
      comment: remarks.comment ?? null,
      modifiers: remarks.modifiers ?? null,
      made_by: by.name,
      made_at: by.at,
      proposal_id: null,
      model_sha256: null,
    },
  };
}

/** Copies a model's segment into a coder's layer, with the proposal's id, the model and its confidence. */
export function acceptProposal(proposal: SegmentRow, layer: string, by: Author): RowEdit<'segment'> {
  const { revision, ...row } = proposal;
  return { table: 'segment', kind: 'insert', row: { ...row, id: by.newId(), layer_id: layer, made_by: by.name, made_at: by.at, proposal_id: proposal.id } };
}

export function relabel({ id, revision }: SegmentRow, label: string): RowEdit<'segment'> {
  return { table: 'segment', kind: 'update', id, revision, set: { label } };
}

/** Changes the comment or the modifiers of a segment or a peak. An empty text takes them away. */
export function remark<T extends 'segment' | 'peak'>(
  table: T,
  { id, revision }: EditableRows[T],
  { comment, modifiers }: Pick<Remarks, 'comment' | 'modifiers'>,
): RowEdit {
  const set = { ...(comment === undefined ? {} : { comment: comment || null }), ...(modifiers === undefined ? {} : { modifiers: modifiers || null }) };
  return { table, kind: 'update', id, revision, set } as RowEdit;
}

export function remove({ id, revision }: SegmentRow): RowEdit<'segment'> {
  return { table: 'segment', kind: 'delete', id, revision };
}

/** @returns no edits if the span would be shorter than SHORTEST_S */
export function resize({ id, revision }: SegmentRow, { startS, endS }: Span): RowEdit<'segment'>[] {
  return endS - startS < SHORTEST_S ? [] : [{ table: 'segment', kind: 'update', id, revision, set: { start_s: startS, end_s: endS } }];
}

/** @returns no edits if `at` is not inside the segment */
export function split(segment: SegmentRow, at: number, by: Author): RowEdit<'segment'>[] {
  const { start_s, end_s, revision, ...row } = segment;
  if (at - start_s < SHORTEST_S || end_s - at < SHORTEST_S) return [];
  return [...resize(segment, { startS: start_s, endS: at }), { table: 'segment', kind: 'insert', row: { ...row, id: by.newId(), start_s: at, end_s } }];
}

/** One segment with the first one's label, from the start of the earlier to the end of the later one. */
export function merge(first: SegmentRow, second: SegmentRow): RowEdit<'segment'>[] {
  return [...resize(first, { startS: Math.min(first.start_s, second.start_s), endS: Math.max(first.end_s, second.end_s) }), remove(second)];
}

/** Segments of a face that overlap a span, and what of each lies outside of it. */
function overlapping(segments: readonly SegmentRow[], face: number, { startS, endS }: Span, except?: string) {
  return segments
    .filter(({ id, face_id, start_s, end_s }) => id !== except && face_id === face && end_s > startS && start_s < endS)
    .map((segment) => ({ segment, hasBefore: startS - segment.start_s >= SHORTEST_S, hasAfter: segment.end_s - endS >= SHORTEST_S }));
}

/**
 * Clears a span of one face: segments that overlap it are cut, split or deleted.
 * @param except id of the segment that will occupy the span
 */
export function clearSpan(segments: readonly SegmentRow[], face: number, span: Span, by: Author, except?: string): RowEdit<'segment'>[] {
  return overlapping(segments, face, span, except).flatMap(({ segment, hasBefore, hasAfter }) => {
    const { start_s, end_s } = segment;
    if (hasBefore && hasAfter) {
      const { revision, ...row } = segment;
      return [
        ...resize(segment, { startS: start_s, endS: span.startS }),
        { table: 'segment' as const, kind: 'insert' as const, row: { ...row, id: by.newId(), start_s: span.endS } },
      ];
    }
    if (hasBefore) return resize(segment, { startS: start_s, endS: span.startS });
    return hasAfter ? resize(segment, { startS: span.endS, endS: end_s }) : [remove(segment)];
  });
}

/** What `clearSpan` does with the same arguments, for the description of its step. */
export function cutLabels(segments: readonly SegmentRow[], face: number, span: Span, except?: string): CutLabel[] {
  return overlapping(segments, face, span, except).map(({ segment: { label, start_s: startS, end_s: endS }, hasBefore, hasAfter }) => {
    const change = hasBefore && hasAfter ? 'divided' : hasBefore || hasAfter ? 'shortened' : 'deleted';
    return { label, startS, endS, change };
  });
}

/**
 * A span with the segments of the same label that touch or overlap it: together they are one expression, not several.
 * @returns the whole span, the edits that remove those segments, and the other segments
 */
export function withNeighbours(
  segments: readonly SegmentRow[],
  face: number,
  label: string,
  { startS, endS }: Span,
): { span: Span; edits: RowEdit<'segment'>[]; others: SegmentRow[] } {
  const touches = ({ face_id, label: own, start_s, end_s }: SegmentRow): boolean =>
    face_id === face && own === label && start_s < endS + SHORTEST_S && end_s > startS - SHORTEST_S;
  const neighbours = segments.filter(touches);
  return {
    span: { startS: Math.min(startS, ...neighbours.map(({ start_s }) => start_s)), endS: Math.max(endS, ...neighbours.map(({ end_s }) => end_s)) },
    edits: neighbours.map(remove),
    others: segments.filter((segment) => !touches(segment)),
  };
}

/** The nearest of the moments within `maxDistance`, otherwise `seconds` itself. @param moments in any order */
export function snap(seconds: number, moments: readonly number[], maxDistance: number): number {
  let [best, distance] = [seconds, maxDistance];
  for (const moment of moments) {
    const candidate = Math.abs(moment - seconds);
    if (candidate <= distance) [best, distance] = [moment, candidate];
  }
  return best;
}
