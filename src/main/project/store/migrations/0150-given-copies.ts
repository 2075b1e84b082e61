import type { Database } from 'better-sqlite3';

/**
 * Copies that were given out: whose they are, their videos, and how far each video was when the copy was merged last. Conflicts get a
 * revision, because deciding one is a step that can be undone.
 */
export function up(database: Database): void {
  database.exec(`CREATE TABLE given_copy (
    copy_id TEXT PRIMARY KEY,
    coder_id TEXT NOT NULL REFERENCES coder(id) ON DELETE CASCADE,
    given_at TEXT NOT NULL,
    merged_at TEXT
  ) STRICT`);
  database.exec(`CREATE TABLE given_video (
    copy_id TEXT NOT NULL REFERENCES given_copy(copy_id) ON DELETE CASCADE,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    review TEXT NOT NULL DEFAULT 'new' CHECK (review IN ('new', 'in_review', 'done')),
    PRIMARY KEY (copy_id, video_id)
  ) STRICT`);
  database.exec('ALTER TABLE merge_conflict ADD COLUMN revision INTEGER NOT NULL DEFAULT 1');
}
