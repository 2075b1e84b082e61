import type { Database } from 'better-sqlite3';

/** A random text, which is new each time the sums of the pages are written (see page-sums.ts). It tells that they belong to this file. */
export function up(database: Database): void {
  database.exec('CREATE TABLE page_seal (id INTEGER PRIMARY KEY CHECK (id = 1), seal TEXT NOT NULL)');
}
