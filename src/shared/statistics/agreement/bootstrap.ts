import { randomStream } from '../../basics/random.ts';
import type { Interval } from './tables.ts';

export interface BootstrapInterval extends Interval {
  /** Number of resamples that the interval comes from: those in which the statistic is defined. */
  readonly resamples: number;
  readonly seed: number;
}

const RESAMPLES = 1000;
const SEED = 1;
/** With fewer groups there are too few different resamples. */
export const FEWEST_GROUPS = 3;

/**
 * 95% interval of a statistic by the percentile bootstrap over groups (Efron and Tibshirani 1993): the groups, for example
 * videos, are drawn with replacement, and the statistic is computed for each draw. Unlike a formula over units of time, it
 * does not shrink when the same time is cut into more units, because units of one video are not independent.
 * @param groups number of groups
 * @param statistic the value for a draw, given how often each group was drawn, [groups]; NaN if it is undefined
 * @returns null with fewer than FEWEST_GROUPS groups, or if the statistic is defined in fewer than half of the draws
 */
export function bootstrapInterval(groups: number, statistic: (drawn: Float64Array) => number): BootstrapInterval | null {
  if (groups < FEWEST_GROUPS) return null;
  const random = randomStream(SEED, 'bootstrap');
  const values: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const drawn = new Float64Array(groups);
    for (let i = 0; i < groups; i++) drawn[Math.floor(random() * groups)]! += 1;
    const value = statistic(drawn);
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length < RESAMPLES / 2) return null;
  values.sort((a, b) => a - b);
  const quantile = (share: number): number => {
    const at = share * (values.length - 1);
    const below = Math.floor(at);
    const rest = at - below;
    return rest === 0 ? values[below]! : (1 - rest) * values[below]! + rest * values[below + 1]!;
  };
  return { low: quantile(0.025), high: quantile(0.975), resamples: values.length, seed: SEED };
}
