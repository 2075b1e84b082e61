import type { ProjectDatabase } from './store/database.ts';
import type { TrialRow } from './store/schema.ts';

/** All trials and markers, by video and time. */
export const listTrials = (db: ProjectDatabase): TrialRow[] =>
  db.rows(db.sql.selectFrom('trial').selectAll().orderBy('video_id').orderBy('start_s').orderBy('name'));
