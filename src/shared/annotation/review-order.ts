import type { DecisionRow } from './decisions.ts';
import { isRejected } from './decisions.ts';
import type { SegmentRow } from './segment-edits.ts';

/** Most doubtful first, strongest first, or as they come in the video. */
export type ReviewOrder = 'doubtful' | 'strong' | 'time';

/** Share of a proposal that labels of the coder's own must cover for it to count as decided. */
const COVERED = 0.5;

/**
 * A model's segments that a coder has yet to decide: neither taken over, nor labelled otherwise, nor rejected.
 * Neutral spans are left out: they are what remains.
 */
export function undecided(proposals: readonly SegmentRow[], own: readonly SegmentRow[], decisions: readonly DecisionRow[], coder: string): SegmentRow[] {
  const taken = new Set(own.map(({ proposal_id }) => proposal_id));
  return proposals.filter(
    (proposal) => proposal.label !== 'neutral' && !taken.has(proposal.id) && coveredShare(proposal, own) < COVERED && !isRejected(decisions, coder, proposal),
  );
}

/** Seconds of a segment that others, which do not overlap, cover in the same face. */
export function coveredSeconds({ face_id, start_s, end_s }: SegmentRow, others: readonly SegmentRow[]): number {
  return others
    .filter((each) => each.face_id === face_id)
    .reduce((sum, each) => sum + Math.max(0, Math.min(end_s, each.end_s) - Math.max(start_s, each.start_s)), 0);
}

function coveredShare(segment: SegmentRow, own: readonly SegmentRow[]): number {
  return coveredSeconds(segment, own) / (segment.end_s - segment.start_s);
}

/** @param proposals any; a proposal without confidence is as doubtful as can be */
export function inReviewOrder(proposals: readonly SegmentRow[], order: ReviewOrder): SegmentRow[] {
  const confidence = (segment: SegmentRow): number => segment.confidence ?? 0;
  const keys: Readonly<Record<ReviewOrder, (a: SegmentRow, b: SegmentRow) => number>> = {
    doubtful: (a, b) => confidence(a) - confidence(b),
    strong: (a, b) => confidence(b) - confidence(a),
    time: () => 0,
  };
  return proposals.toSorted((a, b) => keys[order](a, b) || a.start_s - b.start_s || a.face_id - b.face_id);
}
