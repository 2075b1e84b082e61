import { byName } from '../basics/name-order.ts';
import { mean } from '../basics/mean.ts';
import { bootstrapInterval } from './agreement/bootstrap.ts';
import type { Interval } from './agreement/tables.ts';

/** A value (the share of time of a label, for example) of a participant in a condition. */
export interface ConditionValue {
  readonly participant: string;
  readonly condition: string;
  readonly value: number;
}

export interface ConditionMean {
  readonly condition: string;
  readonly participants: number;
  readonly mean: number;
  /** Standard deviation over participants; null with fewer than two. */
  readonly sd: number | null;
}

/** Means over participants by condition, in the order of the names. A participant with several values in a condition counts once, with their mean. */
export function meansByCondition(values: readonly ConditionValue[]): ConditionMean[] {
  return [...Map.groupBy(values, ({ condition }) => condition)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([condition, own]) => {
      const people = [...valueOfEach(own).values()];
      const average = mean(people);
      const variance = people.reduce((sum, value) => sum + (value - average) ** 2, 0) / (people.length - 1);
      return { condition, participants: people.length, mean: average, sd: people.length < 2 ? null : Math.sqrt(variance) };
    });
}

/** The difference of two conditions within participants. */
export interface ConditionDifference {
  readonly from: string;
  readonly to: string;
  /** Participants who have values in both conditions. */
  readonly participants: number;
  readonly mean: number;
  /** 95% interval by bootstrap over participants; null with fewer than three. */
  readonly interval: Interval | null;
}

/**
 * Differences within participants for each pair of conditions, `to` minus `from`. People who have only one of both conditions do
 * not count, so that differences between people cannot look like differences between conditions.
 */
export function differencesWithin(values: readonly ConditionValue[]): ConditionDifference[] {
  const byCondition = [...Map.groupBy(values, ({ condition }) => condition)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, own]) => ({ name, people: valueOfEach(own) }));
  return byCondition.flatMap((from, i) =>
    byCondition.slice(i + 1).flatMap((to): ConditionDifference[] => {
      const differences = [...from.people].flatMap(([participant, value]) => {
        const other = to.people.get(participant);
        return other === undefined ? [] : [other - value];
      });
      if (differences.length === 0) return [];
      const total = (drawn: Float64Array): number => differences.reduce((sum, each, n) => sum + (drawn[n] ?? 0) * each, 0) / differences.length;
      const interval = bootstrapInterval(differences.length, total);
      return [
        {
          from: from.name,
          to: to.name,
          participants: differences.length,
          mean: mean(differences),
          interval: interval === null ? null : { low: interval.low, high: interval.high },
        },
      ];
    }),
  );
}

/** The values of one participant in several conditions. */
export interface ConditionLine {
  readonly participant: string;
  /** [conditions]; null for a condition that the participant does not have. */
  readonly values: readonly (number | null)[];
}

/** A line for each participant who has several of the conditions, in the order of the names. */
export function linesWithin(values: readonly ConditionValue[], conditions: readonly string[]): ConditionLine[] {
  const byCondition = Map.groupBy(values, ({ condition }) => condition);
  const people = conditions.map((condition) => valueOfEach(byCondition.get(condition) ?? []));
  return [...new Set(values.map(({ participant }) => participant))]
    .sort(byName)
    .map((participant) => ({ participant, values: people.map((own) => own.get(participant) ?? null) }))
    .filter((line) => line.values.filter((value) => value !== null).length > 1);
}

function valueOfEach(values: readonly ConditionValue[]): Map<string, number> {
  return new Map([...Map.groupBy(values, ({ participant }) => participant)].map(([participant, own]) => [participant, mean(own.map(({ value }) => value))]));
}
