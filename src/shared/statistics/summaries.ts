/** Summary figures of expressions over time, for plots and for R. Times are in seconds, spans are half-open. */

import { mean } from '../basics/mean.ts';
import { upperBound } from '../basics/sorted-search.ts';
import { secondsOf } from './agreement/layers.ts';

/** One face in one video with the labels of one layer. */
export interface ObservedFace {
  readonly videoId: string;
  /** Name of the video. */
  readonly video: string;
  readonly path: string;
  /** Code of the participant; '' if the face has none. */
  readonly participant: string;
  readonly condition: string;
  readonly session: string;
  /** Why there is no participant; null if there is one. */
  readonly missing: 'not-a-participant' | 'no-participant' | 'several-faces' | null;
  readonly face: number;
  /** Start of the video; latencies count from it. */
  readonly startS: number;
  /** End of the video. */
  readonly endS: number;
  /** Time in which the face could be labelled. */
  readonly observedS: number;
  /** Whether the layer marks peaks at all. Without it, the number of peaks is unknown, not 0. */
  readonly marksPeaks: boolean;
  /** `isContinued`: the rest of a segment after an excluded span; it is not counted again. */
  readonly segments: readonly { readonly label: string; readonly startS: number; readonly endS: number; readonly isContinued?: boolean }[];
  readonly peaks: readonly { readonly label: string; readonly apexS: number }[];
  /** Probabilities by slot for a layer of a model; null for other layers. */
  readonly slots: ObservedSlots | null;
  /** The slots of the newest run, for all layers: they tell when the face is visible. Null for a face that no run tracked. */
  readonly visible: ObservedSlots | null;
}

export interface ObservedSlots {
  /** [2, slots] starts, then ends, in seconds. */
  readonly times: Float64Array;
  /** [slots] probability of each label; NaN without a face. */
  readonly shares: Readonly<Record<string, Float32Array>>;
}

/** Figures for one label: of one face, or pooled over the faces of a participant in a condition. */
export interface LabelFigures {
  readonly label: string;
  readonly observedS: number;
  /** Time with the label. Time that several segments cover counts once. */
  readonly seconds: number;
  /** seconds / observedS; null where nothing was observed. */
  readonly share: number | null;
  /** Number of segments, also of those without length. */
  readonly count: number;
  /** Segments per minute of observed time; null where nothing was observed. */
  readonly perMinute: number | null;
  /** Mean length of a segment; null without segments. */
  readonly meanDurationS: number | null;
  /** Time from the start of the video to the first segment; null without segments. */
  readonly firstLatencyS: number | null;
  /** Null if the layer marks no peaks, like the next two. */
  readonly peaks: number | null;
  readonly peaksPerMinute: number | null;
  /** Time from the start of the video to the first peak; null where there is none. */
  readonly firstPeakS: number | null;
  /** Mean probability of the label over time; null without a model, like the next two. */
  readonly meanIntensity: number | null;
  /** Maximum of the label's probability. */
  readonly maxIntensity: number | null;
  /** Integral of the label's probability over time, in seconds. */
  readonly area: number | null;
  /** Time with a probability, over which the mean is computed. */
  readonly measuredS: number;
}

export function figuresOf(face: ObservedFace, label: string): LabelFigures {
  const own = face.segments.filter((segment) => segment.label === label);
  const peaks = face.marksPeaks ? face.peaks.filter((peak) => peak.label === label) : null;
  const seconds = secondsOf(face.segments, label);
  const begun = own.filter(({ isContinued }) => isContinued !== true);
  const count = begun.length;
  const intensity = face.slots === null ? null : intensityFigures(face.slots, label);
  return {
    label,
    observedS: face.observedS,
    seconds,
    share: ratio(seconds, face.observedS),
    count,
    perMinute: ratio(60 * count, face.observedS),
    meanDurationS: ratio(
      own.reduce((sum, { startS, endS }) => sum + endS - startS, 0),
      count,
    ),
    firstLatencyS: latency(
      begun.map(({ startS }) => startS),
      face.startS,
    ),
    peaks: peaks?.length ?? null,
    peaksPerMinute: peaks === null ? null : ratio(60 * peaks.length, face.observedS),
    firstPeakS:
      peaks === null
        ? null
        : latency(
            peaks.map(({ apexS }) => apexS),
            face.startS,
          ),
    meanIntensity: intensity?.mean ?? null,
    maxIntensity: intensity?.max ?? null,
    area: intensity?.area ?? null,
    measuredS: intensity?.seconds ?? 0,
  };
}

/** Time from the start of the video to the first of some moments; null without moments. */
function latency(momentsS: readonly number[], startS: number): number | null {
  const firstS = momentsS.reduce((least, each) => Math.min(least, each), Infinity);
  return Number.isFinite(firstS) ? firstS - startS : null;
}

function intensityFigures({ times, shares }: ObservedSlots, label: string): { mean: number; max: number; area: number; seconds: number } | null {
  const values = shares[label];
  if (values === undefined) return null;
  let [area, time, max] = [0, 0, -Infinity];
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const seconds = times[values.length + i]! - times[i]!;
    area += value * seconds;
    time += seconds;
    max = Math.max(max, value);
  });
  return time === 0 ? null : { mean: area / time, max, area, seconds: time };
}

/**
 * Pools the figures of several faces of one person, or of all: times and counts are added, means are weighted by time or
 * number, and latencies are the means of the faces that have one.
 */
export function pooled(figures: readonly LabelFigures[]): LabelFigures {
  const sum = (value: (each: LabelFigures) => number): number => figures.reduce((total, each) => total + value(each), 0);
  const known = figures.filter(({ area }) => area !== null);
  const meanOf = (value: (each: LabelFigures) => number | null): number | null => {
    const given = figures.map(value).filter((each) => each !== null);
    return given.length === 0 ? null : mean(given);
  };
  const [observedS, seconds, count] = [sum((each) => each.observedS), sum((each) => each.seconds), sum((each) => each.count)];
  const marked = figures.filter((each) => each.peaks !== null);
  const peaks = marked.length === 0 ? null : marked.reduce((total, each) => total + (each.peaks ?? 0), 0);
  const markedS = marked.reduce((total, each) => total + each.observedS, 0);
  const area = known.reduce((total, each) => total + each.area!, 0);
  const measuredS = sum((each) => each.measuredS);
  return {
    label: figures[0]?.label ?? '',
    observedS,
    seconds,
    share: ratio(seconds, observedS),
    count,
    perMinute: ratio(60 * count, observedS),
    meanDurationS: ratio(
      sum((each) => (each.meanDurationS ?? 0) * each.count),
      count,
    ),
    firstLatencyS: meanOf((each) => each.firstLatencyS),
    peaks,
    peaksPerMinute: peaks === null ? null : ratio(60 * peaks, markedS),
    firstPeakS: meanOf((each) => each.firstPeakS),
    meanIntensity: ratio(area, measuredS),
    maxIntensity: known.length === 0 ? null : known.reduce((most, each) => Math.max(most, each.maxIntensity!), 0),
    area: known.length === 0 ? null : area,
    measuredS,
  };
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/**
 * Number of transitions from one label to another within a face, [from][to], in the order of `labels`. Other labels (for
 * example neutral) are skipped. The same label again after a gap counts as a transition.
 */
export function transitions(faces: readonly ObservedFace[], labels: readonly string[]): number[][] {
  const counts = labels.map(() => labels.map(() => 0));
  for (const { segments } of faces) {
    const order = segments.toSorted((a, b) => a.startS - b.startS).map(({ label }) => labels.indexOf(label));
    const known = order.filter((label) => label >= 0);
    for (let i = 1; i < known.length; i++) counts[known[i - 1]!]![known[i]!]! += 1;
  }
  return counts;
}

export interface CurvePoint {
  /** Seconds from the apex. */
  readonly atS: number;
  /** Mean of the label's probability. */
  readonly mean: number;
  /** Standard error of the mean; null for a single peak. */
  readonly error: number | null;
  readonly peaks: number;
}

/** The mean course of a label's probability around its peaks, from -halfS to halfS in steps of stepS seconds. Points without values are omitted. */
export function meanCurve(faces: readonly ObservedFace[], label: string, halfS: number, stepS: number): CurvePoint[] {
  const around = faces.flatMap(({ slots, peaks }) =>
    slots === null || slots.shares[label] === undefined ? [] : peaks.filter((peak) => peak.label === label).map(({ apexS }) => ({ slots, apexS })),
  );
  const steps = Math.round(halfS / stepS);
  return Array.from({ length: 2 * steps + 1 }, (_, i) => (i - steps) * stepS).flatMap((atS) => {
    const values = around.map(({ slots, apexS }) => valueAt(slots, label, apexS + atS)).filter((value) => !Number.isNaN(value));
    if (values.length === 0) return [];
    const average = mean(values);
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
    return [{ atS, mean: average, error: values.length < 2 ? null : Math.sqrt(variance / values.length), peaks: values.length }];
  });
}

/** The probability of a label at a time; NaN without a face or without probabilities of the label. */
export function valueAt({ times, shares }: ObservedSlots, label: string, at: number): number {
  const values = shares[label];
  if (values === undefined) return NaN;
  const slot = upperBound(times.subarray(values.length), at);
  return slot < values.length && times[slot]! <= at ? values[slot]! : NaN;
}

/** The participant, over all sessions and conditions; a face without one is its own owner. */
export const ownerOf = ({ participant, videoId, face }: ObservedFace): string => JSON.stringify(participant === '' ? [videoId, face] : participant);

/** Groups faces by person: those of a participant in a condition and session, and each face without a participant alone. */
export function personKey({ participant, condition, session, videoId, face }: ObservedFace): string {
  return JSON.stringify(participant === '' ? [videoId, face] : [participant, condition, session]);
}
