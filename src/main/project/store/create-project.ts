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

/** A new project is made under such a name and renamed when it is whole, so that a killed program leaves no half-made one. */
const UNFINISHED = `.${PROJECT_FILE}.new-`;
/** Making a project takes milliseconds, importing one minutes: what is older was left by a killed program. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;

/**
 * Makes a project in a folder: whole, or not at all.
 * @param fill writes the first rows; the default is the project's name and the seven classes as its coding scheme
 * @param version of the tables that `fill` writes to; they are brought up to date afterwards
 * @throws StudioError 'project-exists', 'cannot-write', 'disk-full', and what `fill` throws; nothing is left then
 */
export function createProject(folder: string, fill: (db: ProjectDatabase, name: string) => void = begin, version = NEWEST): void {
  if (existsSync(projectFile(resolve(folder)))) throw exists(folder);
  publish(folder, fill, version, (made, file) => {
    try {
      // A link, unlike a rename, never replaces a project that another process made meanwhile.
      linkSync(made, file);
    } catch (error) {
      if (existsSync(file)) throw exists(folder, error);
      // File systems without links: exFAT, some network shares.
      renameSync(made, file);
    }
  });
}

const exists = (folder: string, cause?: unknown): StudioError => new StudioError('project-exists', { folder }, cause);

/**
 * Whether a file is what a killed program of a version before 0.2 left of a project that it was making: an empty file, or
 * a store without the row that names the project. It holds nothing of a person's.
 */
export function isHalfMade(database: Database.Database): boolean {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[];
  const id = database.pragma('application_id', { simple: true });
  if (tables.length === 0) return id === APPLICATION_ID || statSync(database.name).size === 0;
  if (id !== APPLICATION_ID) return false;
  return ['project', 'video', 'coder'].every((table) => !tables.includes(table) || database.prepare(`SELECT 1 FROM ${table}`).get() === undefined);
}

/** Puts a whole new project in the place of a half-made one. */
export function remakeProject(folder: string): void {
  publish(folder, begin, NEWEST, (made, file) => {
    const database = connect(file, { readonly: true });
    const isStill = isHalfMade(database);
    database.close();
    // Another process may have been faster.
    if (!isStill) return;
    for (const ending of ['-wal', '-shm', '-journal']) rmSync(file + ending, { force: true });
    renameSync(made, file);
  });
}

function publish(folder: string, fill: (db: ProjectDatabase, name: string) => void, version: number, place: (made: string, file: string) => void): void {
  const path = resolve(folder);
  const made = join(path, `${UNFINISHED}${randomUUID()}`);
  try {
    mkdirSync(path, { recursive: true });
    removeAbandoned(path);
    build(made, (db) => fill(db, basename(path)), version);
    place(made, projectFile(path));
    syncFolder(path);
  } catch (error) {
    const known = storeError(projectFile(path), error);
    throw isFileSystemError(known) ? writeError(projectFile(path), known) : known;
  } finally {
    for (const ending of ['', '-journal']) if (existsSync(made + ending)) rmSync(made + ending, { force: true });
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

/** A new project: its name, the seven classes as its first coding scheme. */
export function begin(db: ProjectDatabase, name: string): void {
  db.run(db.sql.insertInto('project').values({ id: 1, uuid: randomUUID(), name, created_at: new Date().toISOString(), clock: 1 }));
  db.run(db.sql.insertInto('scheme').values({ ...DEFAULT_SCHEME, revision: 1 }));
  for (const label of DEFAULT_LABELS) db.run(db.sql.insertInto('label').values({ ...label, revision: 1 }));
}

function removeAbandoned(path: string): void {
  for (const name of readdirSync(path).filter((each) => each.startsWith(UNFINISHED))) {
    const file = join(path, name);
    if (Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > ABANDONED_AFTER_MS) rmSync(file, { force: true });
  }
}

/** The name of a file is on the disk when its folder is. Windows keeps folders by itself and opens none. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch {
    // Some network shares cannot.
  } finally {
    closeSync(folder);
  }
}

function isFileSystemError(error: unknown): boolean {
  return !(error instanceof StudioError) && typeof (error as { syscall?: unknown }).syscall === 'string';
}
