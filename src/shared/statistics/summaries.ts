/** Figures of expressions over time, for plots and for R. Times in seconds; a face's labels are half-open spans. */

import { upperBound } from '../domain/sorted-search.ts';

/** One face in one video as somebody labelled it. */
export interface ObservedFace {
  readonly video: string;
  readonly participant: string;
  readonly condition: string;
  readonly session: string;
  readonly face: number;
  /** Time in which something could be said of the face. */
  readonly observedS: number;
  readonly segments: readonly { readonly label: string; readonly startS: number; readonly endS: number }[];
  readonly peaks: readonly { readonly label: string; readonly apexS: number }[];
  /** Probabilities by slot, where a model made the layer. */
  readonly slots: ObservedSlots | null;
}

export interface ObservedSlots {
  /** [2, slots]: starts, then ends, in seconds. */
  readonly times: Float64Array;
  /** [slots] of each label; NaN without a face. */
  readonly shares: Readonly<Record<string, Float32Array>>;
}

/** What one label comes to in one face, or in all that a person showed in a condition. */
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
  /** Mean and maximum of the label's probability over time, and its integral in seconds; null without a model. */
  readonly meanIntensity: number | null;
  readonly maxIntensity: number | null;
  readonly area: number | null;
  /** Time with a probability, which the mean is over. */
  readonly measuredS: number;
}

export function figuresOf(face: ObservedFace, label: string): LabelFigures {
  const own = face.segments.filter((segment) => segment.label === label);
  const peaks = face.peaks.filter((peak) => peak.label === label);
  const seconds = own.reduce((sum, { startS, endS }) => sum + endS - startS, 0);
  const intensity = face.slots === null ? null : intensityFigures(face.slots, label);
  return {
    ...{ label, observedS: face.observedS, seconds, timeShare: ratio(seconds, face.observedS), segments: own.length, peaks: peaks.length },
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
 * The same over several faces: time and counts add up, means are weighted by time, the first peak is the mean latency of
 * the faces that have one.
 */
export function pooled(figures: readonly LabelFigures[]): LabelFigures {
  const sum = (value: (each: LabelFigures) => number): number => figures.reduce((total, each) => total + value(each), 0);
  const known = figures.filter(({ area }) => area !== null);
  const latencies = figures.flatMap(({ firstPeakS }) => (firstPeakS === null ? [] : [firstPeakS]));
  const [observedS, seconds, peaks] = [sum((each) => each.observedS), sum((each) => each.seconds), sum((each) => each.peaks)];
  const area = known.reduce((total, each) => total + each.area!, 0);
  const measuredS = sum((each) => each.measuredS);
  return {
    ...{ label: figures[0]?.label ?? '', observedS, seconds, timeShare: ratio(seconds, observedS), segments: sum((each) => each.segments), peaks },
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
 * How often one label follows another in a face, [from][to], in the labels' order. Labels that are not among them
 * (neutral, where it is left out) are passed over; the same label again, after a gap, counts.
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
  /** Mean and standard error of the label's probability; the error is null for a single peak. */
  readonly mean: number;
  readonly error: number | null;
  readonly peaks: number;
}

/** The mean course of a label's probability around its peaks, every so-many seconds. Points that no peak reaches are left out. */
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
