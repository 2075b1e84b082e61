import type Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Backup } from './backups.ts';
import { isBackupDue, makeBackup, removeOldBackups } from './backups.ts';
import type { JournalMode } from './connection.ts';
import { setJournalMode, connect, refuseDamaged, refuseForeignSql, refuseOtherFiles, sqliteVersion } from './connection.ts';
import { createProject, isIncomplete, replaceIncompleteProject } from './create-project.ts';
import { ProjectDatabase, storeError } from './database.ts';
import { migrate } from './migrations.ts';
import { backupsFolder, projectFile } from './project-file.ts';
import { finishRestoring } from './restore-project.ts';

export interface OpenOptions {
  readonly journal?: 'auto' | JournalMode;
  /** Creates the project if it does not exist. */
  readonly create?: boolean;
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
export async function openProject(folder: string, { journal = 'auto', create = false }: OpenOptions = {}): Promise<Project> {
  const path = resolve(folder);
  const file = projectFile(path);
  finishRestoring(path);
  if (!existsSync(file)) {
    if (!create) throw new StudioError('project-missing', { folder: path });
    createIfMissing(path);
  }
  return Promise.resolve(open(path, file, journal));
}

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
    database = connect(file);
    if (isIncomplete(database)) {
      database.close();
      replaceIncompleteProject(path);
      database = connect(file);
    }
    refuseOtherFiles(database, file);
    refuseForeignSql(database, file);
    const mode = setJournalMode(database, path, journal);
    refuseDamaged(database, file);
    const db = new ProjectDatabase(database, file);
    const migrated = migrate(database, (number) => void makeBackup(backupsFolder(path), `before-${number}`, (copy) => db.copyTo(copy)));
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
