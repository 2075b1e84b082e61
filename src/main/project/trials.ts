import { EXCLUDED_TYPE } from '../../shared/annotation/trial-edits.ts';
import type { TrialSpan } from '../../shared/statistics/trials.ts';
import { joinedSpans } from '../../shared/statistics/excluded.ts';
import type { ProjectDatabase } from './store/database.ts';
import type { TrialRow } from './store/schema.ts';

/** All trials and markers, by video and time. */
export const listTrials = (db: ProjectDatabase): TrialRow[] =>
  db.rows(db.sql.selectFrom('trial').selectAll().orderBy('video_id').orderBy('start_s').orderBy('name'));

/** The trials and markers of a video, by time. */
export const trialsOf = (db: ProjectDatabase, video: string): TrialRow[] =>
  db.rows(db.sql.selectFrom('trial').selectAll().where('video_id', '=', video).orderBy('start_s').orderBy('name'));

/** The excluded spans of each video, in order of time and joined. */
export function excludedSpans(db: ProjectDatabase): Map<string, TrialSpan[]> {
  const rows = listTrials(db).filter(({ type, end_s }) => type === EXCLUDED_TYPE && end_s !== null);
  const spans = Map.groupBy(rows, ({ video_id }) => video_id);
  return new Map([...spans].map(([video, own]) => [video, joinedSpans(own.map(({ start_s, end_s }) => ({ startS: start_s, endS: end_s ?? start_s })))]));
}
