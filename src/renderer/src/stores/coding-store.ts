import { defineStore, storeToRefs } from 'pinia';
import type { FaceSpan } from '../../../shared/annotation/decisions.ts';
import { noteAt, reject, resolveWithoutLabel } from '../../../shared/annotation/decisions.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import type { PeakRow } from '../../../shared/annotation/peak-edits.ts';
import { acceptPeak, createPeak, DEFAULT_HALF_WIDTH_S, moveApex, relabelPeak, removePeak } from '../../../shared/annotation/peak-edits.ts';
import type { LabelDraft } from '../../../shared/annotation/coding-scheme-edits.ts';
import { labelEdits } from '../../../shared/annotation/coding-scheme-edits.ts';
import { modifiersText } from '../../../shared/annotation/modifiers.ts';
import type { Author, SegmentRow, Span } from '../../../shared/annotation/segment-edits.ts';
import {
  acceptProposal,
  clearSpan,
  createSegment,
  cutLabels,
  merge,
  relabel,
  remark,
  remove,
  resize,
  SHORTEST_S,
  split,
  withNeighbours,
} from '../../../shared/annotation/segment-edits.ts';
import type { CutLabel, Step } from '../../../shared/annotation/steps.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { TrialRow } from '../../../shared/annotation/trial-edits.ts';
import { changeTrial } from '../../../shared/annotation/trial-edits.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { studio } from '../api/api.ts';
import { endsBlind, useHistory } from './history-store.ts';
import type { LibraryVideo } from './project-store.ts';
import { useProject } from './project-store.ts';
import { blindEdit, useReview } from './review-store.ts';
import { useToasts } from './toasts-store.ts';
import { i18n } from '../texts/i18n.ts';
import { stepText } from '../texts/step-text.ts';

/** Decisions for spans that touch and have the same label become one: the disagreement cut one expression into pieces. */
function joinedDecisions<S extends FaceSpan>(decisions: readonly { span: S; name: string | null }[]): { span: FaceSpan; name: string | null }[] {
  const joined: { span: FaceSpan; name: string | null }[] = [];
  for (const { span, name } of decisions.toSorted((a, b) => a.span.face - b.span.face || a.span.startS - b.span.startS)) {
    const last = joined.at(-1);
    if (last !== undefined && name !== null && last.name === name && last.span.face === span.face && span.startS - last.span.endS < SHORTEST_S)
      joined[joined.length - 1] = { name, span: { face: span.face, startS: last.span.startS, endS: span.endS } };
    else joined.push({ span: { face: span.face, startS: span.startS, endS: span.endS }, name });
  }
  return joined;
}

/** Labels that are further apart are two expressions, not one. */
const MOST_GAP_S = 0.5;

const REVIEW_STEPS = { new: 'video.markNew', in_review: 'video.markInReview', done: 'video.markDone' } as const;

/** A coder's edits of the open video. Each call is one undo step. */
export const useCoding = defineStore('coding', () => {
  const project = useProject();
  const review = useReview();
  const toasts = useToasts();
  const steps = useHistory();
  const { video, face, coder, own, proposals, adjudicated, selected, selectedSegment, selectedPeak, playhead, isOverlapAllowed } = storeToRefs(review);

  const author = (): Author => ({ name: coder.value?.name ?? '', at: new Date().toISOString(), newId: () => crypto.randomUUID() });

  /** The id of a layer and, if it does not exist yet, the edit that creates it. */
  function layerFor(kind: 'coder' | 'adjudicated'): { id: string; creation: RowEdit[] } {
    const known = kind === 'coder' ? own.value : adjudicated.value;
    if (known !== undefined) return { id: known.layer.id, creation: [] };
    if (video.value === null || coder.value === null) throw new Error('No video is open, or no coder is set.');
    const id = crypto.randomUUID();
    const row = {
      id,
      video_id: video.value.id,
      kind,
      coder_id: kind === 'coder' ? coder.value.id : null,
      run_id: null,
      scheme_id: review.schemeId,
      created_at: new Date().toISOString(),
    };
    return { id, creation: [{ table: 'layer', kind: 'insert', row }] };
  }

  /** Applies rows as one undo step. @returns whether it succeeded */
  async function edit(undoStep: Step, rows: readonly RowEdit[]): Promise<boolean> {
    const currentCoder = coder.value;
    if (currentCoder === null || rows.length === 0) return false;
    return project.attempt(async () => {
      const applied = await studio.edits.apply({ coderId: currentCoder.id, step: undoStep, rows: [...rows] });
      await review.showEdit(applied);
      const undo = (): unknown => steps.apply('undo', currentCoder.id, { only: applied.entry });
      toasts.show(stepText(undoStep), { undo: endsBlind('undo', undoStep) ? null : undo });
    });
  }

  /** The edits that prevent overlaps of the coder's labels with a span; none if overlaps are allowed. */
  const overlapEdits = (span: Span, except?: string, spanFace = face.value): RowEdit[] =>
    isOverlapAllowed.value ? [] : clearSpan(own.value?.segments ?? [], spanFace, span, author(), except);

  /** What becomes of the labels that `overlapEdits` changes, as a parameter of the step; nothing if there are none. */
  function cutBy(span: Span, except?: string, spanFace = face.value): { cut?: readonly CutLabel[] } {
    const cut = isOverlapAllowed.value ? [] : cutLabels(own.value?.segments ?? [], spanFace, span, except);
    return cut.length === 0 ? {} : { cut };
  }

  async function create(name: string, span: Span): Promise<void> {
    if (span.endS - span.startS < SHORTEST_S) return;
    const { id, creation } = layerFor('coder');
    const insertion = createSegment(id, face.value, name, span, author());
    if (await edit(step('segment.create', { label: name, ...cutBy(span) }), [...creation, ...overlapEdits(span), insertion]))
      selected.value = insertion.kind === 'insert' ? insertion.row.id : null;
  }

  /** Relabels the selected segment or peak. A selected proposal is accepted with the new label. */
  async function label(name: string): Promise<void> {
    const [segment, peak] = [selectedSegment.value, selectedPeak.value];
    if (peak !== undefined) {
      if (review.isOwn(peak)) await edit(step('peak.relabel', { label: name }), [relabelPeak(peak, name)]);
      else await acceptModelPeak({ ...peak, label: name });
    } else if (segment !== undefined && review.isOwn(segment)) await edit(step('segment.relabel', { label: name }), [relabel(segment, name)]);
    else if (segment !== undefined) await accept([segment], name);
  }

  /**
   * Copies proposals into the coder's layer. A single proposal replaces the coder's labels in its span. Of several proposals,
   * those that overlap a label of the coder are skipped, so that a bulk action does not overwrite decisions.
   */
  async function accept(segments: readonly SegmentRow[], as?: string): Promise<void> {
    const { id, creation } = layerFor('coder');
    const [only] = segments.length === 1 ? segments : [];
    const isFree = ({ face_id, start_s, end_s }: SegmentRow): boolean =>
      isOverlapAllowed.value || own.value?.segments.every((each) => each.face_id !== face_id || each.end_s <= start_s || each.start_s >= end_s) !== false;
    const accepted = only === undefined ? segments.filter(isFree) : segments;
    const insertions = accepted.map((segment) => acceptProposal(as === undefined ? segment : { ...segment, label: as }, id, author()));
    const span = only === undefined ? null : { startS: only.start_s, endS: only.end_s };
    const cleared = span === null ? [] : overlapEdits(span, undefined, only?.face_id);
    const undoStep =
      only === undefined || span === null
        ? step('proposal.acceptMany', { count: insertions.length })
        : step('proposal.accept', { label: as ?? only.label, ...cutBy(span, undefined, only.face_id) });
    const isDone = insertions.length > 0 && (await edit(undoStep, [...creation, ...cleared, ...insertions]));
    const [first] = insertions;
    if (isDone && only !== undefined && first?.kind === 'insert') selected.value = first.row.id;
  }

  /** Rejects proposals: they count as reviewed, and nothing is labelled. */
  async function rejectProposals(segments: readonly SegmentRow[]): Promise<void> {
    const [currentCoder, openVideo] = [coder.value, video.value];
    if (currentCoder === null || openVideo === null) return;
    const [only] = segments.length === 1 ? segments : [];
    const undoStep = only === undefined ? step('proposal.rejectMany', { count: segments.length }) : step('proposal.reject', { label: only.label });
    const rows = segments.map((segment) => reject(openVideo.id, currentCoder.id, segment, author()));
    if (await edit(undoStep, rows)) selected.value = null;
  }

  /** Changes the comment or the modifiers of the selected label or peak. */
  async function setRemark(remarks: { comment: string } | { modifiers: string | null }): Promise<void> {
    const [segment, peak] = [selectedSegment.value, selectedPeak.value];
    const row = segment ?? peak;
    if (row === undefined || !review.isOwn(row)) return;
    const undoStep =
      'comment' in remarks
        ? step('label.comment', { label: row.label })
        : step('label.modifiers', { label: row.label, modifiers: modifiersText(remarks.modifiers) || '–' });
    await edit(undoStep, [segment === undefined ? remark('peak', row as PeakRow, remarks) : remark('segment', segment, remarks)]);
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
      await edit(step('segment.move', { label: segment.label, ...cutBy(span, segment.id, segment.face_id) }), [
        ...overlapEdits(span, segment.id, segment.face_id),
        ...rows,
      ]);
  }

  /** Moves a trial or marker, or an edge of a trial. The program refuses one that overlaps with another of its type. */
  async function moveTrial(trial: TrialRow, { startS, endS }: Span): Promise<void> {
    const { id, video_id, revision, ...draft } = trial;
    const moved = { ...draft, start_s: roundSeconds(startS), end_s: trial.end_s === null ? null : roundSeconds(endS) };
    await edit(step('trial.change', { trial: trial.name, type: trial.type }), changeTrial(trial, moved));
  }

  async function splitSelected(): Promise<void> {
    const segment = selectedSegment.value;
    if (segment !== undefined && review.isOwn(segment)) await edit(step('segment.split', { label: segment.label }), split(segment, playhead.value, author()));
  }

  /** Merges the selected segment with the next one, if both have the same label and nothing lies between them. */
  async function mergeSelected(): Promise<void> {
    const segment = selectedSegment.value;
    if (segment === undefined || !review.isOwn(segment)) return;
    const next = own.value?.segments.find((each) => each.face_id === segment.face_id && each.id !== segment.id && each.start_s >= segment.start_s);
    if (next === undefined || next.label !== segment.label || next.start_s - segment.end_s > MOST_GAP_S)
      toasts.show(i18n.global.t('coding.cannotMerge'), { kind: 'problem' });
    else await edit(step('segment.merge', { label: segment.label }), merge(segment, next));
  }

  /** Replaces a label by another in all of the coder's segments in this video, in one undo step. */
  async function relabelAll(from: string, to: string): Promise<void> {
    const rows = (own.value?.segments ?? []).filter((segment) => segment.label === from).map((segment) => relabel(segment, to));
    await edit(step('segment.relabelAll', { count: rows.length, label: from, to }), rows);
  }

  /** Changes the project's labels to the drafts, in one undo step. @returns whether it succeeded */
  async function changeLabels(drafts: readonly LabelDraft[]): Promise<boolean> {
    const rows = labelEdits(review.schemeId, review.labels, drafts, author().newId);
    return rows.length === 0 || edit(step('labels.change', {}), rows);
  }

  /** Adds a peak at the playhead. Onset and offset are those of the selected segment, or half a second away. */
  async function addPeak(name: string): Promise<void> {
    const [segment, apexS] = [selectedSegment.value, playhead.value];
    const isInside = segment !== undefined && segment.start_s <= apexS && apexS < segment.end_s;
    const times = isInside
      ? { onsetS: segment.start_s, apexS, offsetS: segment.end_s }
      : { onsetS: Math.max(0, apexS - DEFAULT_HALF_WIDTH_S), apexS, offsetS: apexS + DEFAULT_HALF_WIDTH_S };
    const { id, creation } = layerFor('coder');
    const insertion = createPeak(id, face.value, name, times, author());
    if (await edit(step('peak.create', { label: name }), [...creation, insertion])) selected.value = insertion.kind === 'insert' ? insertion.row.id : null;
  }

  async function acceptModelPeak(peak: PeakRow): Promise<void> {
    const { id, creation } = layerFor('coder');
    const insertion = acceptPeak(peak, id, author());
    if (await edit(step('peak.accept', { label: peak.label }), [...creation, insertion]))
      selected.value = insertion.kind === 'insert' ? insertion.row.id : null;
  }

  /**
   * Moves the apex of a peak. A model's peak is accepted with the new apex, once: the copy that exists already is moved instead. Peaks
   * of other coders stay.
   */
  async function movePeak(peak: PeakRow, apexS: number): Promise<void> {
    const copy = own.value?.peaks.find(({ proposal_id }) => proposal_id === peak.id);
    const isProposal = proposals.value?.layer.id === peak.layer_id;
    if (!isProposal && !review.isOwn(peak)) toasts.show(i18n.global.t('coding.notYours'), { kind: 'problem' });
    else if (copy !== undefined) await edit(step('peak.move', { label: copy.label }), [moveApex(copy, apexS)]);
    else if (review.isOwn(peak)) await edit(step('peak.move', { label: peak.label }), [moveApex(peak, apexS)]);
    else await acceptModelPeak({ ...peak, apex_s: apexS, onset_s: Math.min(peak.onset_s, apexS), offset_s: Math.max(peak.offset_s, apexS) });
  }

  /** Begins or ends blind coding, as a step of the history. */
  async function setBlind(isBlind: boolean): Promise<void> {
    const row = coder.value;
    selected.value = null;
    if (row === null) review.isNextBlind = isBlind;
    else if (isBlind !== review.isBlind) await edit(step(isBlind ? 'blind.begin' : 'blind.end', {}), [blindEdit(row, isBlind)]);
  }

  async function writeNote(text: string, atS: number | null): Promise<boolean> {
    const currentCoder = coder.value;
    if (currentCoder === null || video.value === null || text.trim() === '') return false;
    return edit(step('note.create', {}), [noteAt(video.value.id, currentCoder.id, atS, text.trim(), author())]);
  }

  const changeNote = ({ id, revision }: { id: string; revision: number }, text: string): Promise<boolean> =>
    edit(step('note.change', {}), [{ table: 'note', kind: 'update', id, revision, set: { text } }]);

  const deleteNote = ({ id, revision }: { id: string; revision: number }): Promise<boolean> =>
    edit(step('note.delete', {}), [{ table: 'note', kind: 'delete', id, revision }]);

  /** Decides disagreements: `decide` returns the label for a span, or null for no label. */
  async function adjudicate<S extends FaceSpan>(spans: readonly S[], decide: (span: S) => string | null): Promise<void> {
    const [currentCoder, openVideo] = [coder.value, video.value];
    if (currentCoder === null || openVideo === null || spans.length === 0) return;
    const { id, creation } = layerFor('adjudicated');
    const decided = joinedDecisions(spans.map((span) => ({ span, name: decide(span) })));
    const rows = decided.flatMap(({ span, name }): RowEdit[] => {
      if (name === null) return [resolveWithoutLabel(openVideo.id, currentCoder.id, span, author())];
      const known = adjudicated.value?.segments ?? [];
      // A single decision replaces earlier labels in its span. Bulk decisions apply only to unresolved spans.
      const { span: whole, edits: joined, others } = withNeighbours(known, span.face, name, span);
      const cleared = spans.length === 1 ? clearSpan(others, span.face, span, author()) : [];
      return [...cleared, ...joined, createSegment(id, span.face, name, whole, author())];
    });
    await edit(spans.length === 1 ? step('disagreement.decide', {}) : step('disagreement.acceptAgreed', { count: spans.length }), [...creation, ...rows]);
  }

  async function applyHistory(direction: 'undo' | 'redo'): Promise<void> {
    const currentCoder = coder.value;
    if (currentCoder === null) return;
    await steps.apply(direction, currentCoder.id);
  }

  /** Goes to a step of the coder's history; an error is shown, and nothing is changed then. */
  async function goToStep(id: number): Promise<void> {
    const currentCoder = coder.value;
    if (currentCoder === null) return;
    await project.attempt(async () => {
      for (const applied of await studio.edits.goTo({ coder: currentCoder.id, step: id })) await review.showEdit(applied);
    });
  }

  async function setReview(state: LibraryVideo['review']): Promise<void> {
    const [row, currentCoder] = [video.value, coder.value];
    if (row === null || currentCoder === null) return;
    const change: RowEdit = { table: 'video', kind: 'update', id: row.id, revision: row.revision, set: { review: state } };
    await project.attempt(async () => {
      await review.showEdit(await studio.edits.apply({ coderId: currentCoder.id, step: step(REVIEW_STEPS[state], {}), rows: [change] }));
    });
  }

  /** One after the other: an edit is made from the rows that the one before left. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<A extends unknown[], T>(work: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    return (...args) => {
      const done = last.then(() => work(...args));
      last = done.catch(() => undefined);
      return done;
    };
  }

  return {
    create: inTurn(create),
    label: inTurn(label),
    accept: inTurn(accept),
    rejectProposals: inTurn(rejectProposals),
    setRemark: inTurn(setRemark),
    removeSelected: inTurn(removeSelected),
    resizeSegment: inTurn(resizeSegment),
    moveTrial: inTurn(moveTrial),
    splitSelected: inTurn(splitSelected),
    mergeSelected: inTurn(mergeSelected),
    relabelAll: inTurn(relabelAll),
    changeLabels: inTurn(changeLabels),
    addPeak: inTurn(addPeak),
    acceptModelPeak: inTurn(acceptModelPeak),
    movePeak: inTurn(movePeak),
    setBlind: inTurn(setBlind),
    writeNote: inTurn(writeNote),
    changeNote: inTurn(changeNote),
    deleteNote: inTurn(deleteNote),
    adjudicate: <S extends FaceSpan>(spans: readonly S[], decide: (span: S) => string | null): Promise<void> => inTurn(() => adjudicate(spans, decide))(),
    applyHistory: inTurn(applyHistory),
    goToStep: inTurn(goToStep),
    setReview: inTurn(setReview),
  };
});
