import type { DecisionRow, NoteRow } from './decisions.ts';
import type { AppliedEdit, EditableRows } from './editable-rows.ts';
import type { PeakRow } from './peak-edits.ts';
import type { SegmentRow } from './segment-edits.ts';
import type { TrialRow } from './trial-edits.ts';

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
  /** In order of time. */
  readonly trials: readonly TrialRow[];
  /** Clock of deletion by deleted row: an older response that arrives late must not restore the row. */
  readonly deleted: ReadonlyMap<string, number>;
}

export const noAnnotations = (video: string): VideoAnnotations => ({ video, layers: [], notes: [], decisions: [], trials: [], deleted: new Map() });

/**
 * Applies an edit, undo or redo. Edits may arrive twice (as a response and as an event) and out of order. The revision of each
 * row decides, so the result does not depend on the order. The time grows with the number of rows and changes, not with their
 * product: an import can have 100,000 changes.
 */
export function applyChanges(annotations: VideoAnnotations, { changes, clock }: Pick<AppliedEdit, 'changes' | 'clock'>): VideoAnnotations {
  const deleted = new Map(annotations.deleted);
  const notes = new RowList(annotations.notes, byMoment, clock);
  const decisions = new RowList(annotations.decisions, byStart, clock);
  const trials = new RowList(annotations.trials, byTrial, clock);
  const layers = new LayerList(annotations.layers, clock);
  for (const { table, id, before, after } of changes) {
    if (after !== null && (deleted.get(id) ?? -1) >= clock) continue;
    if (after === null) deleted.set(id, Math.max(clock, deleted.get(id) ?? 0));
    const isHere = (after ?? before)?.['video_id'] === annotations.video;
    if (table === 'note' && isHere) notes.change(id, after as NoteRow | null);
    else if (table === 'decision' && isHere) decisions.change(id, after as DecisionRow | null);
    else if (table === 'trial' && isHere) trials.change(id, after as TrialRow | null);
    else if (table === 'layer' && isHere) layers.change(id, after as LayerRow | null);
    else if (table === 'segment') layers.changeSegment(id, after as unknown as SegmentRow | null);
    else if (table === 'peak') layers.changePeak(id, after as unknown as PeakRow | null);
  }
  return { ...annotations, notes: notes.rows, decisions: decisions.rows, trials: trials.rows, layers: layers.contents, deleted };
}

/** Rows in order, while changes are applied. */
class RowList<R extends { readonly id: string; readonly revision: number }> {
  readonly #before: readonly R[];
  readonly #order: (a: R, b: R) => number;
  readonly #clock: number;
  readonly #byId: Map<string, R>;
  #isChanged = false;

  constructor(before: readonly R[], order: (a: R, b: R) => number, clock: number) {
    [this.#before, this.#order, this.#clock] = [before, order, clock];
    this.#byId = new Map(before.map((row) => [row.id, row]));
  }

  /** Adds, replaces or removes a row. A row with a later revision stays. */
  change(id: string, after: R | null): void {
    const known = this.#byId.get(id);
    if (known === undefined ? after === null : known.revision > this.#clock) return;
    this.#isChanged = true;
    // A replaced row goes to the end, behind rows with the same place in the order.
    this.#byId.delete(id);
    if (after !== null) this.#byId.set(id, after);
  }

  /** The same array if nothing changed. */
  get rows(): readonly R[] {
    return this.#isChanged ? [...this.#byId.values()].sort(this.#order) : this.#before;
  }
}

/** A layer, while changes are applied. `before` is null for a new one. */
interface LayerInWork {
  readonly before: LayerContents | null;
  layer: LayerRow;
  readonly segments: RowList<SegmentRow>;
  readonly peaks: RowList<PeakRow>;
}

/** The layers of a video, while changes are applied. */
class LayerList {
  readonly #clock: number;
  #layers: LayerInWork[];

  constructor(before: readonly LayerContents[], clock: number) {
    this.#clock = clock;
    this.#layers = before.map((each) => this.#listOf(each.layer, each));
  }

  #listOf(layer: LayerRow, before: LayerContents | null): LayerInWork {
    const segments = new RowList(before?.segments ?? [], bySegment, this.#clock);
    return { before, layer, segments, peaks: new RowList(before?.peaks ?? [], byApex, this.#clock) };
  }

  change(id: string, after: LayerRow | null): void {
    const known = this.#layers.find(({ layer }) => layer.id === id);
    if (known === undefined) {
      if (after !== null) this.#layers.push(this.#listOf(after, null));
    } else if (known.layer.revision <= this.#clock) {
      if (after === null) this.#layers = this.#layers.filter((each) => each !== known);
      else known.layer = after;
    }
  }

  /** A row that has moved to another layer is removed from the one before. */
  changeSegment(id: string, after: SegmentRow | null): void {
    for (const { layer, segments } of this.#layers) segments.change(id, after?.layer_id === layer.id ? after : null);
  }

  changePeak(id: string, after: PeakRow | null): void {
    for (const { layer, peaks } of this.#layers) peaks.change(id, after?.layer_id === layer.id ? after : null);
  }

  /** Layers that did not change are the same objects. */
  get contents(): readonly LayerContents[] {
    return this.#layers.map(({ before, layer, segments, peaks }) => {
      const isSame = before?.layer === layer && before.segments === segments.rows && before.peaks === peaks.rows;
      return isSame ? before : { layer, segments: segments.rows, peaks: peaks.rows };
    });
  }
}

const byMoment = (a: NoteRow, b: NoteRow): number => (a.at_s ?? -1) - (b.at_s ?? -1) || a.made_at.localeCompare(b.made_at);
const byStart = (a: DecisionRow, b: DecisionRow): number => a.start_s - b.start_s || a.made_at.localeCompare(b.made_at);
const byTrial = (a: TrialRow, b: TrialRow): number => a.start_s - b.start_s || a.name.localeCompare(b.name);
const bySegment = (a: SegmentRow, b: SegmentRow): number => a.start_s - b.start_s || a.face_id - b.face_id;
const byApex = (a: PeakRow, b: PeakRow): number => a.apex_s - b.apex_s || a.face_id - b.face_id;
