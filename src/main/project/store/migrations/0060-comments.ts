import type { Database } from 'better-sqlite3';

/**
 * Labels and peaks get the comment and the modifiers that other tools store with them (BORIS: modifiers of all sets, separated
 * by '|'). They are NULL in earlier rows, so that the rows of older journal entries are equal to them.
 */
export function up(database: Database): void {
  for (const table of ['segment', 'peak']) for (const column of ['comment', 'modifiers']) database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} TEXT`);
}
