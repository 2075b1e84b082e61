import { excludedAmong } from '../../shared/annotation/excluded-spans.ts';
import type { TrialSpan } from '../../shared/statistics/trials.ts';
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
  const byVideo = Map.groupBy(listTrials(db), ({ video_id }) => video_id);
  return new Map([...byVideo].map(([video, own]) => [video, excludedAmong(own)] as const).filter(([, spans]) => spans.length > 0));
}
