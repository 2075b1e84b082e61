import type { Database } from 'better-sqlite3';

/**
 * Earlier versions imported labels with times before the start of the video, which made their layer unreadable. They are cut at
 * 0; those that end before are deleted. Their coder gets the same from importing the file again.
 */
export function up(database: Database): void {
  database.exec('DELETE FROM segment WHERE end_s < 0');
  database.exec('UPDATE segment SET start_s = 0 WHERE start_s < 0');
  database.exec('DELETE FROM peak WHERE apex_s < 0');
  database.exec('UPDATE peak SET onset_s = 0 WHERE onset_s < 0');
}
