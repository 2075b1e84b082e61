import type { EditableRows, RowEdit } from './editable-rows.ts';

export type TrialRow = EditableRows['trial'];

/** Spans of this type are a participant's own baseline: neutral spans, chosen in the timeline or in a table. */
export const BASELINE_TYPE = 'baseline';
/** Spans of this type (breaks, briefings) are excluded from all statistics. */
export const EXCLUDED_TYPE = 'excluded';
/** The type of a trial for which none is given. */
export const DEFAULT_TYPE = 'trial';

/** What a person decides about a trial. Without an end, it is a marker. */
export type TrialDraft = Omit<TrialRow, 'id' | 'video_id' | 'revision'>;

export const createTrial = (videoId: string, draft: TrialDraft, id: string): RowEdit => ({
  table: 'trial',
  kind: 'insert',
  row: { id, video_id: videoId, ...draft },
});

/** Only the columns that the draft changes are set. @returns no edit if it changes none */
export function changeTrial(trial: TrialRow, draft: TrialDraft): RowEdit[] {
  const columns = Object.keys(draft) as (keyof TrialDraft)[];
  const set = Object.fromEntries(columns.filter((column) => draft[column] !== trial[column]).map((column) => [column, draft[column]]));
  return Object.keys(set).length === 0 ? [] : [{ table: 'trial', kind: 'update', id: trial.id, revision: trial.revision, set }];
}

export const removeTrial = ({ id, revision }: TrialRow): RowEdit => ({ table: 'trial', kind: 'delete', id, revision });

/** A name for a new trial of a type: the lowest number that no trial of the type has. */
export function freeName(trials: readonly Pick<TrialRow, 'name' | 'type'>[], type: string): string {
  const used = new Set(trials.filter((each) => each.type === type).map(({ name }) => name));
  let number = 1;
  while (used.has(String(number))) number += 1;
  return String(number);
}

/** The type that a new trial probably has: that of the last one, because trials of one type are drawn one after the other. */
export const nextType = (trials: readonly Pick<TrialRow, 'type'>[]): string => trials.at(-1)?.type ?? DEFAULT_TYPE;

/**
 * A span for a new trial of a type that overlaps with no other one of it: from a moment or, if that is in a trial, from its end; up to the next
 * trial or marker of the type.
 * @param trials of one type and video
 * @returns null if there is no room up to the end
 */
export function freeSpan(
  trials: readonly Pick<TrialRow, 'start_s' | 'end_s'>[],
  fromS: number,
  lengthS: number,
  lastS: number,
): { readonly startS: number; readonly endS: number } | null {
  let startS = fromS;
  for (const { start_s, end_s } of trials.toSorted((a, b) => a.start_s - b.start_s)) if (start_s <= startS && end_s !== null) startS = Math.max(startS, end_s);
  const endS = Math.min(lastS, startS + lengthS, ...trials.flatMap(({ start_s }) => (start_s > startS ? [start_s] : [])));
  return endS > startS ? { startS, endS } : null;
}

/**
 * Pairs of trials of one type and video that overlap, or where a marker is within a span: each trial with the one before it that
 * ends last. Spans are half-open. O(n log n).
 */
export function overlapsOf<T extends Pick<TrialRow, 'start_s' | 'end_s'>>(trials: readonly T[]): { readonly earlier: T; readonly later: T }[] {
  const found: { earlier: T; later: T }[] = [];
  let last: T | undefined;
  for (const each of trials.toSorted((a, b) => a.start_s - b.start_s)) {
    if (last !== undefined && each.start_s < (last.end_s ?? -Infinity)) found.push({ earlier: last, later: each });
    if (each.end_s !== null && each.end_s > (last?.end_s ?? -Infinity)) last = each;
  }
  return found;
}
