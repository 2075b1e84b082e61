import type Database from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import { Kysely, SqliteDialect } from 'kysely';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import type { Tables } from './schema.ts';

/** A query of Kysely's, which tells the type of its rows. */
export interface TypedQuery<R> {
  compile(): CompiledQuery<R>;
}

/**
 * The one way to the store. Queries are written with Kysely, which checks them against the tables' types, and run at
 * once: better-sqlite3 is synchronous, so nothing else can come between the parts of a transaction.
 */
export class ProjectDatabase {
  /** Writes queries; it runs none by itself. */
  readonly sql: Kysely<Tables>;
  readonly #database: Database.Database;
  readonly #path: string;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.sql = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  }

  rows<R>(query: TypedQuery<R>): R[] {
    const { sql, parameters } = query.compile();
    return this.#guarded(() => this.#statement(sql).all(...parameters)) as R[];
  }

  row<R>(query: TypedQuery<R>): R | undefined {
    const { sql, parameters } = query.compile();
    return this.#guarded(() => this.#statement(sql).get(...parameters)) as R | undefined;
  }

  /** @returns how many rows were changed */
  run(query: TypedQuery<unknown>): number {
    const { sql, parameters } = query.compile();
    return this.#guarded(() => this.#statement(sql).run(...parameters)).changes;
  }

  /** All or nothing, on the disk when this returns. Transactions within are part of the outer one. */
  transaction<T>(work: () => T): T {
    return this.#guarded(() => this.#database.transaction(work).immediate());
  }

  hasTable(name: string): boolean {
    return this.#guarded(() => this.#database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name)) !== undefined;
  }

  pragma(text: string): unknown {
    return this.#guarded(() => this.#database.pragma(text, { simple: true }));
  }

  /** A whole and consistent copy; the file must not exist. */
  copyTo(path: string): void {
    this.#guarded(() => this.#database.prepare('VACUUM INTO ?').run(path));
  }

  close(): void {
    if (!this.#database.open) return;
    this.#statements.clear();
    try {
      this.#database.pragma('optimize');
    } catch {
      // A disk that is full or gone: closing matters more.
    }
    this.#database.close();
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      // Lists of values make a text of their own for every length.
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(this.#path, error);
    }
  }
}

const MOST_STATEMENTS = 300;

/** SQLite's error as a sentence; what is none of SQLite's or a refused value passes as it is. */
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
