import type { Database } from 'better-sqlite3';

/**
 * Automatic work of a project (waiting jobs, watched folders) gets a signature of the computer that requested it
 * (main/project/approval.ts); '' in earlier projects. A batch also contains the SHA-256 of its model.
 */
export function up(database: Database): void {
  database.exec(`ALTER TABLE batch ADD COLUMN model_sha256 TEXT NOT NULL DEFAULT ''`);
  database.exec(`ALTER TABLE job ADD COLUMN approval TEXT NOT NULL DEFAULT ''`);
  database.exec(`ALTER TABLE folder ADD COLUMN approval TEXT NOT NULL DEFAULT ''`);
}
