import type { TimelineColumns } from '../domain/timeline-columns.ts';
import { seriesOf } from '../domain/timeline-columns.ts';
import type { DecisionRow } from './decisions.ts';
import { isRejected } from './decisions.ts';
import type { SegmentRow } from './segment-edits.ts';

/** Most doubtful first, highest confidence first, or by time. */
export type ReviewOrder = 'doubtful' | 'strong' | 'time';

/** Share of a proposal that the coder's own labels must cover for it to count as decided. */
const COVERED = 0.5;

/**
 * Proposals that a coder has not decided yet: not accepted, not covered by the coder's own labels, not rejected. Neutral
 * proposals are left out, because neutral is the default.
 */
export function undecided(proposals: readonly SegmentRow[], own: readonly SegmentRow[], decisions: readonly DecisionRow[], coder: string): SegmentRow[] {
  const accepted = new Set(own.map(({ proposal_id }) => proposal_id));
  return proposals.filter(
    (proposal) =>
      proposal.label !== 'neutral' && !accepted.has(proposal.id) && coveredShare(proposal, own) < COVERED && !isRejected(decisions, coder, proposal),
  );
}

/** What a coder made of a proposal. Open proposals have no state. */
export type ProposalState = 'accepted' | 'changed' | 'rejected';

/** The states of the decided proposals, by id. One that the coder's own labels cover counts as changed. */
export function proposalStates(
  proposals: readonly SegmentRow[],
  own: readonly SegmentRow[],
  decisions: readonly DecisionRow[],
  coder: string,
): Map<string, ProposalState> {
  const madeFrom = Map.groupBy(own, ({ proposal_id }) => proposal_id);
  const states = new Map<string, ProposalState>();
  for (const proposal of proposals) {
    const copies = madeFrom.get(proposal.id) ?? [];
    const isSame = ({ label, start_s, end_s }: SegmentRow): boolean => label === proposal.label && start_s === proposal.start_s && end_s === proposal.end_s;
    if (copies.some(isSame)) states.set(proposal.id, 'accepted');
    else if (copies.length > 0 || (proposal.label !== 'neutral' && coveredShare(proposal, own) >= COVERED)) states.set(proposal.id, 'changed');
    else if (isRejected(decisions, coder, proposal)) states.set(proposal.id, 'rejected');
  }
  return states;
}

/** Seconds of a segment that other segments of the same face cover. The others must not overlap each other. */
export function coveredSeconds({ face_id, start_s, end_s }: SegmentRow, others: readonly SegmentRow[]): number {
  return others
    .filter((each) => each.face_id === face_id)
    .reduce((sum, each) => sum + Math.max(0, Math.min(end_s, each.end_s) - Math.max(start_s, each.start_s)), 0);
}

function coveredShare(segment: SegmentRow, own: readonly SegmentRow[]): number {
  return coveredSeconds(segment, own) / (segment.end_s - segment.start_s);
}

/**
 * How doubtful a proposal is: its mean entropy plus the share of its slots in which the face is unusual, 0..2. Null where no slot of the
 * timeline is in it.
 */
export function doubtIn(columns: TimelineColumns, { start_s, end_s }: Pick<SegmentRow, 'start_s' | 'end_s'>): number | null {
  const { slots, times } = columns;
  const [entropy, unusual] = [seriesOf(columns, 'entropy'), seriesOf(columns, 'unusual')];
  let [known, total] = [0, 0];
  for (let i = 0; i < slots.length; i++) {
    const middle = ((times[i] ?? NaN) + (times[slots.length + i] ?? NaN)) / 2;
    const own = entropy[i] ?? NaN;
    if (!(middle >= start_s && middle < end_s) || Number.isNaN(own)) continue;
    known += 1;
    total += own + (unusual[i] === 1 ? 1 : 0);
  }
  return known === 0 ? null : total / known;
}

/**
 * A proposal without confidence counts as confidence 0.
 * @param timelines of the faces, where they are known; the doubt of a proposal of another face is 1 minus its confidence
 */
export function inReviewOrder(proposals: readonly SegmentRow[], order: ReviewOrder, timelines: ReadonlyMap<number, TimelineColumns> = new Map()): SegmentRow[] {
  const confidence = (segment: SegmentRow): number => segment.confidence ?? 0;
  const doubts = new Map(order === 'doubtful' ? proposals.map((segment) => [segment, doubtOf(segment)] as const) : []);
  function doubtOf(segment: SegmentRow): number {
    const columns = timelines.get(segment.face_id);
    return (columns === undefined ? null : doubtIn(columns, segment)) ?? 1 - confidence(segment);
  }
  const keys: Readonly<Record<ReviewOrder, (a: SegmentRow, b: SegmentRow) => number>> = {
    doubtful: (a, b) => (doubts.get(b) ?? 0) - (doubts.get(a) ?? 0),
    strong: (a, b) => confidence(b) - confidence(a),
    time: () => 0,
  };
  return proposals.toSorted((a, b) => keys[order](a, b) || a.start_s - b.start_s || a.face_id - b.face_id);
}
