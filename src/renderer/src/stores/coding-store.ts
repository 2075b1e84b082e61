import { defineStore, storeToRefs } from 'pinia';
import type { FaceSpan } from '../../../shared/annotation/decisions.ts';
import { noteAt, reject, settleWithoutLabel } from '../../../shared/annotation/decisions.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import type { PeakRow } from '../../../shared/annotation/peak-edits.ts';
import { acceptPeak, createPeak, moveApex, relabelPeak, removePeak, USUAL_HALF_S } from '../../../shared/annotation/peak-edits.ts';
import type { LabelDraft } from '../../../shared/annotation/coding-scheme-edits.ts';
import { labelEdits } from '../../../shared/annotation/coding-scheme-edits.ts';
import type { Author, SegmentRow, Span } from '../../../shared/annotation/segment-edits.ts';
import { acceptProposal, createSegment, makeRoom, merge, relabel, remove, resize, split } from '../../../shared/annotation/segment-edits.ts';
import type { Step } from '../../../shared/annotation/steps.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { studio } from '../api/api.ts';
import type { LibraryVideo } from './project-store.ts';
import { useProject } from './project-store.ts';
import { useReview } from './review-store.ts';

const MARKS = { new: 'video.markNew', in_review: 'video.markInReview', done: 'video.markDone' } as const;

/** What a coder does to the open video. Each call is one step of undo. */
export const useCoding = defineStore('coding', () => {
  const project = useProject();
  const review = useReview();
  const { video, face, coder, own, adjudicated, selected, selectedSegment, selectedPeak, playhead, isOverlapAllowed } = storeToRefs(review);

  const author = (): Author => ({ name: coder.value?.name ?? '', at: new Date().toISOString(), newId: () => crypto.randomUUID() });

  /** A layer's id, with the edit that makes it where there is none yet. */
  function layerFor(kind: 'coder' | 'adjudicated'): { id: string; making: RowEdit[] } {
    const known = kind === 'coder' ? own.value : adjudicated.value;
    if (known !== undefined) return { id: known.layer.id, making: [] };
    const id = crypto.randomUUID();
    const row = {
      ...{ id, video_id: video.value!.id, kind, coder_id: kind === 'coder' ? coder.value!.id : null, run_id: null },
      ...{ scheme_id: review.schemeId, created_at: new Date().toISOString() },
    };
    return { id, making: [{ table: 'layer', kind: 'insert', row }] };
  }

  /** One step of undo. @returns whether it was done */
  async function edit(made: Step, rows: readonly RowEdit[]): Promise<boolean> {
    const who = coder.value;
    if (who === null || rows.length === 0) return false;
    return project.attempt(async () => {
      await review.showEdit(await studio.edits.apply({ coderId: who.id, step: made, rows: [...rows] }));
    });
  }

  const roomFor = (span: Span, except?: string, of = face.value): RowEdit[] =>
    isOverlapAllowed.value ? [] : makeRoom(own.value?.segments ?? [], of, span, author(), except);

  async function create(label: string, span: Span): Promise<void> {
    const { id, making } = layerFor('coder');
    const made = createSegment(id, face.value, label, span, author());
    if (await edit(step('segment.create', { label }), [...making, ...roomFor(span), made])) selected.value = made.kind === 'insert' ? made.row.id : null;
  }

  /** A label for what is selected; a proposal that is selected is taken over with it. */
  async function label(name: string): Promise<void> {
    const [segment, peak] = [selectedSegment.value, selectedPeak.value];
    if (peak !== undefined) {
      if (review.isOwn(peak)) await edit(step('peak.relabel', { label: name }), [relabelPeak(peak, name)]);
      else await takePeak({ ...peak, label: name });
    } else if (segment !== undefined && review.isOwn(segment)) await edit(step('segment.relabel', { label: name }), [relabel(segment, name)]);
    else if (segment !== undefined) await accept([segment], name);
  }

  /**
   * Takes proposals over into the coder's layer. One makes room for itself; of several, those that touch a label of the
   * coder's are left alone, so that no decision is lost in a sweep.
   */
  async function accept(segments: readonly SegmentRow[], as?: string): Promise<void> {
    const { id, making } = layerFor('coder');
    const [only] = segments.length === 1 ? segments : [];
    const isFree = ({ face_id, start_s, end_s }: SegmentRow): boolean =>
      isOverlapAllowed.value || own.value?.segments.every((each) => each.face_id !== face_id || each.end_s <= start_s || each.start_s >= end_s) !== false;
    const taken = only === undefined ? segments.filter(isFree) : segments;
    const made = taken.map((segment) => acceptProposal(as === undefined ? segment : { ...segment, label: as }, id, author()));
    const room = only === undefined ? [] : roomFor({ startS: only.start_s, endS: only.end_s }, undefined, only.face_id);
    const what = only === undefined ? step('proposal.acceptMany', { count: made.length }) : step('proposal.accept', { label: as ?? only.label });
    const isDone = made.length > 0 && (await edit(what, [...making, ...room, ...made]));
    const [first] = made;
    if (isDone && only !== undefined && first?.kind === 'insert') selected.value = first.row.id;
  }

  /** Says of proposals that they are wrong: they need no review any more, and nothing is labelled. */
  async function rejectProposals(segments: readonly SegmentRow[]): Promise<void> {
    const who = coder.value;
    if (who === null || video.value === null) return;
    const [only] = segments.length === 1 ? segments : [];
    const what = only === undefined ? step('proposal.rejectMany', { count: segments.length }) : step('proposal.reject', { label: only.label });
    const rows = segments.map((segment) => reject(video.value!.id, who.id, segment, author()));
    if (await edit(what, rows)) selected.value = null;
  }

  async function removeSelected(): Promise<void> {
    const [segment, peak] = [selectedSegment.value, selectedPeak.value];
    if (peak !== undefined && review.isOwn(peak)) {
      if (await edit(step('peak.delete', { label: peak.label }), [removePeak(peak)])) selected.value = null;
    } else if (segment !== undefined && review.isOwn(segment) && (await edit(step('segment.delete', { label: segment.label }), [remove(segment)])))
      selected.value = null;
  }

  async function resizeSegment(segment: SegmentRow, span: Span): Promise<void> {
    const rows = resize(segment, span);
    if (review.isOwn(segment) && rows.length > 0)
      await edit(step('segment.move', { label: segment.label }), [...roomFor(span, segment.id, segment.face_id), ...rows]);
  }

  async function splitSelected(): Promise<void> {
    const segment = selectedSegment.value;
    if (segment !== undefined && review.isOwn(segment)) await edit(step('segment.split', { label: segment.label }), split(segment, playhead.value, author()));
  }

  /** The selected segment with the one after it. */
  async function mergeSelected(): Promise<void> {
    const segment = selectedSegment.value;
    if (segment === undefined || !review.isOwn(segment)) return;
    const next = own.value?.segments.find((each) => each.face_id === segment.face_id && each.id !== segment.id && each.start_s >= segment.start_s);
    if (next !== undefined) await edit(step('segment.merge', { label: segment.label }), merge(segment, next));
  }

  /** All of the coder's labels of one name in this video, renamed in one step. */
  async function relabelAll(from: string, to: string): Promise<void> {
    const rows = (own.value?.segments ?? []).filter((segment) => segment.label === from).map((segment) => relabel(segment, to));
    await edit(step('segment.relabelAll', { count: rows.length, label: from, to }), rows);
  }

  /** The project's labels as they are to be, in one step. @returns whether it was done */
  async function changeLabels(drafts: readonly LabelDraft[]): Promise<boolean> {
    const rows = labelEdits(review.schemeId, review.labels, drafts, author().newId);
    return rows.length === 0 || edit(step('labels.change', {}), rows);
  }

  /** A peak at the playhead, with the selected segment's span or half a second on either side. */
  async function addPeak(name: string): Promise<void> {
    const [segment, apexS] = [selectedSegment.value, playhead.value];
    const isInside = segment !== undefined && segment.start_s <= apexS && apexS < segment.end_s;
    const times = isInside
      ? { onsetS: segment.start_s, apexS, offsetS: segment.end_s }
      : { onsetS: Math.max(0, apexS - USUAL_HALF_S), apexS, offsetS: apexS + USUAL_HALF_S };
    const { id, making } = layerFor('coder');
    const made = createPeak(id, face.value, name, times, author());
    if (await edit(step('peak.create', { label: name }), [...making, made])) selected.value = made.kind === 'insert' ? made.row.id : null;
  }

  async function takePeak(peak: PeakRow): Promise<void> {
    const { id, making } = layerFor('coder');
    const made = acceptPeak(peak, id, author());
    if (await edit(step('peak.accept', { label: peak.label }), [...making, made])) selected.value = made.kind === 'insert' ? made.row.id : null;
  }

  /** Another apex; a model's peak is taken over with it. */
  async function movePeak(peak: PeakRow, apexS: number): Promise<void> {
    if (review.isOwn(peak)) await edit(step('peak.move', { label: peak.label }), [moveApex(peak, apexS)]);
    else await takePeak({ ...peak, apex_s: apexS, onset_s: Math.min(peak.onset_s, apexS), offset_s: Math.max(peak.offset_s, apexS) });
  }

  async function writeNote(text: string, atS: number | null): Promise<boolean> {
    const who = coder.value;
    if (who === null || video.value === null || text.trim() === '') return false;
    return edit(step('note.create', {}), [noteAt(video.value.id, who.id, atS, text.trim(), author())]);
  }

  const deleteNote = ({ id, revision }: { id: string; revision: number }): Promise<boolean> =>
    edit(step('note.delete', {}), [{ table: 'note', kind: 'delete', id, revision }]);

  /** What coders disagree about, decided: a label over the span, or null where there is nothing to label. */
  async function adjudicate(spans: readonly FaceSpan[], decide: (span: FaceSpan, i: number) => string | null): Promise<void> {
    const who = coder.value;
    if (who === null || video.value === null || spans.length === 0) return;
    const { id, making } = layerFor('adjudicated');
    const rows = spans.flatMap((span, i): RowEdit[] => {
      const name = decide(span, i);
      if (name === null) return [settleWithoutLabel(video.value!.id, who.id, span, author())];
      // What was decided before gives way where there is one span; a sweep comes to free time alone.
      const room = spans.length === 1 ? makeRoom(adjudicated.value?.segments ?? [], span.face, span, author()) : [];
      return [...room, createSegment(id, span.face, name, span, author())];
    });
    await edit(spans.length === 1 ? step('disagreement.decide', {}) : step('disagreement.acceptAgreed', { count: spans.length }), [...making, ...rows]);
  }

  async function applyHistory(direction: 'undo' | 'redo'): Promise<void> {
    const who = coder.value;
    if (who === null) return;
    await project.attempt(async () => {
      const applied = await studio.edits[direction]({ coder: who.id });
      if (applied !== null) await review.showEdit(applied);
    });
  }

  async function setReview(state: LibraryVideo['review']): Promise<void> {
    const [row, who] = [video.value, coder.value];
    if (row === null || who === null) return;
    const change: RowEdit = { table: 'video', kind: 'update', id: row.id, revision: row.revision, set: { review: state } };
    await project.attempt(async () => {
      const { clock } = await studio.edits.apply({ coderId: who.id, step: step(MARKS[state], {}), rows: [change] });
      video.value = { ...row, review: state, revision: clock };
    });
  }

  return {
    ...{ create, label, accept, rejectProposals, removeSelected, resizeSegment, splitSelected, mergeSelected, relabelAll, changeLabels },
    ...{ addPeak, takePeak, movePeak, writeNote, deleteNote, adjudicate, applyHistory, setReview },
  };
});
