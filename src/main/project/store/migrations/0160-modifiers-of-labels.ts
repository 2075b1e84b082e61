import type { Database } from 'better-sqlite3';

/** The modifiers that a label can have, such as an intensity: sets of values in the notation of shared/annotation/modifiers.ts. */
export function up(database: Database): void {
  database.exec(`ALTER TABLE label ADD COLUMN modifiers TEXT NOT NULL DEFAULT ''`);
}
