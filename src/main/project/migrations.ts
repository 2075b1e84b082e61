import type Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Migration } from 'kysely/migration';
import { Migrator } from 'kysely/migration';
import * as first from './migrations/0010-first-tables.ts';
import * as batchQueue from './migrations/0020-batch-queue.ts';
import * as maskMaps from './migrations/0030-mask-maps.ts';

/** Every change of the tables, in order. A number once published never changes its meaning; new ones come at the end, in tens. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0010-first-tables': first,
  '0020-batch-queue': batchQueue,
  '0030-mask-maps': maskMaps,
};

/** What user_version says of a store that has all of these migrations. */
export const NEWEST = Math.max(...Object.keys(MIGRATIONS).map(numberOf));

export function numberOf(name: string): number {
  return Number.parseInt(name, 10);
}

/**
 * Brings the tables up to date, one migration after the other, each in a transaction of its own.
 * @param before is called before each one: it makes the backup, and nothing is changed where it fails
 */
export async function migrate(database: Database.Database, before: (migration: string) => void): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) } });
  for (const { name, executedAt } of await migrator.getMigrations()) {
    if (executedAt !== undefined) continue;
    before(name);
    const { error } = await migrator.migrateTo(name);
    if (error !== undefined) throw error;
    database.pragma(`user_version = ${numberOf(name)}`);
  }
}
