/** Summary figures of expressions over time, for plots and for R. Times are in seconds, spans are half-open. */

import { upperBound } from '../domain/sorted-search.ts';

/** One face in one video with the labels of one layer. */
export interface ObservedFace {
  readonly video: string;
  readonly participant: string;
  readonly condition: string;
  readonly session: string;
  readonly face: number;
  /** Time in which the face could be labelled. */
  readonly observedS: number;
  readonly segments: readonly { readonly label: string; readonly startS: number; readonly endS: number }[];
  readonly peaks: readonly { readonly label: string; readonly apexS: number }[];
  /** Probabilities by slot for a layer of a model; null for other layers. */
  readonly slots: ObservedSlots | null;
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
  readonly seconds: number;
  /** seconds / observedS; null where nothing was observed. */
  readonly timeShare: number | null;
  readonly segments: number;
  readonly peaks: number;
  readonly peaksPerMinute: number | null;
  /** Seconds of the video until the first peak; null where there is none. */
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
  const peaks = face.peaks.filter((peak) => peak.label === label);
  const seconds = own.reduce((sum, { startS, endS }) => sum + endS - startS, 0);
  const intensity = face.slots === null ? null : intensityFigures(face.slots, label);
  return {
    label,
    observedS: face.observedS,
    seconds,
    timeShare: ratio(seconds, face.observedS),
    segments: own.length,
    peaks: peaks.length,
    peaksPerMinute: ratio(60 * peaks.length, face.observedS),
    firstPeakS: peaks.length === 0 ? null : Math.min(...peaks.map(({ apexS }) => apexS)),
    meanIntensity: intensity?.mean ?? null,
    maxIntensity: intensity?.max ?? null,
    area: intensity?.area ?? null,
    measuredS: intensity?.seconds ?? 0,
  };
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
 * Pools the figures of several faces: times and counts are added, means are weighted by time, and the first peak is the mean
 * latency of the faces that have one.
 */
export function pooled(figures: readonly LabelFigures[]): LabelFigures {
  const sum = (value: (each: LabelFigures) => number): number => figures.reduce((total, each) => total + value(each), 0);
  const known = figures.filter(({ area }) => area !== null);
  const latencies = figures.flatMap(({ firstPeakS }) => (firstPeakS === null ? [] : [firstPeakS]));
  const [observedS, seconds, peaks] = [sum((each) => each.observedS), sum((each) => each.seconds), sum((each) => each.peaks)];
  const area = known.reduce((total, each) => total + each.area!, 0);
  const measuredS = sum((each) => each.measuredS);
  return {
    label: figures[0]?.label ?? '',
    observedS,
    seconds,
    timeShare: ratio(seconds, observedS),
    segments: sum((each) => each.segments),
    peaks,
    peaksPerMinute: ratio(60 * peaks, observedS),
    firstPeakS: latencies.length === 0 ? null : latencies.reduce((a, b) => a + b, 0) / latencies.length,
    meanIntensity: ratio(area, measuredS),
    maxIntensity: known.length === 0 ? null : Math.max(...known.map((each) => each.maxIntensity!)),
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
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return [{ atS, mean, error: values.length < 2 ? null : Math.sqrt(variance / values.length), peaks: values.length }];
  });
}

function valueAt({ times, shares }: ObservedSlots, label: string, at: number): number {
  const values = shares[label]!;
  const slot = upperBound(times.subarray(values.length), at);
  return slot < values.length && times[slot]! <= at ? values[slot]! : NaN;
}
