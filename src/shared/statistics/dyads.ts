/** Two people of one video: labels at the same time, and how far their intensities go together. */

import { randomStream } from '../basics/random.ts';
import type { LabelledSpan } from './agreement/layers.ts';
import { joinedSpans, totalSeconds } from './excluded.ts';

/** Labels of two people at the same time. */
export interface CoOccurrence {
  readonly first: string;
  readonly second: string;
  /** Time in which both labels hold, in seconds. */
  readonly seconds: number;
  /** The time that independent people with the same shares would have: product of both times by the observed time. */
  readonly expectedS: number;
  /** seconds / expectedS; null if nothing is expected. */
  readonly ratio: number | null;
}

/**
 * Time in which two people have labels together, for each pair of labels that both occur.
 * @param together the time in which both were visible, in order and without overlaps; what lies outside does not count
 */
export function coOccurrences(first: readonly LabelledSpan[], second: readonly LabelledSpan[], together: readonly Span[]): CoOccurrence[] {
  const observedS = totalSeconds(together);
  const [ofFirst, ofSecond] = [unionByLabel(first, together), unionByLabel(second, together)];
  const found: CoOccurrence[] = [];
  for (const [a, spansA] of ofFirst)
    for (const [b, spansB] of ofSecond) {
      const expectedS = observedS > 0 ? (totalSeconds(spansA) * totalSeconds(spansB)) / observedS : 0;
      const seconds = totalSeconds(intersection(spansA, spansB));
      found.push({ first: a, second: b, seconds, expectedS, ratio: expectedS > 0 ? seconds / expectedS : null });
    }
  return found;
}

type Span = Pick<LabelledSpan, 'startS' | 'endS'>;

/** The time with each label within some spans. Labels that do not occur there are left out. */
function unionByLabel(spans: readonly LabelledSpan[], within: readonly Span[]): Map<string, Span[]> {
  const groups = [...Map.groupBy(spans, ({ label }) => label)].sort(([a], [b]) => a.localeCompare(b));
  return new Map(groups.map(([label, own]) => [label, intersection(joinedSpans(own), within)] as const).filter(([, own]) => own.length > 0));
}

/** The intersection of two lists of spans, each in order and without overlaps. */
export function intersection(first: readonly Span[], second: readonly Span[]): Span[] {
  const common: Span[] = [];
  let [i, j] = [0, 0];
  while (i < first.length && j < second.length) {
    const [a, b] = [first[i]!, second[j]!];
    const span = { startS: Math.max(a.startS, b.startS), endS: Math.min(a.endS, b.endS) };
    if (span.endS > span.startS) common.push(span);
    if (a.endS < b.endS) i += 1;
    else j += 1;
  }
  return common;
}

/** The courses that can be correlated: intensity (1 minus the probability of neutral) and the probability of each expression. */
export const COURSES = ['intensity', 'happiness', 'sadness', 'anger', 'surprise', 'disgust', 'fear'] as const;
export type CourseName = (typeof COURSES)[number];

export interface SynchronyOptions {
  /** Length of a window and distance between windows, in seconds. */
  readonly windowS: number;
  readonly stepS: number;
  /** Largest lag in seconds. */
  readonly mostLagS: number;
  readonly surrogates: number;
  readonly seed: number;
}

export const DEFAULT_SYNCHRONY: SynchronyOptions = { windowS: 10, stepS: 5, mostLagS: 3, surrogates: 100, seed: 1 };

export interface LagCorrelation {
  /** Positive: the second person follows the first. */
  readonly lagS: number;
  /** Mean correlation over the windows (of Fisher's z, transformed back). */
  readonly r: number;
  /** Number of windows with a correlation. */
  readonly windows: number;
  /** 95% of the surrogates lie between these: pairs of windows from different times, in which no real synchrony can be. */
  readonly surrogateLow: number;
  readonly surrogateHigh: number;
}

/** Largest share of a window in which one of both has no value. */
const MOST_MISSING = 0.5;

/**
 * Windowed lagged cross-correlation of two series (Boker, Xu, Rotondo and King 2002), with surrogates by window shuffling
 * (Ramseyer and Tschacher 2010). A generator, because an hour takes seconds: the caller can pause between two lags.
 * @param first [samples], NaN without a face; `second` likewise, on the same clock
 * @param rate samples per second
 * @yields one entry per lag that has a correlation; none if there are fewer than two windows
 */
export function* laggedSynchrony(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  rate: number,
  options: SynchronyOptions = DEFAULT_SYNCHRONY,
): Generator<LagCorrelation> {
  const size = Math.round(options.windowS * rate);
  const step = Math.max(1, Math.round(options.stepS * rate));
  const mostLag = Math.round(options.mostLagS * rate);
  const samples = Math.min(first.length, second.length);
  const starts: number[] = [];
  for (let start = 0; start + size <= samples; start += step) starts.push(start);
  if (starts.length < 2) return;
  const random = randomStream(options.seed, 'surrogates');
  const orders = Array.from({ length: options.surrogates }, () => derangement(starts.length, random));
  for (let lag = -mostLag; lag <= mostLag; lag++) {
    const own = meanCorrelation(first, second, starts, starts, size, lag);
    if (own.windows === 0) continue;
    const surrogates = orders
      .map((order) => order.map((window) => starts[window]!))
      .map((shuffled) => meanCorrelation(first, second, starts, shuffled, size, lag).r)
      .filter((r) => !Number.isNaN(r))
      .sort((a, b) => a - b);
    const quantile = (share: number): number => surrogates[Math.round(share * (surrogates.length - 1))] ?? NaN;
    yield { lagS: lag / rate, r: own.r, windows: own.windows, surrogateLow: quantile(0.025), surrogateHigh: quantile(0.975) };
  }
}

/** A random order in which no window keeps its place. */
function derangement(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  // Sattolo's algorithm: a single cycle.
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function meanCorrelation(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  startsFirst: readonly number[],
  startsSecond: readonly number[],
  size: number,
  lag: number,
): { r: number; windows: number } {
  let [sum, windows] = [0, 0];
  for (const [i, start] of startsFirst.entries()) {
    const r = correlation(first, second, start, startsSecond[i]! + lag, size);
    if (Number.isNaN(r)) continue;
    sum += Math.atanh(Math.max(-0.999999, Math.min(0.999999, r)));
    windows += 1;
  }
  return { r: windows === 0 ? NaN : Math.tanh(sum / windows), windows };
}

/** Correlation of two parts of the same length; NaN if too few samples are known or one part does not vary. */
function correlation(first: ArrayLike<number>, second: ArrayLike<number>, from: number, other: number, size: number): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < size; i++) {
    const [a, b] = [first[from + i] ?? NaN, second[other + i] ?? NaN];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    n += 1;
    sa += a;
    sb += b;
    saa += a * a;
    sbb += b * b;
    sab += a * b;
  }
  if (n < (1 - MOST_MISSING) * size) return NaN;
  const [va, vb] = [saa - (sa * sa) / n, sbb - (sb * sb) / n];
  const TINY = 1e-12;
  return va < TINY * n || vb < TINY * n ? NaN : (sab - (sa * sb) / n) / Math.sqrt(va * vb);
}
