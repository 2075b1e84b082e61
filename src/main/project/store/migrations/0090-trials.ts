import type { Database } from 'better-sqlite3';

/** Trials (spans) and markers (moments, without an end) on the clock of a video. */
export function up(database: Database): void {
  database.exec(`CREATE TABLE trial (
    id TEXT PRIMARY KEY,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    item TEXT NOT NULL DEFAULT '',
    condition TEXT NOT NULL DEFAULT '',
    start_s REAL NOT NULL,
    end_s REAL,
    revision INTEGER NOT NULL DEFAULT 1,
    CHECK (end_s IS NULL OR end_s >= start_s)
  ) STRICT`);
  database.exec(`CREATE INDEX trial_of_video ON trial (video_id, start_s)`);
}
