import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { damagedPages, deleteSums, writeSums } from './page-sums.ts';
import { APPLICATION_ID } from './project-file.ts';

/** A copy of the database of a project. */
export interface Backup {
  readonly file: string;
  readonly madeAt: Date;
  /** 'daily', or the migration that followed. */
  readonly reason: string;
  readonly bytes: number;
}

const NAME = /^project-(\d{8}T\d{6})-([\w-]+)\.db$/;

/** Retention: all backups of the last days, then one per week; backups before a migration for a year. */
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
 * Makes a backup. The copy is verified before it gets its final name.
 * @param copyTo writes a consistent copy of the database to a path that does not exist
 * @throws StudioError if the backup cannot be written or is damaged; it is then deleted
 */
export function makeBackup(folder: string, reason: string, copyTo: (path: string) => void, now = new Date()): Backup {
  mkdirSync(folder, { recursive: true });
  const stamp = now.toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const file = join(folder, `project-${stamp}-${reason}.db`);
  const existing = listBackups(folder).find((each) => each.file === file);
  if (existing !== undefined) return existing;
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    copyTo(partial);
    if (!isIntactDatabase(partial)) throw new StudioError('cannot-write/backup', { file });
    renameSync(partial, file);
    writeSums(file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  return { file, madeAt: now, reason, bytes: statSync(file).size };
}

/** Whether a file is an intact database of this program. It is opened read-only. */
export function isIntactDatabase(file: string): boolean {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    return (
      database.pragma('application_id', { simple: true }) === APPLICATION_ID &&
      database.pragma('integrity_check', { simple: true }) === 'ok' &&
      damagedPages(file) === null
    );
  } catch {
    return false;
  } finally {
    database?.close();
  }
}

/** The newest intact backup; undefined if there is none. */
export function newestIntactBackup(folder: string): Backup | undefined {
  return listBackups(folder).find(({ file }) => isIntactDatabase(file));
}

/** Removes old backups. The newest one always stays. */
export function removeOldBackups(folder: string, now = new Date()): void {
  const weeks = new Set<number>();
  for (const [i, { file, madeAt, reason }] of listBackups(folder).entries()) {
    const days = (now.getTime() - madeAt.getTime()) / DAY_MS;
    const week = Math.floor(madeAt.getTime() / (7 * DAY_MS));
    const isFirstOfWeek = days <= 7 * KEPT.weeks && !weeks.has(week);
    const stays = i === 0 || days <= KEPT.days || isFirstOfWeek || (reason !== 'daily' && days <= KEPT.beforeMigrationDays);
    if (days > KEPT.days && isFirstOfWeek) weeks.add(week);
    if (stays) continue;
    rmSync(file, { force: true });
    deleteSums(file);
  }
}

/** Whether the last daily backup is older than a day. */
export function isBackupDue(folder: string, now = new Date()): boolean {
  const last = listBackups(folder).find(({ reason }) => reason === 'daily');
  return last === undefined || now.getTime() - last.madeAt.getTime() > DAY_MS;
}
