import type Database from 'better-sqlite3';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { makePrivate } from '../../process/private-files.ts';
import type { Backup } from './backups.ts';
import { isBackupDue, makeBackup, removeOldBackups } from './backups.ts';
import type { JournalMode } from './connection.ts';
import { setJournalMode, connect, refuseDamaged, refuseDamagedPages, refuseForeignSql, refuseOtherFiles, sqliteVersion } from './connection.ts';
import { createProject, isIncomplete, replaceIncompleteProject } from './create-project.ts';
import { ProjectDatabase, storeError } from './database.ts';
import { migrate } from './migrations.ts';
import { deleteSums, hasLog } from './page-sums.ts';
import { backupsFolder, PROJECT_FILE, projectFile } from './project-file.ts';
import { finishRestoring } from './restore-project.ts';

export interface OpenOptions {
  readonly journal?: 'auto' | JournalMode;
  /** Creates the project if it does not exist. */
  readonly create?: boolean;
  /** How long a change waits for another program that writes. All other work of this process waits with it. */
  readonly busyMs?: number;
}

/** Information about an open project, for the status bar and for `doctor`. */
export interface StoreState {
  readonly folder: string;
  readonly sqlite: string;
  readonly journal: JournalMode;
  /** Migrations that were applied when it was opened. */
  readonly migrated: readonly number[];
}

export interface Project {
  readonly db: ProjectDatabase;
  readonly state: StoreState;
  close(): void;
}

/**
 * Opens the project in a folder, checks its integrity, and applies missing migrations after a verified backup.
 * @throws StudioError 'project-missing', 'project-damaged' (nothing was changed; see restoreProject),
 *   'project-unsafe', 'not-a-project', 'project-busy', 'cannot-write', 'disk-full'
 */
export async function openProject(folder: string, { journal = 'auto', create = false, busyMs }: OpenOptions = {}): Promise<Project> {
  const path = resolve(folder);
  const file = projectFile(path);
  finishRestoring(path);
  if (!existsSync(file)) {
    if (!create) throw new StudioError('project-missing', { folder: path });
    createIfMissing(path);
  }
  const project = open(path, file, journal);
  if (busyMs !== undefined) project.db.pragma(`busy_timeout = ${busyMs}`);
  return Promise.resolve(project);
}

/** Takes the rights of others away from the files of a project of an earlier version. The folder may contain other files: it stays as it is. */
function makeProjectPrivate(path: string): void {
  for (const name of namesIn(path)) if (name.includes(PROJECT_FILE) || PRIVATE_FOLDERS.includes(name)) makePrivate(join(path, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder may be entered, but not listed.
    return [];
  }
}

/** The folders that this program makes in a project. */
const PRIVATE_FOLDERS: readonly string[] = ['backups', 'unfinished', 'fine-tuning'];

function createIfMissing(path: string): void {
  try {
    createProject(path);
  } catch (error) {
    // Another process has created it in the meantime.
    if (!(error instanceof StudioError && error.code === 'project-exists')) throw error;
  }
}

function open(path: string, file: string, journal: 'auto' | JournalMode): Project {
  let database: Database.Database | undefined;
  try {
    if (hasLog(file)) deleteSums(file);
    refuseDamagedPages(file);
    database = connect(file);
    if (isIncomplete(database)) {
      database.close();
      replaceIncompleteProject(path);
      database = connect(file);
    }
    refuseOtherFiles(database, file);
    refuseForeignSql(database, file);
    // SQLite gives its log the permissions of the file.
    makeProjectPrivate(path);
    const journalBefore = database.pragma('journal_mode', { simple: true });
    const mode = setJournalMode(database, path, journal);
    if (database.pragma('journal_mode', { simple: true }) !== journalBefore) deleteSums(file);
    refuseDamaged(database, file);
    const db = new ProjectDatabase(database, file);
    const migrated = migrate(database, (number) => void makeBackup(backupsFolder(path), `before-${number}`, (copy) => db.copyTo(copy)));
    if (migrated.length > 0) deleteSums(file);
    return { db, state: { folder: path, sqlite: sqliteVersion(database), journal: mode, migrated }, close: () => db.close() };
  } catch (error) {
    database?.close();
    throw storeError(file, error);
  }
}

/** Opens a project, calls `work` and closes the project, also after an error. */
export async function inProject<T>(folder: string, work: (db: ProjectDatabase) => T | Promise<T>, options: OpenOptions = {}): Promise<T> {
  const { db, close } = await openProject(folder, options);
  try {
    return await work(db);
  } finally {
    close();
  }
}

/** Makes the daily backup if it is due, and removes old backups. @returns the new backup, or null */
export function backUpDaily({ db, state }: Project, now = new Date()): Backup | null {
  const folder = backupsFolder(state.folder);
  if (!isBackupDue(folder, now)) return null;
  const backup = makeBackup(folder, 'daily', (copy) => db.copyTo(copy), now);
  removeOldBackups(folder, now);
  return backup;
}
