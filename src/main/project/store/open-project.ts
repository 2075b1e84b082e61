import type Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Backup } from './backups.ts';
import { isBackupDue, makeBackup, thinBackups } from './backups.ts';
import type { JournalMode } from './connection.ts';
import { chooseJournal, connect, refuseDamaged, refuseForeignSql, refuseOtherFiles, sqliteVersion } from './connection.ts';
import { createProject, isHalfMade, remakeProject } from './create-project.ts';
import { ProjectDatabase, storeError } from './database.ts';
import { migrate } from './migrations.ts';
import { backupsFolder, projectFile } from './project-file.ts';
import { finishRestoring } from './restore-project.ts';

export interface OpenOptions {
  readonly journal?: 'auto' | JournalMode;
  /** Makes the project where there is none. */
  readonly create?: boolean;
}

/** What opening found and did, for the status bar and for `doctor`. */
export interface StoreState {
  readonly folder: string;
  readonly sqlite: string;
  readonly journal: JournalMode;
  /** Migrations that were applied at this opening. */
  readonly migrated: readonly number[];
}

export interface Project {
  readonly db: ProjectDatabase;
  readonly state: StoreState;
  close(): void;
}

/**
 * Opens the project in a folder, makes sure that it is whole and that what it writes is on the disk, and brings its
 * tables up to date after a verified backup.
 * @throws StudioError 'project-missing', 'project-damaged' (nothing was changed; restoreProject puts a backup in its
 *   place), 'project-newer', 'project-unsafe', 'not-a-project', 'project-busy', 'cannot-write', 'disk-full'
 */
export async function openProject(folder: string, { journal = 'auto', create = false }: OpenOptions = {}): Promise<Project> {
  const path = resolve(folder);
  const file = projectFile(path);
  finishRestoring(path);
  if (!existsSync(file)) {
    if (!create) throw new StudioError('project-missing', { folder: path });
    makeUnlessThere(path);
  }
  return Promise.resolve(open(path, file, journal));
}

function makeUnlessThere(path: string): void {
  try {
    createProject(path);
  } catch (error) {
    // Another process made it meanwhile.
    if (!(error instanceof StudioError && error.code === 'project-exists')) throw error;
  }
}

function open(path: string, file: string, journal: 'auto' | JournalMode): Project {
  let database: Database.Database | undefined;
  try {
    database = connect(file);
    if (isHalfMade(database)) {
      database.close();
      remakeProject(path);
      database = connect(file);
    }
    refuseOtherFiles(database, file);
    refuseForeignSql(database, file);
    const kept = chooseJournal(database, path, journal);
    refuseDamaged(database, file);
    const store = new ProjectDatabase(database, file);
    const migrated = migrate(database, (number) => void makeBackup(backupsFolder(path), `before-${number}`, (copy) => store.copyTo(copy)));
    return { db: store, state: { folder: path, sqlite: sqliteVersion(database), journal: kept, migrated }, close: () => store.close() };
  } catch (error) {
    database?.close();
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
