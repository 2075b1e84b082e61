import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import type { Backup } from './backups.ts';
import { isIntactDatabase, listBackups, newestIntactBackup } from './backups.ts';
import { connect } from './connection.ts';
import { syncFolder } from './create-project.ts';
import { storeError } from './database.ts';
import { backupsFolder, PROJECT_FILE, projectFile } from './project-file.ts';

export interface Restored {
  readonly backup: Backup;
  /** Path of the former project file. */
  readonly kept: string;
}

/** Suffixes of the files that SQLite and this program write next to a database. */
const COMPANIONS = ['-wal', '-shm', '-journal', '-sums'] as const;
/** After this time, a process that restores a project has finished or was killed. */
const LONGEST_RESTORING_MS = 60_000;

/** Written before the project is replaced. If the process is killed, the next process that opens the project finishes its work. */
const markerSchema = z.object({ restored: z.string(), host: z.string(), pid: z.number(), at: z.string() });
const markerFile = (folder: string): string => join(folder, `.${PROJECT_FILE}.restoring`);

/**
 * Replaces a project by a backup. The former file is kept under another name. The project must not be open in any program.
 * @param options.backup file name of a backup; the default is the newest intact one, and only for a damaged project
 * @throws StudioError 'project-damaged' if no backup is intact, 'project-sound', 'project-busy', 'backup-unusable',
 *   'cannot-write', 'disk-full'; nothing is then changed
 */
export function restoreProject(folder: string, { backup: name }: { backup?: string | undefined } = {}): Restored {
  const path = resolve(folder);
  const file = projectFile(path);
  finishRestoring(path);
  const isSound = existsSync(file) && isIntactDatabase(file);
  if (isSound && name === undefined) throw new StudioError('project-sound', { file });
  const backup = chooseBackup(path, file, name);
  refuseOpenProject(file);
  const restored = join(path, `.${PROJECT_FILE}.restored-${process.pid}`);
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const kept = `${file}.${isSound ? 'replaced' : 'damaged'}-${stamp}`;
  try {
    copyStore(backup.file, restored);
    keepFormerFile(file, kept);
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
 * Finishes an interrupted restoration, if there is one.
 * @throws StudioError 'project-busy' while another process restores the project
 */
export function finishRestoring(path: string): void {
  const marker = readMarker(path);
  if (marker === undefined) return;
  if (isRestoring(marker)) throw new StudioError('project-busy/restoring', { folder: path });
  const [file, restored] = [projectFile(path), join(path, basename(marker.restored))];
  try {
    if (existsSync(restored)) {
      // SQLite must not apply the log of the former file to the restored one. A copy of it is kept with the former file.
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
    // The marker is invalid or was deleted in the meantime: there is nothing to finish.
    rmSync(markerFile(path), { force: true });
    return undefined;
  }
}

function isRestoring({ host, pid, at }: z.infer<typeof markerSchema>): boolean {
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
  const backup = name === undefined ? newestIntactBackup(folder) : listBackups(folder).find((each) => basename(each.file) === name);
  if (backup === undefined && name === undefined) throw new StudioError('project-damaged/no-backup', { file });
  if (backup === undefined || (name !== undefined && !isIntactDatabase(backup.file)))
    throw new StudioError('backup-unusable', { file: join(folder, name ?? '') });
  return backup;
}

/** @throws StudioError 'project-busy' if a connection to the file is open, which would still write into the former file */
function refuseOpenProject(file: string): void {
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

/** Makes a verified copy of a backup. */
function copyStore(source: string, target: string): void {
  rmSync(target, { force: true });
  const database = connect(source, { readonly: true });
  try {
    database.prepare('VACUUM INTO ?').run(target);
  } finally {
    database.close();
  }
  if (!isIntactDatabase(target)) throw new StudioError('cannot-write/restored', { file: source });
}

/** Gives the former file a second name. The project file exists at all times. */
function keepFormerFile(file: string, kept: string): void {
  if (!existsSync(file)) return;
  try {
    linkSync(file, kept);
  } catch {
    // The file system has no links.
    copyFileSync(file, kept);
  }
  for (const ending of COMPANIONS) if (existsSync(file + ending)) copyFileSync(file + ending, kept + ending);
}
