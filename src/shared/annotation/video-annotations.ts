import type { DecisionRow, NoteRow } from './decisions.ts';
import type { AppliedEdit, EditableRows, RowChange } from './editable-rows.ts';
import type { PeakRow } from './peak-edits.ts';
import type { SegmentRow } from './segment-edits.ts';

export type LayerRow = EditableRows['layer'];

/** One layer of a video with its segments and peaks, both in order of time. */
export interface LayerContents {
  readonly layer: LayerRow;
  readonly segments: readonly SegmentRow[];
  readonly peaks: readonly PeakRow[];
}

/** All annotations of one video, as a window stores them. */
export interface VideoAnnotations {
  readonly video: string;
  readonly layers: readonly LayerContents[];
  readonly notes: readonly NoteRow[];
  readonly decisions: readonly DecisionRow[];
  /** Clock of deletion by deleted row: an older response that arrives late must not restore the row. */
  readonly deleted: ReadonlyMap<string, number>;
}

export const noAnnotations = (video: string): VideoAnnotations => ({ video, layers: [], notes: [], decisions: [], deleted: new Map() });

/**
 * Applies an edit, undo or redo. Edits may arrive twice (as a response and as an event) and out of order. The revision of each
 * row decides, so the result does not depend on the order.
 */
export function applyChanges(annotations: VideoAnnotations, { changes, clock }: Pick<AppliedEdit, 'changes' | 'clock'>): VideoAnnotations {
  return changes.reduce((state, change) => applyChange(state, change, clock), annotations);
}

function applyChange(state: VideoAnnotations, change: RowChange, clock: number): VideoAnnotations {
  const { table, id, before, after } = change;
  if (after !== null && (state.deleted.get(id) ?? -1) >= clock) return state;
  const deleted = after === null ? new Map(state.deleted).set(id, Math.max(clock, state.deleted.get(id) ?? 0)) : state.deleted;
  const next = { ...state, deleted };
  const row = after ?? before;
  if (row === null) return next;
  if (table === 'note' && row['video_id'] === state.video) return { ...next, notes: changed(state.notes, id, after as NoteRow | null, clock, byMoment) };
  if (table === 'decision' && row['video_id'] === state.video)
    return { ...next, decisions: changed(state.decisions, id, after as DecisionRow | null, clock, byStart) };
  if (table === 'layer' && row['video_id'] === state.video) return { ...next, layers: changedLayers(state.layers, id, after as LayerRow | null, clock) };
  if (table === 'segment' || table === 'peak') return { ...next, layers: state.layers.map((each) => changedContents(each, change, clock)) };
  return next;
}

function changedLayers(layers: readonly LayerContents[], id: string, after: LayerRow | null, clock: number): readonly LayerContents[] {
  const known = layers.find(({ layer }) => layer.id === id);
  if (known === undefined) return after === null ? layers : [...layers, { layer: after, segments: [], peaks: [] }];
  if (known.layer.revision > clock) return layers;
  return layers.flatMap((each) => (each !== known ? [each] : after === null ? [] : [{ ...each, layer: after }]));
}

/** Removes a row that has moved to another layer. */
function changedContents(contents: LayerContents, { table, id, after }: RowChange, clock: number): LayerContents {
  const isHere = after !== null && after['layer_id'] === contents.layer.id;
  if (table === 'segment') {
    const segments = changed(contents.segments, id, isHere ? (after as unknown as SegmentRow) : null, clock, bySegment);
    return segments === contents.segments ? contents : { ...contents, segments };
  }
  const peaks = changed(contents.peaks, id, isHere ? (after as unknown as PeakRow) : null, clock, byApex);
  return peaks === contents.peaks ? contents : { ...contents, peaks };
}

/** @returns the same array if nothing changed */
function changed<R extends { readonly id: string; readonly revision: number }>(
  rows: readonly R[],
  id: string,
  after: R | null,
  clock: number,
  order: (a: R, b: R) => number,
): readonly R[] {
  const known = rows.find((row) => row.id === id);
  if (known === undefined ? after === null : known.revision > clock) return rows;
  const others = known === undefined ? rows : rows.filter((row) => row !== known);
  return after === null ? others : [...others, after].sort(order);
}

const byMoment = (a: NoteRow, b: NoteRow): number => (a.at_s ?? -1) - (b.at_s ?? -1) || a.made_at.localeCompare(b.made_at);
const byStart = (a: DecisionRow, b: DecisionRow): number => a.start_s - b.start_s || a.made_at.localeCompare(b.made_at);
const bySegment = (a: SegmentRow, b: SegmentRow): number => a.start_s - b.start_s || a.face_id - b.face_id;
const byApex = (a: PeakRow, b: PeakRow): number => a.apex_s - b.apex_s || a.face_id - b.face_id;
