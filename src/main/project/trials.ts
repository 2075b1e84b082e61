import type { TrialSpan } from '../../shared/statistics/trials.ts';
import { joinedSpans } from '../../shared/statistics/excluded.ts';
import type { ProjectDatabase } from './store/database.ts';
import type { TrialRow } from './store/schema.ts';

/** Spans of this type are a participant's own baseline: neutral spans, chosen in the timeline or in a table. */
export const BASELINE_TYPE = 'baseline';
/** Spans of this type (breaks, briefings) are excluded from all statistics. */
export const EXCLUDED_TYPE = 'excluded';

/** All trials and markers, by video and time. */
export const listTrials = (db: ProjectDatabase): TrialRow[] =>
  db.rows(db.sql.selectFrom('trial').selectAll().orderBy('video_id').orderBy('start_s').orderBy('name'));

/** The excluded spans of each video, in order of time and joined. */
export function excludedSpans(db: ProjectDatabase): Map<string, TrialSpan[]> {
  const rows = listTrials(db).filter(({ type, end_s }) => type === EXCLUDED_TYPE && end_s !== null);
  const spans = Map.groupBy(rows, ({ video_id }) => video_id);
  return new Map([...spans].map(([video, own]) => [video, joinedSpans(own.map(({ start_s, end_s }) => ({ startS: start_s, endS: end_s ?? start_s })))]));
}
