import type { Database } from 'better-sqlite3';

/** Whether a coder codes blind: without the model's proposals and the labels of others. Changes of it are steps of the journal. */
export function up(database: Database): void {
  database.exec(`ALTER TABLE coder ADD COLUMN is_blind INTEGER NOT NULL DEFAULT 0`);
}
