import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { StudioError, writeError } from '../../shared/errors.ts';
import type { Backup } from './backups.ts';
import { isBackupDue, makeBackup, newestGoodBackup, thinBackups } from './backups.ts';
import { ProjectDatabase, storeError } from './database.ts';
import { DEFAULT_LABELS, DEFAULT_SCHEME } from './default-scheme.ts';
import { migrate, NEWEST, numberOf } from './migrations.ts';
import { isOnNetworkShare } from './network-share.ts';
import { APPLICATION_ID, backupsFolder, projectFile } from './project-file.ts';

export interface OpenOptions {
  /** How the journal is kept: 'auto' takes the safe mode on network shares, where write-ahead logs do not work. */
  readonly journal?: 'auto' | 'wal' | 'safe';
  /** Makes the project where there is none. */
  readonly create?: boolean;
}

/** What opening found and did, for the status bar and for `doctor`. */
export interface StoreState {
  readonly folder: string;
  readonly sqlite: string;
  readonly journal: 'wal' | 'safe';
  /** Migrations that were applied at this opening. */
  readonly migrated: readonly string[];
}

export interface Project {
  readonly db: ProjectDatabase;
  readonly state: StoreState;
  close(): void;
}

/** SQLite before this could damage a write-ahead log that two connections reset at once (fixed in 3.51.3). */
const OLDEST_SQLITE = [3, 51, 3] as const;
/** What PRAGMA synchronous answers. */
const SYNCHRONOUS = { wal: 2, safe: 3 } as const;
const BUSY_MS = 5000;

/**
 * Opens the project in a folder, makes sure that it is whole and that what it writes is on the disk, and brings its
 * tables up to date after a verified backup.
 * @throws StudioError 'project-missing', 'project-damaged' (nothing was changed; restoreProject offers the newest good
 *   backup), 'project-newer', 'not-a-project', 'project-busy', 'cannot-write', 'disk-full'
 */
export async function openProject(folder: string, { journal = 'auto', create = false }: OpenOptions = {}): Promise<Project> {
  const path = resolve(folder);
  const file = projectFile(path);
  const isNew = !existsSync(file);
  if (isNew && !create) throw new StudioError('project-missing', `There is no project in ${path}.`, 'Choose another folder, or make a new project there.');
  if (isNew) makeFolder(path);
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    refuseOldSqlite(database);
    if (isNew) database.pragma(`application_id = ${APPLICATION_ID}`);
    else refuseOthers(database, file);
    const kept = chooseJournal(database, path, journal);
    if (!isNew) refuseDamaged(database, file);
    const migrated: string[] = [];
    const store = new ProjectDatabase(database, file);
    await migrate(database, (name) => {
      if (!isNew) makeBackup(backupsFolder(path), `before-${numberOf(name)}`, (copy) => store.copyTo(copy));
      migrated.push(name);
    });
    if (isNew) begin(store, basename(path));
    return { db: store, state: { folder: path, sqlite: versionOf(database), journal: kept, migrated }, close: () => store.close() };
  } catch (error) {
    database?.close();
    if (isNew && database !== undefined) removeFiles(file);
    throw storeError(file, error);
  }
}

/** Opens a project for one piece of work, and closes it whatever becomes of that. */
export async function inProject<T>(folder: string, work: (db: ProjectDatabase) => T | Promise<T>, options: OpenOptions = {}): Promise<T> {
  const { db, close } = await openProject(folder, options);
  try {
    return await work(db);
  } finally {
    close();
  }
}

/** Makes the day's backup where it is due, and removes old ones. @returns the new one, or null */
export function backUpDaily({ db, state }: Project, now = new Date()): Backup | null {
  const folder = backupsFolder(state.folder);
  if (!isBackupDue(folder, now)) return null;
  const backup = makeBackup(folder, 'daily', (copy) => db.copyTo(copy), now);
  thinBackups(folder, now);
  return backup;
}

/**
 * Puts the newest good backup in a damaged project's place. The damaged file is kept beside it under another name.
 * @returns the backup that was taken, and where the damaged file is now
 * @throws StudioError 'project-damaged' where no backup is good; nothing is changed then
 */
export function restoreProject(folder: string): { backup: Backup; damaged: string } {
  const path = resolve(folder);
  const file = projectFile(path);
  const backup = newestGoodBackup(backupsFolder(path));
  if (backup === undefined)
    throw new StudioError(
      'project-damaged',
      `The project ${file} is damaged, and it has no backup that can be opened.`,
      'Keep the folder as it is, and ask for help with recovering it.',
    );
  const restored = `${file}.restored`;
  rmSync(restored, { force: true });
  const source = new Database(backup.file, { readonly: true });
  try {
    source.prepare('VACUUM INTO ?').run(restored);
  } finally {
    source.close();
  }
  const damaged = `${file}.damaged-${new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '')}`;
  renameSync(file, damaged);
  // A log that belongs to the damaged file must not be played into the restored one.
  for (const ending of ['-wal', '-shm', '-journal']) if (existsSync(file + ending)) renameSync(file + ending, damaged + ending);
  renameSync(restored, file);
  return { backup, damaged };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw writeError(path, error);
  }
}

function removeFiles(file: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(file + ending, { force: true });
}

const versionOf = (database: Database.Database): string => database.prepare('SELECT sqlite_version()').pluck().get() as string;

function refuseOldSqlite(database: Database.Database): void {
  const version = versionOf(database);
  const parts = version.split('.').map(Number);
  const [older] = OLDEST_SQLITE.flatMap((wanted, i) => (parts[i] === wanted ? [] : [(parts[i] ?? 0) < wanted]));
  if (older === true)
    throw new StudioError(
      'store-unsafe',
      `SQLite ${version} can damage projects.`,
      `Install AdaTosk Studio again: it brings ${OLDEST_SQLITE.join('.')} or later.`,
    );
}

function refuseOthers(database: Database.Database, file: string): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    throw new StudioError('not-a-project', `${file} is no project of AdaTosk Studio.`, 'Choose another folder.');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > NEWEST)
    throw new StudioError('project-newer', `${file} was made by a newer version of AdaTosk Studio.`, 'Install the newer version; nothing was changed.');
}

/** Sets how changes reach the disk and reads back what SQLite made of it: asked for is not yet done. */
function chooseJournal(database: Database.Database, path: string, journal: 'auto' | 'wal' | 'safe'): 'wal' | 'safe' {
  database.pragma(`busy_timeout = ${BUSY_MS}`);
  const wanted = journal === 'auto' ? (isOnNetworkShare(path) ? 'safe' : 'wal') : journal;
  const answer = wanted === 'wal' ? database.pragma('journal_mode = WAL', { simple: true }) : database.pragma('journal_mode = DELETE', { simple: true });
  const kept = answer === 'wal' ? 'wal' : 'safe';
  if (kept === 'safe' && answer !== 'delete') database.pragma('journal_mode = DELETE');
  database.pragma(`synchronous = ${kept === 'wal' ? 'FULL' : 'EXTRA'}`);
  database.pragma('foreign_keys = ON');
  if (process.platform === 'darwin') {
    database.pragma('fullfsync = ON');
    database.pragma('checkpoint_fullfsync = ON');
  }
  const read = { synchronous: database.pragma('synchronous', { simple: true }), keys: database.pragma('foreign_keys', { simple: true }) };
  if (read.synchronous !== SYNCHRONOUS[kept] || read.keys !== 1)
    throw new StudioError(
      'store-unsafe',
      `SQLite does not keep ${path} safely (synchronous ${String(read.synchronous)}, foreign keys ${String(read.keys)}).`,
      'Install AdaTosk Studio again.',
    );
  return kept;
}

function refuseDamaged(database: Database.Database, file: string): void {
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok')
    throw new StudioError('project-damaged', `The project file ${file} is damaged (${String(found)}).`, 'The newest good backup can be opened instead.');
}

/** A new project: its name, the seven classes as its first scheme. */
function begin(db: ProjectDatabase, name: string): void {
  db.transaction(() => {
    db.run(db.sql.insertInto('project').values({ id: 1, uuid: randomUUID(), name, created_at: new Date().toISOString(), clock: 1 }));
    db.run(db.sql.insertInto('scheme').values({ ...DEFAULT_SCHEME, revision: 1 }));
    for (const label of DEFAULT_LABELS) db.run(db.sql.insertInto('label').values({ ...label, revision: 1 }));
  });
}
