/** Figures of faces within trials, and mean courses around markers. Times are seconds of the video, spans are half-open. */

import { mean } from '../basics/mean.ts';
import { lowerBound, upperBound } from '../basics/sorted-search.ts';
import type { LabelFigures, ObservedFace, ObservedSlots } from './summaries.ts';
import { figuresOf, valueAt } from './summaries.ts';
import { roundSeconds } from '../domain/time.ts';

/** A span of a video. */
export interface TrialSpan {
  readonly startS: number;
  readonly endS: number;
}

/**
 * A face as it was in a span: segments and slots are cut at its edges. Latencies count from the start of the span, and only
 * segments and peaks that begin in it have one.
 */
export function facesIn(face: ObservedFace, { startS, endS }: TrialSpan): ObservedFace {
  const slots = face.slots === null ? null : slotsIn(face.slots, startS, endS);
  const segments = face.segments
    .filter(
      (segment) => (segment.endS > startS && segment.startS < endS) || (segment.startS === segment.endS && segment.startS >= startS && segment.startS < endS),
    )
    .map((segment) => ({ ...segment, startS: Math.max(startS, segment.startS), endS: Math.min(endS, segment.endS) }));
  const visible = face.visible === null ? null : slotsIn(face.visible, startS, endS);
  return {
    ...face,
    startS,
    observedS: visible === null ? Math.max(0, Math.min(endS, face.endS) - Math.max(startS, face.startS)) : visibleSeconds(visible),
    segments,
    peaks: face.peaks.filter(({ apexS }) => apexS >= startS && apexS < endS),
    slots,
    visible,
  };
}

/** Figures of a label in a trial. */
export interface TrialFigures extends LabelFigures {
  /** Time from the start of the trial to the first segment that begins in it; null without one. */
  readonly latencyS: number | null;
}

/** @param inside `face` within the span; computed once for all labels */
export function trialFigures(face: ObservedFace, label: string, span: TrialSpan, inside: ObservedFace = facesIn(face, span)): TrialFigures {
  const first = face.segments
    .filter((segment) => segment.label === label && segment.startS >= span.startS && segment.startS < span.endS)
    .reduce((least, { startS }) => Math.min(least, startS), Infinity);
  return { ...figuresOf(inside, label), latencyS: Number.isFinite(first) ? first - span.startS : null };
}

/** The slots that overlap with a span, cut at its edges. */
function slotsIn({ times, shares }: ObservedSlots, startS: number, endS: number): ObservedSlots {
  const count = times.length / 2;
  const [starts, ends] = [times.subarray(0, count), times.subarray(count)];
  const first = upperBound(ends, startS);
  const last = Math.max(first, lowerBound(starts, endS));
  const cut = new Float64Array(2 * (last - first));
  for (let i = first; i < last; i++) {
    cut[i - first] = Math.max(startS, starts[i]!);
    cut[last - first + i - first] = Math.min(endS, ends[i]!);
  }
  return { times: cut, shares: Object.fromEntries(Object.entries(shares).map(([label, values]) => [label, values.subarray(first, last)])) };
}

/** Total length of the slots in which the face is visible. */
export function visibleSeconds({ times, shares }: ObservedSlots): number {
  const [values] = Object.values(shares);
  if (values === undefined) return 0;
  return values.reduce((sum, value, i) => sum + (Number.isNaN(value) ? 0 : times[values.length + i]! - times[i]!), 0);
}

/** The sum of a probability over spans, and their length. */
export interface Measured {
  readonly area: number;
  readonly seconds: number;
}

/** The probability of a label over the observed time of a face or a part of it, to be added up over spans: the mean is area / seconds. */
export function measuredIn(face: ObservedFace, label: string): Measured {
  const { area, measuredS } = figuresOf(face, label);
  return { area: area ?? 0, seconds: measuredS };
}

/** Moments around an event, in seconds from it. */
export const EVENT_WINDOW = { fromS: -1, toS: 5, stepS: 0.2 } as const;

/** One moment of the mean course around events. */
export interface EventPoint {
  /** Seconds from the event. */
  readonly atS: number;
  readonly mean: number;
  /** Standard deviation over the events; null with fewer than two. */
  readonly sd: number | null;
  /** Number of events with a value. */
  readonly n: number;
}

/** The mean probability of a label around events (starts of trials, or markers). Events are added one by one, so that no timeline must be kept. */
export class EventAverage {
  readonly #label: string;
  readonly #moments: readonly number[];
  readonly #n: number[];
  readonly #sum: number[];
  readonly #squares: number[];

  constructor(label: string) {
    const { fromS, toS, stepS } = EVENT_WINDOW;
    this.#label = label;
    this.#moments = Array.from({ length: Math.round((toS - fromS) / stepS) + 1 }, (_, i) => roundSeconds(fromS + i * stepS));
    [this.#n, this.#sum, this.#squares] = [this.#moments.map(() => 0), this.#moments.map(() => 0), this.#moments.map(() => 0)];
  }

  /** @param eventS time of the event */
  add(slots: ObservedSlots, eventS: number): void {
    for (const [i, atS] of this.#moments.entries()) {
      const value = valueAt(slots, this.#label, eventS + atS);
      if (Number.isNaN(value)) continue;
      this.#n[i]! += 1;
      this.#sum[i]! += value;
      this.#squares[i]! += value * value;
    }
  }

  /** Moments without a value are omitted. */
  points(): EventPoint[] {
    return this.#moments.flatMap((atS, i): EventPoint[] => {
      const [n, sum, squares] = [this.#n[i]!, this.#sum[i]!, this.#squares[i]!];
      if (n === 0) return [];
      const variance = Math.max(0, squares - (sum * sum) / n) / (n - 1);
      return [{ atS, mean: sum / n, sd: n < 2 ? null : Math.sqrt(variance), n }];
    });
  }
}

/** One moment of a mean course over participants. */
export interface CoursePoint {
  /** Seconds from the event. */
  readonly atS: number;
  /** Mean over participants; each counts once, regardless of the number of their events. */
  readonly mean: number;
  /** Standard error over participants (standard deviation / √participants); null with fewer than two. */
  readonly error: number | null;
  /** Number of participants with a value. */
  readonly participants: number;
}

/** The mean over participants of their mean courses around events. Moments without a value are omitted. */
export function meanOfCourses(courses: readonly (readonly EventPoint[])[]): CoursePoint[] {
  const byMoment = Map.groupBy(courses.flat(), ({ atS }) => atS);
  return [...byMoment]
    .sort(([a], [b]) => a - b)
    .map(([atS, points]) => {
      const average = mean(points.map((point) => point.mean));
      const variance = points.reduce((sum, point) => sum + (point.mean - average) ** 2, 0) / (points.length - 1);
      return { atS, mean: average, error: points.length < 2 ? null : Math.sqrt(variance / points.length), participants: points.length };
    });
}
