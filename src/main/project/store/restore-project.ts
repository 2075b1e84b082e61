import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import type { Backup } from './backups.ts';
import { isGoodStore, listBackups, newestGoodBackup } from './backups.ts';
import { connect } from './connection.ts';
import { syncFolder } from './create-project.ts';
import { storeError } from './database.ts';
import { backupsFolder, PROJECT_FILE, projectFile } from './project-file.ts';

export interface Restored {
  readonly backup: Backup;
  /** The file that was in the backup's place before. */
  readonly kept: string;
}

/** What SQLite keeps beside a store. */
const COMPANIONS = ['-wal', '-shm', '-journal'] as const;
/** Another computer's program that restores a project is done by then, or was killed. */
const LONGEST_RESTORING_MS = 60_000;

/** Written before a backup takes the project's place: whoever opens the project next finishes what a killed program began. */
const markerSchema = z.object({ restored: z.string(), host: z.string(), pid: z.number(), at: z.string() });
const markerFile = (folder: string): string => join(folder, `.${PROJECT_FILE}.restoring`);

/**
 * Puts a backup in the project's place. The file that was there is kept beside it under another name. The project must
 * not be open, in this program or another.
 * @param options.backup a backup's file name; the default is the newest good one, and then a project that is not damaged
 *   is refused
 * @throws StudioError 'project-damaged' where no backup is good, 'project-sound', 'project-busy', 'backup-unusable',
 *   'cannot-write', 'disk-full'; nothing is changed then
 */
export function restoreProject(folder: string, { backup: name }: { backup?: string | undefined } = {}): Restored {
  const path = resolve(folder);
  const file = projectFile(path);
  finishRestoring(path);
  const isSound = existsSync(file) && isGoodStore(file);
  if (isSound && name === undefined) throw new StudioError('project-sound', { file });
  const backup = chooseBackup(path, file, name);
  refuseWhereOpen(file);
  const restored = join(path, `.${PROJECT_FILE}.restored-${process.pid}`);
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const kept = `${file}.${isSound ? 'replaced' : 'damaged'}-${stamp}`;
  try {
    copyStore(backup.file, restored);
    keepBeside(file, kept);
    const marker = { restored: basename(restored), host: hostname(), pid: process.pid, at: new Date().toISOString() };
    writeFileAtomic.sync(markerFile(path), JSON.stringify(marker));
  } catch (error) {
    rmSync(restored, { force: true });
    const known = storeError(file, error);
    throw known instanceof StudioError ? known : writeError(file, known);
  }
  finishRestoring(path);
  return { backup, kept };
}

/**
 * Finishes a restoration that was interrupted between its first and its last step; does nothing where there is none.
 * @throws StudioError 'project-busy' while another program is at it
 */
export function finishRestoring(path: string): void {
  const marker = readMarker(path);
  if (marker === undefined) return;
  if (isAtWork(marker)) throw new StudioError('project-busy/restoring', { folder: path });
  const [file, restored] = [projectFile(path), join(path, basename(marker.restored))];
  try {
    if (existsSync(restored)) {
      // A log that belongs to the former file must not be played into the restored one. It is kept beside the former file.
      for (const ending of COMPANIONS) rmSync(file + ending, { force: true });
      renameSync(restored, file);
      syncFolder(path);
    }
    rmSync(markerFile(path), { force: true });
  } catch (error) {
    throw writeError(file, error);
  }
}

function readMarker(path: string): z.infer<typeof markerSchema> | undefined {
  if (!existsSync(markerFile(path))) return undefined;
  try {
    return markerSchema.parse(JSON.parse(readFileSync(markerFile(path), 'utf8')));
  } catch {
    // Not ours, or gone meanwhile: there is nothing that could be finished.
    rmSync(markerFile(path), { force: true });
    return undefined;
  }
}

function isAtWork({ host, pid, at }: z.infer<typeof markerSchema>): boolean {
  if (host !== hostname()) return Date.now() - Date.parse(at) < LONGEST_RESTORING_MS;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return Date.now() - Date.parse(at) < LONGEST_RESTORING_MS;
  } catch {
    return false;
  }
}

function chooseBackup(path: string, file: string, name: string | undefined): Backup {
  const folder = backupsFolder(path);
  const backup = name === undefined ? newestGoodBackup(folder) : listBackups(folder).find((each) => basename(each.file) === name);
  if (backup === undefined && name === undefined) throw new StudioError('project-damaged/no-backup', { file });
  if (backup === undefined || (name !== undefined && !isGoodStore(backup.file))) throw new StudioError('backup-unusable', { file: join(folder, name ?? '') });
  return backup;
}

/** @throws StudioError 'project-busy' where any connection to the file is open: it would go on writing into the former file */
function refuseWhereOpen(file: string): void {
  if (!existsSync(file)) return;
  try {
    const database = connect(file, { timeout: 1000 });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.exec('BEGIN IMMEDIATE; ROLLBACK');
    } finally {
      database.close();
    }
  } catch (error) {
    const known = storeError(file, error);
    if (!(known instanceof StudioError) || known.code !== 'project-busy') return;
    throw new StudioError('project-busy/open', { file }, error);
  }
}

/** A checked copy of a backup. */
function copyStore(source: string, target: string): void {
  rmSync(target, { force: true });
  const database = connect(source, { readonly: true });
  try {
    database.prepare('VACUUM INTO ?').run(target);
  } finally {
    database.close();
  }
  if (!isGoodStore(target)) throw new StudioError('cannot-write/restored', { file: source });
}

/** The former file gets a second name; its place is never empty. */
function keepBeside(file: string, kept: string): void {
  if (!existsSync(file)) return;
  try {
    linkSync(file, kept);
  } catch {
    // File systems without links.
    copyFileSync(file, kept);
  }
  for (const ending of COMPANIONS) if (existsSync(file + ending)) copyFileSync(file + ending, kept + ending);
}
