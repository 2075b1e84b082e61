import type { Database } from 'better-sqlite3';

/** Videos that a person removed from the project. Their rows stay, so that the removal can be undone and adding the file again brings the labels back. */
export function up(database: Database): void {
  database.exec('ALTER TABLE video ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))');
}
