import { mean } from '../../basics/mean.ts';
import { cohenKappa, f1ByCategory, percentAgreement } from './cohen-kappa.ts';
import { eventKappa } from './events.ts';
import { fleissKappa } from './fleiss-kappa.ts';
import { krippendorffAlpha } from './krippendorff-alpha.ts';
import { UNLABELLED } from './layers.ts';
import type { Statistic } from './statistics.ts';
import type { Interval } from './tables.ts';
import { jointCounts, sum } from './tables.ts';

/** A statistic over units that have one label of each rater: units of time, or events. The ICC is over seconds instead. */
export type UnitStatistic = Exclude<Statistic, 'icc'>;

/** Units of several groups (videos), summarised by the combinations of labels that occur. */
export interface CountedUnits {
  /** [combinations, raters] */
  readonly labels: readonly (readonly string[])[];
  /** [groups][combinations] number of units. */
  readonly counts: readonly Float64Array[];
}

/** Counts the units of each group by their combination of labels. @param groups [groups][units][raters] */
export function countUnits(groups: readonly (readonly (readonly string[])[])[]): CountedUnits {
  const indexOf = new Map<string, number>();
  const labels: (readonly string[])[] = [];
  const found = groups.map((units) =>
    units.map((unit) => {
      const key = JSON.stringify(unit);
      const index = indexOf.get(key) ?? labels.push(unit) - 1;
      indexOf.set(key, index);
      return index;
    }),
  );
  const counts = found.map((indices) => {
    const count = new Float64Array(labels.length);
    for (const index of indices) count[index]! += 1;
    return count;
  });
  return { labels, counts };
}

/** Number of units of each combination, the groups being weighted. @param weights [groups] */
export function totalCounts({ labels, counts }: CountedUnits, weights?: Float64Array): Float64Array {
  const total = new Float64Array(labels.length);
  for (const [group, own] of counts.entries()) {
    const weight = weights?.[group] ?? 1;
    if (weight !== 0) for (const [i, count] of own.entries()) total[i]! += weight * count;
  }
  return total;
}

export interface MeasuredUnits {
  /** NaN if it is undefined. */
  readonly value: number;
  /** From the formula for independent units; null if the statistic has none. */
  readonly interval: Interval | null;
  /** The statistic of each label against all others; null if it is undefined. Not for alpha and Fleiss' kappa. */
  readonly byLabel: Readonly<Record<string, number | null>> | null;
}

/**
 * Computes a statistic over counted units.
 * @param labels [combinations, raters]
 * @param counts [combinations]
 */
export function measureUnits(statistic: UnitStatistic, labels: readonly (readonly string[])[], counts: Float64Array): MeasuredUnits {
  const used = labels.flatMap((unit, i) => (counts[i]! > 0 ? [{ unit, count: counts[i]! }] : []));
  const weights = used.map(({ count }) => count);
  const categories = [...new Set(used.flatMap(({ unit }) => unit))].sort();
  if (statistic === 'alpha') {
    const raters = (used[0]?.unit ?? []).map((_, rater) => used.map(({ unit }) => categories.indexOf(unit[rater]!)));
    return { value: krippendorffAlpha(raters, 'nominal', weights).value, interval: null, byLabel: null };
  }
  if (statistic === 'fleiss') {
    const rows = used.map(({ unit }) => categories.map((category) => unit.filter((label) => label === category).length));
    return { value: fleissKappa(rows, weights).value, interval: null, byLabel: null };
  }
  const pairs = used.map(({ unit }) => [unit[0]!, unit[1]!] as const);
  return measurePairs(statistic, jointCounts(pairs, categories, weights), categories);
}

function measurePairs(
  statistic: 'kappa' | 'event-kappa' | 'percent' | 'f1',
  table: readonly (readonly number[])[],
  categories: readonly string[],
): MeasuredUnits {
  const given = (values: readonly number[]): Record<string, number | null> =>
    Object.fromEntries(
      categories.flatMap((category, i) => (category === UNLABELLED ? [] : [[category, Number.isFinite(values[i]) ? values[i]! : null] as const])),
    );
  const separate = categories.map((_, i) => againstOthers(table, i));
  if (statistic === 'kappa') {
    const { value, interval } = cohenKappa(table);
    return { value, interval, byLabel: given(separate.map((each) => cohenKappa(each).value)) };
  }
  if (statistic === 'event-kappa') {
    const value = eventKappa(table, categories.indexOf(UNLABELLED));
    return { value, interval: null, byLabel: given(separate.map((each) => cohenKappa(each).value)) };
  }
  if (statistic === 'percent') return { value: percentAgreement(table), interval: null, byLabel: given(separate.map(percentAgreement)) };
  const byLabel = given(f1ByCategory(table).map((value) => value ?? NaN));
  return { value: mean(Object.values(byLabel).filter((value) => value !== null)), interval: null, byLabel };
}

/** The table of one category against all others together, [2, 2]. */
function againstOthers(table: readonly (readonly number[])[], category: number): [number[], number[]] {
  const [row, column] = [sum(table[category]!), sum(table.map((each) => each[category]!))];
  const both = table[category]![category]!;
  return [
    [both, row - both],
    [column - both, sum(table.map(sum)) - row - column + both],
  ];
}
