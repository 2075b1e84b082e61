import { required } from '../../../shared/basics/required.ts';
import type { MissedReason, MissedSpan } from '../../../shared/domain/export-formats.ts';
import type { TimingTable } from '../../../shared/domain/time.ts';
import type { PictureBox, TimelineRow } from '../../../shared/domain/timeline.ts';
import { DEFAULT_FACE_OPTIONS } from '../../face/face-observer.ts';
import { overlap } from '../../face/face-geometry.ts';

/** A place that is hidden in the frames [startFrame, endFrame). */
export interface CoveredSpan {
  readonly startFrame: number;
  readonly endFrame: number;
  /** The detected box, or the smallest box around several of them, without a margin. */
  readonly box: PictureBox;
  /** Side of the largest detected box in it, in pixels: the size of the face. */
  readonly faceSide: number;
}

/** A face that the check found, in one frame. */
export interface FoundFace {
  readonly frame: number;
  readonly box: PictureBox;
}

/** So long before the first and after the last detection of a face, its place is predicted. */
const REACH_S = 1;
/** So long before and after a frame in which the check found a face, its place is hidden. */
const FOUND_REACH_S = 0.3;
/** Spans are found by groups of so many frames. */
const GROUP = 64;

/**
 * What is hidden in each frame of a video. Between two detections of a face, both places and all between them are hidden. Where a face is
 * only predicted, the whole picture can be hidden, because its place may be wrong.
 *
 * It works with frame numbers, which are the same on every clock.
 */
export class CoverPlan {
  readonly missed: readonly MissedSpan[];
  readonly #spans: readonly CoveredSpan[];
  readonly #groups = new Map<number, CoveredSpan[]>();
  readonly #hidden: readonly MissedSpan[];

  constructor(spans: readonly CoveredSpan[], missed: readonly MissedSpan[]) {
    this.#spans = spans;
    this.missed = missed;
    this.#hidden = missed.filter(({ isHidden }) => isHidden);
    for (const span of spans) {
      const last = Math.floor((span.endFrame - 1) / GROUP);
      for (let group = Math.floor(span.startFrame / GROUP); group <= last; group++) this.#groups.set(group, [...(this.#groups.get(group) ?? []), span]);
    }
  }

  /** The places to hide in a frame. */
  at(frame: number): CoveredSpan[] {
    return (this.#groups.get(Math.floor(frame / GROUP)) ?? []).filter((span) => contains(span, frame));
  }

  /** Whether the whole picture is hidden in a frame. */
  isHidden(frame: number): boolean {
    return this.#hidden.some((span) => contains(span, frame));
  }

  /**
   * The same plan, which also hides faces that the check found.
   * @param hidesPicture whether it hides the whole picture there
   */
  with(found: readonly FoundFace[], timing: TimingTable, hidesPicture: boolean): CoverPlan {
    const spans = found.map(({ frame, box }): CoveredSpan => {
      const at = required(timing.pts[frame], 'the time of a frame');
      const startFrame = Math.min(frame, timing.nearestFrame(at - FOUND_REACH_S));
      const endFrame = Math.max(frame, timing.nearestFrame(at + FOUND_REACH_S)) + 1;
      return { startFrame, endFrame, box, faceSide: sideOf(box) };
    });
    const missed = hidesPicture
      ? spans.map(({ startFrame, endFrame }): MissedSpan => ({ face: null, startFrame, endFrame, reason: 'face_found', isHidden: true }))
      : found.map(({ frame }) => missedFrame(frame, 'face_found'));
    return new CoverPlan([...this.#spans, ...spans], [...this.missed, ...joined(missed)]);
  }
}

const contains = ({ startFrame, endFrame }: { readonly startFrame: number; readonly endFrame: number }, frame: number): boolean =>
  startFrame <= frame && frame < endFrame;

/** A single frame for review, which belongs to no tracked face. */
export const missedFrame = (frame: number, reason: 'face_found' | 'face_left'): MissedSpan => ({
  ...{ face: null, startFrame: frame, endFrame: frame + 1, reason, isHidden: false },
});

/**
 * Makes the plan of a video from the timelines of its analysis.
 * @param timelines the rows of each detected face in time order, and those of the time without any face
 * @param hideMissed whether the whole picture is hidden where a face is only predicted
 */
export function coverPlan(timelines: readonly (readonly TimelineRow[])[], timing: TimingTable, hideMissed: boolean): CoverPlan {
  const spans: CoveredSpan[] = [];
  const missed: MissedSpan[] = [...notAnalysed(timelines.flat(), timing.frames)];
  for (const rows of timelines) {
    const seen = rows.filter((row): row is SeenRow => row.faceId > 0 && row.box !== null);
    seen.forEach((row, i) => {
      const cover = coverOf(row, seen[i - 1], seen[i + 1], timing);
      spans.push(...cover.spans);
      missed.push(...cover.missed.map((span) => ({ ...span, isHidden: hideMissed && PREDICTED.has(span.reason) })));
    });
  }
  const whole = missed.filter(({ startFrame, endFrame }) => startFrame < endFrame);
  return new CoverPlan(
    spans.filter(({ startFrame, endFrame }) => startFrame < endFrame),
    joined(whole),
  );
}

type SeenRow = TimelineRow & { readonly box: PictureBox };

/** Reasons for which the place of a face is not known. */
const PREDICTED: ReadonlySet<MissedReason> = new Set(['gap', 'before', 'after', 'jump', 'not_analysed']);
/** With one missed detection, the analysis takes the place of the face from its neighbours. */
const SLOTS_OF_ONE_MISS = 2;

/** What one detection of a face hides, up to the next one, and what of it is for review. */
function coverOf(
  row: SeenRow,
  before: SeenRow | undefined,
  next: SeenRow | undefined,
  timing: TimingTable,
): { spans: CoveredSpan[]; missed: Omit<MissedSpan, 'isHidden'>[] } {
  const { faceId: face, startFrame, endFrame, box } = row;
  const missed: Omit<MissedSpan, 'isHidden'>[] = [];
  const spans: CoveredSpan[] = [];
  const review = (reason: MissedReason, from: number, to: number): void => void missed.push({ face, startFrame: from, endFrame: to, reason });
  if ((row.faceConfidence ?? 0) < DEFAULT_FACE_OPTIONS.confidentScore) review('low_score', startFrame, endFrame);
  if (before === undefined) {
    const from = timing.frameAt(required(timing.pts[startFrame], 'the time of a frame') - REACH_S);
    spans.push(covered(from, startFrame, [box, next === undefined ? box : moved(next.box, box)]));
    review('before', from, startFrame);
  }
  if (next === undefined) {
    const to = timing.frameAt(row.endS - row.startS + required(timing.pts[startFrame], 'the time of a frame') + REACH_S) + 1;
    spans.push(covered(startFrame, to, [box, before === undefined ? box : moved(before.box, box)]));
    review('after', endFrame, to);
    return { spans, missed };
  }
  spans.push(covered(startFrame, next.startFrame, [box, next.box]));
  const slots = next.slot - row.slot;
  if (slots > 1) review(slots <= SLOTS_OF_ONE_MISS ? 'interpolated' : 'gap', endFrame, next.startFrame);
  if (overlap(box, next.box) === 0) review('jump', startFrame, next.startFrame);
  return { spans, missed };
}

const sideOf = ({ width, height }: PictureBox): number => Math.max(width, height);

function covered(startFrame: number, endFrame: number, boxes: readonly PictureBox[]): CoveredSpan {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { startFrame, endFrame, box: { x, y, width: right - x, height: bottom - y }, faceSide: Math.max(...boxes.map(sideOf)) };
}

/** A box that goes on as it moved from `from` to `to`. */
function moved(from: PictureBox, to: PictureBox): PictureBox {
  return { ...to, x: 2 * to.x - from.x, y: 2 * to.y - from.y };
}

/** The frames of which the analysis has no slot. */
function* notAnalysed(rows: readonly TimelineRow[], frames: number): Generator<MissedSpan> {
  let reached = 0;
  const gap = (to: number): MissedSpan => ({ face: null, startFrame: reached, endFrame: to, reason: 'not_analysed', isHidden: true });
  for (const { startFrame, endFrame } of rows.toSorted((a, b) => a.startFrame - b.startFrame)) {
    if (startFrame > reached) yield gap(startFrame);
    reached = Math.max(reached, endFrame);
  }
  if (reached < frames) yield gap(frames);
}

/** Spans in order of time. Those of the same face and reason that touch become one. */
export function joined(spans: readonly MissedSpan[]): MissedSpan[] {
  const whole: MissedSpan[] = [];
  const groups = Map.groupBy(spans, ({ face, reason, isHidden }) => `${face} ${reason} ${isHidden}`);
  for (const group of groups.values()) {
    let last: MissedSpan | undefined;
    for (const span of group.toSorted((a, b) => a.startFrame - b.startFrame)) {
      if (last !== undefined && span.startFrame <= last.endFrame) last = { ...last, endFrame: Math.max(last.endFrame, span.endFrame) };
      else {
        if (last !== undefined) whole.push(last);
        last = span;
      }
    }
    if (last !== undefined) whole.push(last);
  }
  return whole.sort((a, b) => a.startFrame - b.startFrame || (a.face ?? 0) - (b.face ?? 0));
}
