import { storeToRefs } from 'pinia';
import { useI18n } from 'vue-i18n';
import { undecided } from '../../../../shared/annotation/review-order.ts';
import type { SegmentRow } from '../../../../shared/annotation/segment-edits.ts';
import { nearestIndex } from '../../../../shared/basics/sorted-search.ts';
import { useCoding } from '../../stores/coding-store.ts';
import { useReview } from '../../stores/review-store.ts';
import { useToasts } from '../../stores/toasts-store.ts';
import type { Navigation } from './useNavigation.ts';

/** Edits of the selected label or of the proposal at the playhead. */
export interface SelectionEdits {
  /** Moves an edge of the selected label to the playhead. */
  readonly moveEdge: (edge: 'start' | 'end') => Promise<void>;
  /** Moves the edge of the selection that is nearer to the playhead by a frame, and shows the frame there. */
  readonly nudgeEdge: (by: -1 | 1) => Promise<void>;
  /** Accepts or rejects the current proposal, or says why not. */
  readonly decide: (kind: 'accept' | 'reject') => Promise<void>;
}

/** @param onDecided called after a proposal was accepted or rejected */
export function useSelectionEdits({ frameEnd, goToFrame }: Navigation, onDecided: () => void): SelectionEdits {
  const { t } = useI18n();
  const review = useReview();
  const coding = useCoding();
  const toasts = useToasts();
  const { face, edges, playhead, selectedSegment, selectedPeak, coder, isBlind, own, proposals, decisions } = storeToRefs(review);

  async function moveEdge(edge: 'start' | 'end'): Promise<void> {
    const segment = selectedSegment.value;
    if (segment === undefined) return;
    await coding.resizeSegment(segment, edge === 'start' ? { startS: playhead.value, endS: segment.end_s } : { startS: segment.start_s, endS: frameEnd.value });
  }

  async function nudgeEdge(by: -1 | 1): Promise<void> {
    const segment = selectedSegment.value;
    if (segment === undefined || !review.isOwn(segment)) return;
    const isStart = Math.abs(playhead.value - segment.start_s) <= Math.abs(playhead.value - segment.end_s);
    const index = nearestIndex(edges.value, isStart ? segment.start_s : segment.end_s) + by;
    const toS = edges.value[index];
    if (toS === undefined) return;
    await coding.resizeSegment(segment, isStart ? { startS: toS, endS: segment.end_s } : { startS: segment.start_s, endS: toS });
    // The last frame of a label is the one before its end.
    goToFrame(isStart ? index : index - 1);
  }

  /** The selected proposal, or the open one under the playhead. */
  function currentProposal(): SegmentRow | undefined {
    if (selectedSegment.value !== undefined) return review.isOwn(selectedSegment.value) ? undefined : selectedSegment.value;
    if (isBlind.value) return undefined;
    return undecided(proposals.value?.segments ?? [], own.value?.segments ?? [], decisions.value, coder.value?.id ?? '').find(
      ({ face_id, start_s, end_s }) => face_id === face.value && start_s <= playhead.value + 1e-6 && playhead.value < end_s,
    );
  }
  async function decide(kind: 'accept' | 'reject'): Promise<void> {
    if (coder.value === null) return toasts.show(t('faceParticipant.needsCoder'), { kind: 'problem' });
    const peak = selectedPeak.value;
    if (kind === 'accept' && peak !== undefined && !review.isOwn(peak)) return coding.acceptModelPeak(peak);
    const proposal = currentProposal();
    if (proposal === undefined) return toasts.show(t(isBlind.value ? 'proposals.blind' : 'coding.noProposal'), { kind: 'problem' });
    await (kind === 'accept' ? coding.accept([proposal]) : coding.rejectProposals([proposal]));
    onDecided();
  }
  return { moveEdge, nudgeEdge, decide };
}
