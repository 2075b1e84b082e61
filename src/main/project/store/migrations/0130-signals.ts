import type { Database } from 'better-sqlite3';

/**
 * Signals: other time series on the clock of a video. Their samples are in packed blocks (see signals.ts); the times are those of
 * the file, to which offset_s is added.
 */
export function up(database: Database): void {
  database.exec(`CREATE TABLE signal (
    id TEXT PRIMARY KEY,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    source TEXT NOT NULL,
    offset_s REAL NOT NULL DEFAULT 0,
    samples INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    interval_s REAL NOT NULL,
    lowest REAL,
    highest REAL,
    revision INTEGER NOT NULL DEFAULT 1
  ) STRICT`);
  database.exec(`CREATE INDEX signal_of_video ON signal (video_id, name)`);
  database.exec(`CREATE TABLE signal_block (
    signal_id TEXT NOT NULL REFERENCES signal(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    samples INTEGER NOT NULL,
    times BLOB NOT NULL,
    readings BLOB NOT NULL,
    overview BLOB NOT NULL,
    PRIMARY KEY (signal_id, position)
  ) STRICT`);
}
