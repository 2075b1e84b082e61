import Database from 'better-sqlite3';
import { StudioError } from '../../../shared/app/errors.ts';
import { NEWEST } from './migrations.ts';
import { damagedPages } from './page-sums.ts';
import { isOnNetworkShare } from './network-share.ts';
import { APPLICATION_ID } from './project-file.ts';

/** Journal mode of SQLite: 'safe' for network shares, where write-ahead logs do not work. */
export type JournalMode = 'wal' | 'safe';

/** Older versions can damage a write-ahead log that two connections reset at the same time (fixed in 3.51.3). */
const OLDEST_SQLITE = [3, 51, 3] as const;
/** Expected values of PRAGMA synchronous. */
const SYNCHRONOUS = { wal: 2, safe: 3 } as const;
const BUSY_MS = 5000;

/** Connects to a file. SQL in its schema (defaults, checks, indexes) cannot call functions with side effects. */
export function connect(file: string, options: Database.Options = {}): Database.Database {
  const database = new Database(file, { timeout: BUSY_MS, ...options });
  database.pragma('trusted_schema = OFF');
  refuseOldSqlite(database);
  return database;
}

export const sqliteVersion = (database: Database.Database): string => database.prepare('SELECT sqlite_version()').pluck().get() as string;

function refuseOldSqlite(database: Database.Database): void {
  const version = sqliteVersion(database);
  const parts = version.split('.').map(Number);
  const [older] = OLDEST_SQLITE.flatMap((oldest, i) => (parts[i] === oldest ? [] : [(parts[i] ?? 0) < oldest]));
  if (older === true) throw new StudioError('store-unsafe/sqlite', { version, oldest: OLDEST_SQLITE.join('.') });
}

/** @throws StudioError 'not-a-project', 'project-newer' */
export function refuseOtherFiles(database: Database.Database, file: string): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw new StudioError('not-a-project', { file });
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > NEWEST) throw new StudioError('project-newer', { file });
}

/** @throws StudioError 'project-damaged' */
export function refuseDamaged(database: Database.Database, file: string): void {
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new StudioError('project-damaged/check', { file, detail: String(found) });
}

/**
 * Must be called before anything is read: a damaged head could look like another program's file.
 * @throws StudioError 'project-damaged'
 */
export function refuseDamagedPages(file: string): void {
  const found = damagedPages(file);
  if (found !== null) throw new StudioError('project-damaged/pages', { file, ...found });
}

/**
 * Rejects triggers, views and virtual tables. This program creates none, and they could run SQL of another person.
 * @throws StudioError 'project-unsafe'
 */
export function refuseForeignSql(database: Database.Database, file: string): void {
  const found = database
    .prepare(`SELECT type, name FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL%') LIMIT 1`)
    .get() as { type: string; name: string } | undefined;
  if (found === undefined) return;
  throw new StudioError('project-unsafe', { file, detail: `${found.type} ${JSON.stringify(found.name)}` });
}

/** Sets the journal mode and the sync level, and verifies them: SQLite may silently use other values. */
export function setJournalMode(database: Database.Database, path: string, journal: 'auto' | JournalMode): JournalMode {
  const requested = journal === 'auto' ? (isOnNetworkShare(path) ? 'safe' : 'wal') : journal;
  const answer = requested === 'wal' ? database.pragma('journal_mode = WAL', { simple: true }) : database.pragma('journal_mode = DELETE', { simple: true });
  const mode = answer === 'wal' ? 'wal' : 'safe';
  if (mode === 'safe' && answer !== 'delete') database.pragma('journal_mode = DELETE');
  database.pragma(`synchronous = ${mode === 'wal' ? 'FULL' : 'EXTRA'}`);
  database.pragma('foreign_keys = ON');
  if (process.platform === 'darwin') {
    database.pragma('fullfsync = ON');
    database.pragma('checkpoint_fullfsync = ON');
  }
  const read = {
    synchronous: database.pragma('synchronous', { simple: true }),
    keys: database.pragma('foreign_keys', { simple: true }),
    trusted: database.pragma('trusted_schema', { simple: true }),
  };
  if (read.synchronous !== SYNCHRONOUS[mode] || read.keys !== 1 || read.trusted !== 0)
    throw new StudioError('store-unsafe/journal', {
      file: path,
      detail: `synchronous ${String(read.synchronous)}, foreign keys ${String(read.keys)}, trusted schema ${String(read.trusted)}`,
    });
  return mode;
}
