import type { PerExpression } from './expressions.ts';
import { EXPRESSIONS, NEUTRAL_INDEX } from './expressions.ts';
import type { ExpressionPeak, TimelineRow } from './timeline.ts';

/**
 * How peaks are found. The defaults: a slot is 0.2 s, expressions last 0.5 to 4 s (Ekman 2003), so smoothing by
 * less than a slot keeps the shortest. The other values are among those with the smallest errors of onset and offset on 334
 * rendered validation clips at few peaks in neutral ones (docs/developer/analysis.md); prominence is the value to raise when there
 * are too many peaks. An edge of a quarter says where the network's own blur (a clip is 1.6 s) has half risen.
 */
export interface PeakOptions {
  /** Spread of the Gaussian that smooths intensity, in slots. */
  readonly smoothing: number;
  /** How far intensity must rise above the higher of the valleys beside a peak, 0..1. */
  readonly prominence: number;
  /** Intensity that an apex must reach, 0..1: the network names weak expressions with less than one half. */
  readonly height: number;
  /** Shortest time from onset to offset, in seconds; shorter is a micro-expression, which 10 samples a second cannot tell from noise. */
  readonly minimumDuration: number;
  /** Onset and offset lie where intensity passes this share of the way from the valley to the apex. */
  readonly edge: number;
}

export const DEFAULT_PEAK_OPTIONS: PeakOptions = { smoothing: 0.75, prominence: 0.12, height: 0.15, minimumDuration: 0.4, edge: 0.25 };

/** A local maximum of a curve, by index. */
export interface Summit {
  readonly index: number;
  /** Lowest points between it and the next higher point on each side, or the curve's end. */
  readonly leftValley: number;
  readonly rightValley: number;
  readonly prominence: number;
}

/**
 * The expression peaks of one face.
 * @param rows one face's rows, in order; rows without a reading split the curve
 * @param frameAt nearest frame to a time in seconds
 */
export function findPeaks(
  rows: readonly TimelineRow[],
  source: string,
  frameAt: (seconds: number) => number,
  options: PeakOptions = DEFAULT_PEAK_OPTIONS,
): ExpressionPeak[] {
  const peaks: ExpressionPeak[] = [];
  for (const span of readableSpans(rows)) {
    const curve = smooth(
      span.map(({ reading }) => reading!.intensity),
      options.smoothing,
    );
    for (const summit of findSummits(curve)) {
      if (summit.prominence < options.prominence || curve[summit.index]! < options.height) continue;
      const peak = describePeak(span, curve, summit, source, frameAt, options);
      if (peak.offsetS - peak.onsetS >= options.minimumDuration) peaks.push({ ...peak, peakId: peaks.length + 1 });
    }
  }
  return peaks;
}

function describePeak(
  span: readonly TimelineRow[],
  curve: readonly number[],
  summit: Summit,
  source: string,
  frameAt: (seconds: number) => number,
  options: PeakOptions,
): ExpressionPeak {
  const seconds = (index: number): number => {
    const at = Math.max(0, Math.min(span.length - 1, index));
    const whole = Math.min(span.length - 1, Math.floor(at));
    const middle = (row: TimelineRow): number => (row.startS + row.endS) / 2;
    const next = span[whole + 1];
    return next === undefined ? middle(span[whole]!) : middle(span[whole]!) + (at - whole) * (middle(next) - middle(span[whole]!));
  };
  const onset = crossing(curve, summit.index, summit.leftValley, options.edge);
  const offset = crossing(curve, summit.index, summit.rightValley, options.edge);
  const apexS = seconds(apexBetween(centreOfTop(span, onset, offset), onset, offset));
  const row = span[summit.index]!;
  return {
    faceId: row.faceId,
    peakId: 0,
    label: labelAround(span, summit.index),
    onsetS: onset <= 0 ? span[0]!.startS : seconds(onset),
    apexS,
    offsetS: offset >= span.length - 1 ? span.at(-1)!.endS : seconds(offset),
    apexFrame: frameAt(apexS),
    intensity: curve[summit.index]!,
    prominence: summit.prominence,
    final: row.reading!.final,
    source,
  };
}

/** Runs of rows that have readings and follow each other without a hole. */
export function readableSpans(rows: readonly TimelineRow[]): TimelineRow[][] {
  const spans: TimelineRow[][] = [];
  let previous: TimelineRow | undefined;
  for (const row of rows) {
    if (row.reading !== null) {
      if (previous !== undefined && previous.reading !== null && previous.slot === row.slot - 1) spans.at(-1)!.push(row);
      else spans.push([row]);
    }
    previous = row;
  }
  return spans;
}

/** Gaussian smoothing with a spread in steps; at the ends the weights that are left count. */
export function smooth(values: readonly number[], spread: number): number[] {
  if (spread <= 0) return [...values];
  const reach = Math.ceil(3 * spread);
  return values.map((_, i) => {
    let sum = 0;
    let weights = 0;
    for (let k = Math.max(0, i - reach); k <= Math.min(values.length - 1, i + reach); k++) {
      const weight = Math.exp(-0.5 * ((k - i) / spread) ** 2);
      sum += weight * values[k]!;
      weights += weight;
    }
    return sum / weights;
  });
}

/**
 * Local maxima with their topographic prominence: how far the curve must fall on the way to anything higher. A flat
 * top counts once, at its middle. A rise that the curve's end cuts off counts as far as the curve has fallen again.
 */
export function findSummits(curve: readonly number[]): Summit[] {
  const summits: Summit[] = [];
  let i = 1;
  while (i < curve.length - 1) {
    let right = i;
    while (right < curve.length - 1 && curve[right + 1] === curve[i]) right += 1;
    if (curve[i - 1]! < curve[i]! && right < curve.length - 1 && curve[right + 1]! < curve[i]!) {
      const index = (i + right) >> 1;
      const leftValley = valleyTowards(curve, index, -1);
      const rightValley = valleyTowards(curve, index, 1);
      summits.push({ index, leftValley, rightValley, prominence: curve[index]! - Math.max(curve[leftValley]!, curve[rightValley]!) });
    }
    i = right + 1;
  }
  return summits;
}

function valleyTowards(curve: readonly number[], from: number, step: 1 | -1): number {
  let lowest = from;
  for (let i = from + step; i >= 0 && i < curve.length && curve[i]! <= curve[from]!; i += step) {
    if (curve[i]! < curve[lowest]!) lowest = i;
  }
  return lowest;
}

/** Where, going from the valley to the apex, the curve last rises through `edge` of its way up; a fractional index. */
function crossing(curve: readonly number[], apex: number, valley: number, edge: number): number {
  const level = curve[valley]! + edge * (curve[apex]! - curve[valley]!);
  const step = valley < apex ? -1 : 1;
  let i = apex;
  while (i !== valley && curve[i + step]! > level) i += step;
  if (i === valley) return valley;
  const inner = curve[i]!;
  const outer = curve[i + step]!;
  return i + step * ((inner - level) / (inner - outer));
}

/** What lies above this share of a peak's height is its top. */
const TOP = 0.85;

/** Where between onset and offset an apex is expected: faces rise faster than they fall. */
const USUAL_APEX = 0.4;
/** How far an apex leans towards where it is expected, and by how many slots at most. */
const LEANING = { share: 0.5, slots: 0.5 } as const;

/**
 * The apex, as a fractional index: the centre of the top, leaning towards where an apex is expected by less than a slot
 * tells. The network reads 1.6 s at once and so draws tops flat, their centres rather too late.
 */
function apexBetween(centre: number, onset: number, offset: number): number {
  const lean = LEANING.share * (onset + USUAL_APEX * (offset - onset) - centre);
  return centre + Math.max(-LEANING.slots, Math.min(LEANING.slots, lean));
}

/**
 * The centre of gravity of the top of the unsmoothed curve between onset and offset; a fractional index. A held
 * expression has a flat top, on which the highest slot is a matter of noise; and smoothing, which finds which summits
 * are real, draws the top of a quick rise and slow fall towards the fall.
 */
function centreOfTop(span: readonly TimelineRow[], from: number, to: number): number {
  const first = Math.max(0, Math.ceil(from));
  const raw = span.slice(first, Math.floor(to) + 1).map(({ reading }) => reading!.intensity);
  const level = TOP * Math.max(...raw);
  const above = raw.map((value) => Math.max(0, value - level));
  return first + above.reduce((sum, weight, i) => sum + weight * i, 0) / above.reduce((sum, weight) => sum + weight, 0);
}

/** The strongest class but neutral in the apex's slot and its neighbours. */
function labelAround(span: readonly TimelineRow[], index: number): ExpressionPeak['label'] {
  const near = span.slice(Math.max(0, index - 1), index + 2).map(({ reading }) => reading!.probabilities);
  const sums = EXPRESSIONS.map((_, c) => (c === NEUTRAL_INDEX ? -1 : near.reduce((sum, p: PerExpression) => sum + p[c]!, 0)));
  return EXPRESSIONS[sums.indexOf(Math.max(...sums))]!;
}
