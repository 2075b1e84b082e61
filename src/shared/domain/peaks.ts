import type { PerExpression } from './expressions.ts';
import { EXPRESSIONS, NEUTRAL_INDEX } from './expressions.ts';
import type { ExpressionPeak, TimelineRow } from './timeline.ts';

/**
 * Options for finding peaks. Reasons for the defaults: a slot is 0.2 s and expressions last 0.5 to 4 s (Ekman 2003), so
 * smoothing by less than a slot keeps the shortest ones. The other values are among those with the smallest errors of onset
 * and offset on 334 rendered validation clips and with few peaks in neutral clips (docs/developer/analysis.md). Increase
 * the prominence if there are too many peaks. The edge of a quarter is where the temporal blur of the network (a clip is
 * 1.6 s) has risen by half.
 */
export interface PeakOptions {
  /** Standard deviation of the Gaussian that smooths intensity, in slots. */
  readonly smoothing: number;
  /** Smallest height of intensity above the higher of the two valleys beside a peak, 0..1. */
  readonly prominence: number;
  /** Smallest intensity of an apex, 0..1. Weak expressions have less than one half. */
  readonly height: number;
  /** Shortest time from onset to offset, in seconds. Shorter events are micro-expressions, which 10 samples a second cannot distinguish from noise. */
  readonly minimumDuration: number;
  /** Onset and offset are where intensity crosses this share of the height from the valley to the apex. */
  readonly edge: number;
}

export const DEFAULT_PEAK_OPTIONS: PeakOptions = { smoothing: 0.75, prominence: 0.12, height: 0.15, minimumDuration: 0.4, edge: 0.25 };

/** A local maximum of a curve; all values are indices except the prominence. */
export interface Summit {
  readonly index: number;
  /** Lowest points between the maximum and the next higher point, or the end of the curve, on each side. */
  readonly leftValley: number;
  readonly rightValley: number;
  readonly prominence: number;
}

/**
 * Finds the expression peaks of one face.
 * @param rows the rows of one face, in order; rows without a reading split the curve
 * @param frameAt returns the nearest frame to a time in seconds
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
    const high = findSummits(curve).filter(({ index, prominence }) => prominence >= options.prominence && curve[index]! >= options.height);
    for (const peak of longEnough(high, (summits) => describePeaks(span, curve, summits, source, frameAt, options), options.minimumDuration)) {
      peaks.push({ ...peak, peakId: peaks.length + 1 });
    }
  }
  return peaks;
}

/** Describes summits as peaks. The shortest peak below the minimum duration is dropped until none is left: its neighbours then extend over it. */
function longEnough(summits: readonly Summit[], describe: (summits: readonly Summit[]) => ExpressionPeak[], minimumDuration: number): ExpressionPeak[] {
  let left = [...summits];
  for (;;) {
    const peaks = describe(left);
    const durations = peaks.map(({ onsetS, offsetS }) => offsetS - onsetS);
    const shortest = Math.min(...durations);
    if (left.length === 0 || shortest >= minimumDuration) return peaks;
    left = left.filter((_, i) => durations[i]! > shortest);
  }
}

/** Peaks of neighbouring summits end and begin at the lowest point between them, so that peaks never overlap. @param summits in order */
function describePeaks(
  span: readonly TimelineRow[],
  curve: readonly number[],
  summits: readonly Summit[],
  source: string,
  frameAt: (seconds: number) => number,
  options: PeakOptions,
): ExpressionPeak[] {
  return summits.map((summit, i) => {
    const leftValley = lowestTowards(curve, summit.index, Math.max(summit.leftValley, summits[i - 1]?.index ?? 0));
    const rightValley = lowestTowards(curve, summit.index, Math.min(summit.rightValley, summits[i + 1]?.index ?? curve.length - 1));
    return describePeak(span, curve, { ...summit, leftValley, rightValley }, source, frameAt, options);
  });
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
  const apexS = seconds(apexBetween(centreOfTop(span, curve, summit.index, onset, offset), onset, offset));
  const apexIndex = span.findLastIndex(({ startS }) => startS <= apexS);
  const row = span[apexIndex]!;
  return {
    faceId: row.faceId,
    peakId: 0,
    label: labelAround(span, apexIndex),
    onsetS: onset <= 0 ? span[0]!.startS : seconds(onset),
    apexS,
    offsetS: offset >= span.length - 1 ? span.at(-1)!.endS : seconds(offset),
    apexFrame: frameAt(apexS),
    intensity: row.reading!.intensity,
    prominence: summit.prominence,
    final: row.reading!.final,
    source,
  };
}

/** Splits rows into spans of consecutive slots with readings. */
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

/** Gaussian smoothing. At the ends, the remaining weights are normalised. @param spread standard deviation in steps */
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
 * Finds local maxima with their topographic prominence: the fall of the curve on the way to any higher point. A flat top
 * counts once, at its middle. If the end of the curve cuts off a fall, the fall up to the end counts. A curve that still rises at
 * its end has a maximum there, whose prominence is the rise.
 */
export function findSummits(curve: readonly number[]): Summit[] {
  const summits: Summit[] = [];
  let i = 1;
  while (i < curve.length) {
    let right = i;
    while (right < curve.length - 1 && curve[right + 1] === curve[i]) right += 1;
    const isEnd = right === curve.length - 1;
    if (curve[i - 1]! < curve[i]! && isEnd) summits.push(summitAtEnd(curve));
    else if (curve[i - 1]! < curve[i]! && curve[right + 1]! < curve[i]!) {
      const index = (i + right) >> 1;
      const leftValley = valleyTowards(curve, index, -1);
      const rightValley = valleyTowards(curve, index, 1);
      summits.push({ index, leftValley, rightValley, prominence: curve[index]! - Math.max(curve[leftValley]!, curve[rightValley]!) });
    }
    i = right + 1;
  }
  return summits;
}

function summitAtEnd(curve: readonly number[]): Summit {
  const index = curve.length - 1;
  const leftValley = valleyTowards(curve, index, -1);
  return { index, leftValley, rightValley: index, prominence: curve[index]! - curve[leftValley]! };
}

function valleyTowards(curve: readonly number[], from: number, step: 1 | -1): number {
  let end = from;
  while (curve[end + step] !== undefined && curve[end + step]! <= curve[from]!) end += step;
  return lowestTowards(curve, from, end);
}

/** The index of the lowest point from `from` to `to`, both included; of equally low points the one nearest to `from`. */
function lowestTowards(curve: readonly number[], from: number, to: number): number {
  const step = to < from ? -1 : 1;
  let lowest = from;
  for (let i = from; i !== to + step; i += step) if (curve[i]! < curve[lowest]!) lowest = i;
  return lowest;
}

/** The fractional index at which the curve, from the valley to the apex, last crosses `edge` of its rise. */
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

/** The top of a peak is the part above this share of its height. */
const TOP = 0.85;

/** Expected position of an apex between onset (0) and offset (1): faces rise faster than they fall. */
const EXPECTED_APEX = 0.4;
/** Correction of an apex towards its expected position: share of the distance, and largest correction in slots. */
const CORRECTION = { share: 0.5, slots: 0.5 } as const;

/**
 * The apex as a fractional index: the centre of the top, corrected by up to half a slot towards the expected position. The
 * network reads 1.6 s at once, so tops are flat and their centres slightly too late.
 */
function apexBetween(centre: number, onset: number, offset: number): number {
  const correction = CORRECTION.share * (onset + EXPECTED_APEX * (offset - onset) - centre);
  return centre + Math.max(-CORRECTION.slots, Math.min(CORRECTION.slots, correction));
}

/**
 * The centre of gravity of the top of the unsmoothed curve around a summit, as a fractional index. The highest slot would be
 * unreliable: a held expression has a flat top, on which noise decides. The smoothed curve would be biased: smoothing, which
 * separates real summits from noise, shifts the top of a quick rise and slow fall towards the fall.
 */
function centreOfTop(span: readonly TimelineRow[], curve: readonly number[], summit: number, onset: number, offset: number): number {
  const first = endOfTop(curve, summit, Math.min(summit, Math.ceil(onset)));
  const last = endOfTop(curve, summit, Math.max(summit, Math.floor(offset)));
  const raw = span.slice(first, last + 1).map(({ reading }) => reading!.intensity);
  const level = TOP * Math.max(...raw);
  const above = raw.map((value) => Math.max(0, value - level));
  return first + above.reduce((sum, weight, i) => sum + weight * i, 0) / above.reduce((sum, weight) => sum + weight, 0);
}

/**
 * The last index on the way from a summit to `limit` that belongs to the summit: the top, with its ripples, and the flank down
 * to the next rise. Another top of the same peak, beyond a valley, does not count: the apex would lie in the valley.
 */
function endOfTop(curve: readonly number[], summit: number, limit: number): number {
  const step = limit < summit ? -1 : 1;
  let at = summit;
  while (at !== limit && curve[at + step]! >= TOP * curve[summit]!) at += step;
  while (at !== limit && curve[at + step]! <= curve[at]!) at += step;
  return at;
}

/** The strongest class except neutral in the slot of the apex and its neighbours. */
function labelAround(span: readonly TimelineRow[], index: number): ExpressionPeak['label'] {
  const near = span.slice(Math.max(0, index - 1), index + 2).map(({ reading }) => reading!.probabilities);
  const sums = EXPRESSIONS.map((_, c) => (c === NEUTRAL_INDEX ? -1 : near.reduce((sum, p: PerExpression) => sum + p[c]!, 0)));
  return EXPRESSIONS[sums.indexOf(Math.max(...sums))]!;
}
