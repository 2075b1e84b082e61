import type Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import { connect } from './connection.ts';
import { ProjectDatabase, storeError } from './database.ts';
import { DEFAULT_LABELS, DEFAULT_SCHEME } from './default-coding-scheme.ts';
import { migrate, NEWEST } from './migrations.ts';
import { APPLICATION_ID, PROJECT_FILE, projectFile } from './project-file.ts';

/** Prefix of temporary files. A new project is renamed when it is complete, so that a killed process leaves no partial project. */
const UNFINISHED = `.${PROJECT_FILE}.new-`;
/** Older temporary files belong to killed processes: creating a project takes milliseconds, importing one takes minutes. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;

/**
 * Creates a project in a folder. If this fails, no project is left.
 * @param fill writes the first rows; the default is `insertDefaults`
 * @param version schema version that `fill` expects; the later migrations are applied after it
 * @throws StudioError 'project-exists', 'cannot-write', 'disk-full', and the errors of `fill`
 */
export function createProject(folder: string, fill: (db: ProjectDatabase, name: string) => void = insertDefaults, version = NEWEST): void {
  if (existsSync(projectFile(resolve(folder)))) throw projectExists(folder);
  publish(folder, fill, version, (temporary, file) => {
    try {
      // Unlike a rename, a link never replaces a project that another process has created in the meantime.
      linkSync(temporary, file);
    } catch (error) {
      if (existsSync(file)) throw projectExists(folder, error);
      // The file system has no links (exFAT, some network shares).
      renameSync(temporary, file);
    }
  });
}

const projectExists = (folder: string, cause?: unknown): StudioError => new StudioError('project-exists', { folder }, cause);

/**
 * Whether a file is the incomplete project of a killed process of a version before 0.2: an empty file, or a database without
 * the row of the project. Such a file contains no data of the user.
 */
export function isIncomplete(database: Database.Database): boolean {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[];
  const id = database.pragma('application_id', { simple: true });
  if (tables.length === 0) return id === APPLICATION_ID || statSync(database.name).size === 0;
  if (id !== APPLICATION_ID) return false;
  return ['project', 'video', 'coder'].every((table) => !tables.includes(table) || database.prepare(`SELECT 1 FROM ${table}`).get() === undefined);
}

/** Replaces an incomplete project by a new one. */
export function replaceIncompleteProject(folder: string): void {
  publish(folder, insertDefaults, NEWEST, (temporary, file) => {
    const database = connect(file, { readonly: true });
    const isStillIncomplete = isIncomplete(database);
    database.close();
    // Another process may have replaced it already.
    if (!isStillIncomplete) return;
    for (const ending of ['-wal', '-shm', '-journal']) rmSync(file + ending, { force: true });
    renameSync(temporary, file);
  });
}

function publish(folder: string, fill: (db: ProjectDatabase, name: string) => void, version: number, moveTo: (temporary: string, file: string) => void): void {
  const path = resolve(folder);
  const temporary = join(path, `${UNFINISHED}${randomUUID()}`);
  try {
    mkdirSync(path, { recursive: true });
    removeAbandoned(path);
    build(temporary, (db) => fill(db, basename(path)), version);
    moveTo(temporary, projectFile(path));
    syncFolder(path);
  } catch (error) {
    const known = storeError(projectFile(path), error);
    throw isFileSystemError(known) ? writeError(projectFile(path), known) : known;
  } finally {
    for (const ending of ['', '-journal']) if (existsSync(temporary + ending)) rmSync(temporary + ending, { force: true });
  }
}

function build(file: string, fill: (db: ProjectDatabase) => void, version: number): void {
  const database = connect(file);
  try {
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(database, () => undefined, version);
    const db = new ProjectDatabase(database, file);
    db.transaction(() => fill(db));
    migrate(database, () => undefined);
  } finally {
    database.close();
  }
}

/** Inserts the rows of a new project: its name, and the seven classes as its coding scheme. */
export function insertDefaults(db: ProjectDatabase, name: string): void {
  db.run(
    db.sql.insertInto('project').values({ id: 1, uuid: randomUUID(), name, created_at: new Date().toISOString(), clock: 1, copy_id: null, copied_clock: null }),
  );
  db.run(db.sql.insertInto('scheme').values({ ...DEFAULT_SCHEME, revision: 1 }));
  for (const label of DEFAULT_LABELS) db.run(db.sql.insertInto('label').values({ ...label, revision: 1 }));
}

function removeAbandoned(path: string): void {
  for (const name of readdirSync(path).filter((each) => each.startsWith(UNFINISHED))) {
    const file = join(path, name);
    if (Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > ABANDONED_AFTER_MS) rmSync(file, { force: true });
  }
}

/** Flushes a folder, so that the names of its files are on the disk. Windows does not support this and does not need it. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch {
    // Some network shares do not support it.
  } finally {
    closeSync(folder);
  }
}

function isFileSystemError(error: unknown): boolean {
  return !(error instanceof StudioError) && typeof (error as { syscall?: unknown }).syscall === 'string';
}
