import type { Database } from 'better-sqlite3';

/**
 * Copies of a project that are given out and merged back. `copy_id` and `copied_clock` (the clock of the project at that moment) are
 * those of a copy; `merged_copy` has the clocks of both at the last merge of a copy.
 *
 * merge_conflict: rows that two copies of a project changed in different ways. One version is in its table; the other one is here until a person
 * decides. `kept` and `other` are rows as JSON; null stands for a deleted row.
 */
export function up(database: Database): void {
  database.exec('ALTER TABLE project ADD COLUMN copy_id TEXT');
  database.exec('ALTER TABLE project ADD COLUMN copied_clock INTEGER');
  database.exec(`CREATE TABLE merged_copy (
    copy_id TEXT PRIMARY KEY,
    own_clock INTEGER NOT NULL,
    copy_clock INTEGER NOT NULL
  ) STRICT`);
  database.exec(`CREATE TABLE merge_conflict (
    id TEXT PRIMARY KEY,
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,
    video_id TEXT REFERENCES video(id) ON DELETE CASCADE,
    kept TEXT,
    other TEXT,
    found_at TEXT NOT NULL,
    resolved INTEGER NOT NULL DEFAULT 0 CHECK (resolved IN (0, 1))
  ) STRICT`);
}
