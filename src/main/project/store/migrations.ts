import type { Database } from 'better-sqlite3';
import * as firstTables from './migrations/0010-first-tables.ts';
import * as batchQueue from './migrations/0020-batch-queue.ts';
import * as maskMaps from './migrations/0030-mask-maps.ts';
import * as approvedWork from './migrations/0040-approved-work.ts';
import * as decisionsAndSteps from './migrations/0050-decisions-and-steps.ts';
import * as comments from './migrations/0060-comments.ts';
import * as clocks from './migrations/0070-clocks.ts';
import * as participantsOfFaces from './migrations/0080-participants-of-faces.ts';
import * as trials from './migrations/0090-trials.ts';
import * as mergeConflicts from './migrations/0100-merge-conflicts.ts';
import * as timesFromZero from './migrations/0110-times-from-zero.ts';
import * as groupsOfLabels from './migrations/0120-groups-of-labels.ts';
import * as signals from './migrations/0130-signals.ts';
import * as faceTracks from './migrations/0140-face-tracks.ts';
import * as givenCopies from './migrations/0150-given-copies.ts';
import * as modifiersOfLabels from './migrations/0160-modifiers-of-labels.ts';
import * as removedVideos from './migrations/0170-removed-videos.ts';
import * as blindCoders from './migrations/0180-blind-coders.ts';
import * as unitsAndPose from './migrations/0190-units-and-pose.ts';
import * as pageSeal from './migrations/0200-page-seal.ts';

/** A change of the schema. `up` runs in a transaction. */
interface Migration {
  readonly number: number;
  readonly up: (database: Database) => void;
}

/**
 * All migrations in order. A published migration is never changed; new ones are added at the end, in steps of ten. The first
 * three use IF NOT EXISTS: versions before 0.2 ran them without a transaction, and a killed process left parts of them.
 */
const MIGRATIONS: readonly Migration[] = [
  { number: 10, up: firstTables.up },
  { number: 20, up: batchQueue.up },
  { number: 30, up: maskMaps.up },
  { number: 40, up: approvedWork.up },
  { number: 50, up: decisionsAndSteps.up },
  { number: 60, up: comments.up },
  { number: 70, up: clocks.up },
  { number: 80, up: participantsOfFaces.up },
  { number: 90, up: trials.up },
  { number: 100, up: mergeConflicts.up },
  { number: 110, up: timesFromZero.up },
  { number: 120, up: groupsOfLabels.up },
  { number: 130, up: signals.up },
  { number: 140, up: faceTracks.up },
  { number: 150, up: givenCopies.up },
  { number: 160, up: modifiersOfLabels.up },
  { number: 170, up: removedVideos.up },
  { number: 180, up: blindCoders.up },
  { number: 190, up: unitsAndPose.up },
  { number: 200, up: pageSeal.up },
];

/** user_version of a database with all migrations. */
export const NEWEST = Math.max(...MIGRATIONS.map(({ number }) => number));

/**
 * Applies the missing migrations. Each migration and its number in user_version are one transaction.
 * @param before makes the backup; called once, before the first missing migration. If it throws, nothing is changed
 * @param upTo the last migration to apply
 * @returns the numbers of the applied migrations
 */
export function migrate(database: Database, before: (migration: number) => void, upTo = NEWEST): number[] {
  const applied: number[] = [];
  for (const { number, up } of MIGRATIONS) {
    if (number > upTo || isApplied(database, number)) continue;
    if (applied.length === 0) before(number);
    const apply = database.transaction(() => {
      // Another process may have applied it already.
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

/** Versions before 0.2 stored the names of applied migrations in a table of Kysely and set user_version later. */
function namedByKysely(database: Database): Set<number> {
  const hasTable = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'kysely_migration'`).get() !== undefined;
  const names = hasTable ? (database.prepare('SELECT name FROM kysely_migration').pluck().all() as string[]) : [];
  return new Set(names.map((name) => Number.parseInt(name, 10)));
}
