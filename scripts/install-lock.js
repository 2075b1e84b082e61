// The lock of an installation: one at a time in a folder, whatever is killed or suspended meanwhile.
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the holder must refresh the lock. */
export const REFRESH_MILLISECONDS = 5_000;
/** For a holder whose process cannot be checked: it is on another computer, or its process id is in use again. */
const UNREFRESHED_MILLISECONDS = 120_000;
/** npm continues where the holder was killed, and does not refresh the lock. */
const NPM_ALONE_MILLISECONDS = 600_000;
/** removeStale needs a few milliseconds; after this time, its process was killed. */
const REMOVAL_MILLISECONDS = 10_000;

/**
 * Waits until the lock is free, and takes it. Returns undefined where `signal` stopped the wait.
 * @param {string} file
 * @param {{ onWait?: () => void, signal?: AbortSignal, pollMilliseconds?: number, unrefreshedMilliseconds?: number }} options
 * @returns {Promise<Lock | undefined>}
 */
export async function acquireLock(file, { onWait, signal, pollMilliseconds = 200, unrefreshedMilliseconds = UNREFRESHED_MILLISECONDS } = {}) {
  const lock = new Lock(file);
  let waiting = false;
  /** What was read last, and for how long it has not changed: counted, because clocks differ between computers and jump after a standby. */
  let seen = { text: '', mtimeMs: 0 };
  let unchanged = 0;
  let errors = 0;
  while (!signal?.aborted) {
    try {
      if (lock.tryCreate()) return lock;
    } catch (error) {
      // Windows reports a file that is being deleted as one without access.
      if (process.platform !== 'win32' || !['EPERM', 'EACCES', 'EBUSY'].includes(error.code) || ++errors > 20) throw error;
    }
    const now = readLock(file);
    if (now !== undefined) {
      unchanged = now.text === seen.text && now.mtimeMs === seen.mtimeMs ? unchanged + pollMilliseconds : 0;
      seen = now;
      if (isStale(now.text, unchanged, unrefreshedMilliseconds) && removeStale(file, now)) continue;
      if (!waiting) onWait?.();
      waiting = true;
    }
    await sleep(pollMilliseconds);
  }
  return undefined;
}

class Lock {
  #file;
  #owner = { id: randomUUID(), pid: process.pid, host: hostname(), since: new Date().toISOString() };

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
  }

  tryCreate() {
    try {
      writeFileSync(this.#file, JSON.stringify(this.#owner), { flag: 'wx' });
      return true;
    } catch (error) {
      if (error.code === 'EEXIST') return false;
      throw error;
    }
  }

  /** False where another process took the lock over, because this one was suspended for too long (Ctrl+Z). */
  #isOurs() {
    return parseOwner(readLock(this.#file)?.text).id === this.#owner.id;
  }

  /**
   * Records the process of npm: it continues where this process is killed, and the next start must wait for it.
   * @param {number} pid
   */
  recordNpm(pid) {
    if (this.#isOurs()) writeFileSync(this.#file, JSON.stringify({ ...this.#owner, npm: pid }));
  }

  /** Must be called regularly while the lock is held. Returns false where another process took the lock over. */
  refresh() {
    if (!this.#isOurs()) return false;
    utimesSync(this.#file, new Date(), new Date());
    return true;
  }

  release() {
    if (this.#isOurs()) rmSync(this.#file, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {{ text: string, mtimeMs: number } | undefined} undefined where there is no such file
 */
function readLock(file) {
  try {
    return { text: readFileSync(file, 'utf8'), mtimeMs: statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

/**
 * @param {string | undefined} text
 * @returns {{ id?: string, pid?: number, host?: string, npm?: number }} empty where the lock is being written, or its owner died while writing
 */
function parseOwner(text) {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return {};
  }
}

/**
 * @param {string} text of the lock
 * @param {number} unchanged milliseconds for which it was seen unchanged
 * @param {number} unrefreshedMilliseconds
 */
function isStale(text, unchanged, unrefreshedMilliseconds) {
  const { pid, host, npm } = parseOwner(text);
  if (host === hostname()) {
    // Except on Windows, npm leads a process group. It exists until the last program that npm started has ended.
    if (npm !== undefined && isAlive(process.platform === 'win32' ? npm : -npm)) return unchanged >= NPM_ALONE_MILLISECONDS;
    if (pid !== undefined && !isAlive(pid)) return true;
  }
  return unchanged >= unrefreshedMilliseconds;
}

/** @param {number} pid negative: a process group */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH'; // EPERM: it exists, and belongs to another user
  }
}

/**
 * Removes a stale lock. Two waiting processes may find the same lock stale: the second one must not remove the lock that
 * the first one has created meanwhile. So only the holder of a second file removes, and it reads the lock again before.
 * @param {string} file
 * @param {{ text: string, mtimeMs: number }} stale as it was read
 * @returns {boolean} false where another process is removing it
 */
function removeStale(file, stale) {
  const removal = `${file}.removal`;
  try {
    writeFileSync(removal, '', { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const old = readLock(removal);
    if (old !== undefined && Date.now() - old.mtimeMs > REMOVAL_MILLISECONDS) rmSync(removal, { force: true });
    return false;
  }
  try {
    const now = readLock(file);
    if (now?.text === stale.text && now.mtimeMs === stale.mtimeMs) rmSync(file, { force: true });
    return true;
  } finally {
    rmSync(removal, { force: true });
  }
}
