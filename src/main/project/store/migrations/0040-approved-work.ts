import type { Database } from 'better-sqlite3';

/**
 * What a project does by itself (waiting jobs, watched folders) carries a signature of the computer that it was requested
 * on (main/project/approval.ts); '' in projects from before. A batch names its model by SHA-256 too.
 */
export function up(database: Database): void {
  database.exec(`ALTER TABLE batch ADD COLUMN model_sha256 TEXT NOT NULL DEFAULT ''`);
  database.exec(`ALTER TABLE job ADD COLUMN approval TEXT NOT NULL DEFAULT ''`);
  database.exec(`ALTER TABLE folder ADD COLUMN approval TEXT NOT NULL DEFAULT ''`);
}
