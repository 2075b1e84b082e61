import type Database from 'better-sqlite3';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CompiledQuery } from 'kysely';
import { Kysely, SqliteDialect } from 'kysely';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import { required } from '../../../shared/basics/required.ts';
import { isOnNetworkShare } from './network-share.ts';
import { deleteSums, giveNewSeal, hasLog, newSeal, sumsFile, writeSums } from './page-sums.ts';
import type { Tables } from './schema.ts';

/** A Kysely query with the type of its rows. */
export interface TypedQuery<R> {
  compile(): CompiledQuery<R>;
}

/**
 * The only access to the database of a project. Kysely builds the queries and checks their types. better-sqlite3 runs them
 * synchronously, so that no other code can run between the parts of a transaction.
 */
export class ProjectDatabase {
  /** Builds queries. It does not run them. */
  readonly sql: Kysely<Tables>;
  readonly #database: Database.Database;
  readonly #path: string;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #inode: bigint | undefined | null;
  #commits = 0;

  constructor(database: Database.Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#inode = inodeOf(path);
    this.sql = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  }

  /** Folder of the project. */
  get folder(): string {
    return dirname(this.#path);
  }

  rows<R>(query: TypedQuery<R>): R[] {
    const { sql, parameters } = query.compile();
    return this.#guarded(() => this.#statement(sql).all(...parameters)) as R[];
  }

  row<R>(query: TypedQuery<R>): R | undefined {
    const { sql, parameters } = query.compile();
    return this.#guarded(() => this.#statement(sql).get(...parameters)) as R | undefined;
  }

  /** The first row of a query that always has one. @throws Error if there is none */
  onlyRow<R>(query: TypedQuery<R>): R {
    return required(this.row(query), 'a row of the project');
  }

  /** @returns the number of changed rows */
  run(query: TypedQuery<unknown>): number {
    const { sql, parameters } = query.compile();
    return this.#changing(() => this.#statement(sql).run(...parameters)).changes;
  }

  /** Runs a transaction. It is on the disk when this returns. Inner transactions are part of the outer one. */
  transaction<T>(work: () => T): T {
    return this.#changing(() => this.#database.transaction(work).immediate());
  }

  /** Runs work in a transaction that is then rolled back: its result shows what the work would do. */
  dryRun<T>(work: () => T): T {
    let result: { readonly value: T } | undefined;
    try {
      this.transaction(() => {
        result = { value: work() };
        throw ROLLED_BACK;
      });
    } catch (error) {
      if (error !== ROLLED_BACK) throw error;
    }
    return required(result, 'the result of a dry run').value;
  }

  /** Number of transactions that this connection has finished. */
  get commits(): number {
    return this.#commits;
  }

  /**
   * Must be called before a change. SQLite goes on writing into a file that was deleted or moved: nothing of it would be there later.
   * @throws StudioError 'project-missing' if the project file is not the one that was opened
   */
  refuseLostFile(): void {
    const inode = inodeOf(this.#path);
    if (inode === this.#inode || inode === null || this.#inode === null) return;
    // Some shares number their files anew.
    if (inode === undefined || !isOnNetworkShare(this.folder)) throw new StudioError('project-missing/while-open', { file: this.#path });
  }

  hasTable(name: string): boolean {
    return this.#guarded(() => this.#database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name)) !== undefined;
  }

  pragma(text: string): unknown {
    return this.#guarded(() => this.#database.pragma(text, { simple: true }));
  }

  /** Writes a consistent copy to a file that does not exist. */
  copyTo(path: string): void {
    this.#guarded(() => {
      this.#database.prepare('VACUUM INTO ?').run(path);
      giveNewSeal(path);
    });
  }

  close(): void {
    if (!this.#database.open) return;
    this.#statements.clear();
    try {
      if (this.#commits > 0 || !existsSync(sumsFile(this.#path))) this.#sumPages();
    } catch {
      // The disk is full or disconnected. The database must be closed anyway.
    }
    this.#database.close();
  }

  /** Writes the sums of all pages, unless another connection is writing. */
  #sumPages(): void {
    const seal = newSeal();
    this.#database.pragma('optimize');
    this.#database.prepare('INSERT INTO page_seal (id, seal) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET seal = excluded.seal').run(seal);
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
    // While this transaction reads, no other connection changes the file itself.
    this.#database.exec('BEGIN');
    try {
      this.#database.prepare('SELECT count(*) FROM sqlite_schema').get();
      deleteSums(this.#path);
      if (!hasLog(this.#path)) writeSums(this.#path, seal);
      if (hasLog(this.#path)) deleteSums(this.#path);
    } finally {
      this.#database.exec('ROLLBACK');
    }
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      // Queries with lists have a different text for every length of the list.
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs a change; within a transaction, the transaction has checked the file. */
  #changing<T>(work: () => T): T {
    if (this.#database.inTransaction) return this.#guarded(work);
    this.refuseLostFile();
    // Another connection may have written them since the last change.
    deleteSums(this.#path);
    const result = this.#guarded(work);
    this.#commits += 1;
    return result;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(this.#path, error);
    }
  }
}

/** The number of a file on its disk; undefined if there is none, null if the disk does not answer. */
function inodeOf(path: string): bigint | undefined | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
  } catch {
    return null;
  }
}

/** Ends the transaction of a dry run. */
const ROLLED_BACK = new Error('rolled back');
const MOST_STATEMENTS = 300;

/** Converts an error of SQLite to a StudioError. Other errors and violated constraints are returned unchanged. */
export function storeError(path: string, error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return error;
  if (code.startsWith('SQLITE_CONSTRAINT')) return error;
  if (code === 'SQLITE_FULL') return writeError(path, Object.assign(new Error(String(error)), { code: 'ENOSPC' }));
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'SQLITE_CANTOPEN')
    return new StudioError('cannot-write/project', { file: path }, error);
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') return new StudioError('project-busy', { file: path }, error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return new StudioError('project-damaged', { file: path }, error);
  if (code.startsWith('SQLITE_IOERR')) return new StudioError('cannot-write/disk', { file: path }, error);
  return error;
}
