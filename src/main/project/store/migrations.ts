import type { Database } from 'better-sqlite3';
import * as firstTables from './migrations/0010-first-tables.ts';
import * as batchQueue from './migrations/0020-batch-queue.ts';
import * as maskMaps from './migrations/0030-mask-maps.ts';
import * as decisionsAndSteps from './migrations/0050-decisions-and-steps.ts';
import * as approvedWork from './migrations/0040-approved-work.ts';

/** A change of the tables. `up` runs inside a transaction. */
interface Migration {
  readonly number: number;
  readonly up: (database: Database) => void;
}

/**
 * Every change of the tables, in order. A published number never changes its meaning; new ones come at the end, in tens.
 * The first three use IF NOT EXISTS: programs before version 0.2 applied them without a transaction, and a killed one
 * left a part of them.
 */
const MIGRATIONS: readonly Migration[] = [
  { number: 10, up: firstTables.up },
  { number: 20, up: batchQueue.up },
  { number: 30, up: maskMaps.up },
  { number: 40, up: approvedWork.up },
  { number: 50, up: decisionsAndSteps.up },
];

/** user_version of a store that has all migrations. */
export const NEWEST = MIGRATIONS.at(-1)!.number;

/**
 * Brings the tables up to date. A migration and its number in user_version are one transaction.
 * @param before is called before each migration, outside of its transaction: it makes the backup, and nothing is changed
 *   where it fails
 * @param upTo the last migration to apply
 * @returns the numbers of the applied migrations
 */
export function migrate(database: Database, before: (migration: number) => void, upTo = NEWEST): number[] {
  const applied: number[] = [];
  for (const { number, up } of MIGRATIONS) {
    if (number > upTo || isApplied(database, number)) continue;
    before(number);
    const apply = database.transaction(() => {
      // Another process may have been faster.
      if (isApplied(database, number)) return;
      up(database);
      database.pragma(`user_version = ${number}`);
      applied.push(number);
    });
    apply.immediate();
  }
  return applied;
}

function isApplied(database: Database, migration: number): boolean {
  return Number(database.pragma('user_version', { simple: true })) >= migration || namedByKysely(database).has(migration);
}

/** Programs before version 0.2 kept the names of applied migrations in a table of Kysely's, and user_version was set later. */
function namedByKysely(database: Database): Set<number> {
  const hasTable = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'kysely_migration'`).get() !== undefined;
  const names = hasTable ? (database.prepare('SELECT name FROM kysely_migration').pluck().all() as string[]) : [];
  return new Set(names.map((name) => Number.parseInt(name, 10)));
}
