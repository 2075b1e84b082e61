/**
 * Everything that this program writes is study data: results, labels, faces. Whoever imports this file creates files that only their owner
 * can read. It is the first import of every process of the program; ffmpeg, threads and SQLite's companions inherit its effect.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Permissions that others must not have. ADATOSK_ACCESS=group leaves the group its rights, for teams that share a folder. */
const FORBIDDEN = process.env['ADATOSK_ACCESS'] === 'group' ? 0o007 : 0o077;

// A thread has the mask of its process, and must not set it.
if (isMainThread) process.umask(FORBIDDEN);

/** Takes the rights of others away from a file or folder that an earlier version made. What belongs to somebody else stays as it is. */
export function makePrivate(path: string): void {
  if (process.platform === 'win32') return;
  try {
    const { mode } = statSync(path);
    if ((mode & FORBIDDEN) !== 0) chmodSync(path, mode & 0o7777 & ~FORBIDDEN);
  } catch {
    // It does not exist, or belongs to another user; some shares have no permissions.
  }
}

/** Runs work whose files every user of this computer may read: parts of the program itself. */
export function withPublicFiles<T>(work: () => T): T {
  const before = process.umask(0o022);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

/** What temporary folders are made for. */
const PURPOSES = ['faces', 'baseline', 'doctor', 'copy', 'out'] as const;
const FOLDER_NAME = new RegExp(`^adatosk-(?:${PURPOSES.join('|')})-(?:(\\d+)-)?[A-Za-z0-9]{6}$`);
const DAY_MS = 86_400_000;
/** The names of earlier versions do not contain the process. */
const OLD_WITHOUT_PROCESS_MS = 7 * DAY_MS;

/** Makes a temporary folder. Its maker deletes it; `deleteLeftFolders` deletes those of processes that were killed. */
export function temporaryFolder(purpose: (typeof PURPOSES)[number]): string {
  return mkdtempSync(join(tmpdir(), `adatosk-${purpose}-${process.pid}-`));
}

/** Deletes temporary folders that are older than a day and whose process is gone. */
export function deleteLeftFolders(parent = tmpdir(), now = Date.now()): void {
  for (const name of namesIn(parent)) {
    const [match, pid] = FOLDER_NAME.exec(name) ?? [];
    if (match === undefined) continue;
    const path = join(parent, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true || (process.getuid !== undefined && found.uid !== process.getuid())) continue;
    const age = now - found.mtimeMs;
    if (pid === undefined ? age < OLD_WITHOUT_PROCESS_MS : age < DAY_MS || isRunning(Number(pid))) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // In use, or protected: the next start tries again.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a process of this computer runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
