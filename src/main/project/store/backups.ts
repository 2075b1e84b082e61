import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { APPLICATION_ID } from './project-file.ts';

/** A copy of the whole store. */
export interface Backup {
  readonly file: string;
  readonly madeAt: Date;
  /** 'daily', or the migration that it was made before. */
  readonly reason: string;
  readonly bytes: number;
}

const NAME = /^project-(\d{8}T\d{6})-([\w-]+)\.db$/;

/** What is kept: all of the last days, one a week before that, and every one that was made before a migration for a year. */
const KEPT = { days: 10, weeks: 8, beforeMigrationDays: 365 } as const;
const DAY_MS = 86_400_000;

/** Backups of a project, newest first. */
export function listBackups(folder: string): Backup[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const [, stamp, reason] = NAME.exec(name) ?? [];
      if (stamp === undefined || reason === undefined) return [];
      const madeAt = new Date(stamp.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6Z'));
      return [{ file: join(folder, name), madeAt, reason, bytes: statSync(join(folder, name)).size }];
    })
    .sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime() || b.file.localeCompare(a.file));
}

/**
 * Makes a backup and proves it: the copy is opened and checked before it gets its name.
 * @param copyTo writes a consistent copy of the store to a path that does not exist
 * @throws StudioError where it cannot be written or is not good; nothing is left of it then
 */
export function makeBackup(folder: string, reason: string, copyTo: (path: string) => void, now = new Date()): Backup {
  mkdirSync(folder, { recursive: true });
  const stamp = now.toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const file = join(folder, `project-${stamp}-${reason}.db`);
  if (existsSync(file)) return listBackups(folder).find((each) => each.file === file)!;
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    copyTo(partial);
    if (!isGoodStore(partial)) throw new StudioError('cannot-write/backup', { file });
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  return { file, madeAt: now, reason, bytes: statSync(file).size };
}

/** Whether a file is a whole store of ours. It is opened for reading alone. */
export function isGoodStore(file: string): boolean {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    return database.pragma('application_id', { simple: true }) === APPLICATION_ID && database.pragma('integrity_check', { simple: true }) === 'ok';
  } catch {
    return false;
  } finally {
    database?.close();
  }
}

/** The newest backup that can be opened; undefined where there is none. */
export function newestGoodBackup(folder: string): Backup | undefined {
  return listBackups(folder).find(({ file }) => isGoodStore(file));
}

/** Removes what is too old. The newest one always stays. */
export function thinBackups(folder: string, now = new Date()): void {
  const weeks = new Set<number>();
  for (const [i, { file, madeAt, reason }] of listBackups(folder).entries()) {
    const days = (now.getTime() - madeAt.getTime()) / DAY_MS;
    const week = Math.floor(madeAt.getTime() / (7 * DAY_MS));
    const isFirstOfWeek = days <= 7 * KEPT.weeks && !weeks.has(week);
    const stays = i === 0 || days <= KEPT.days || isFirstOfWeek || (reason !== 'daily' && days <= KEPT.beforeMigrationDays);
    if (days > KEPT.days && isFirstOfWeek) weeks.add(week);
    if (!stays) rmSync(file, { force: true });
  }
}

/** Whether the last daily backup is older than a day. */
export function isBackupDue(folder: string, now = new Date()): boolean {
  const last = listBackups(folder).find(({ reason }) => reason === 'daily');
  return last === undefined || now.getTime() - last.madeAt.getTime() > DAY_MS;
}
