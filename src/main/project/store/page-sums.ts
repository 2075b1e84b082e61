import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';
import writeFileAtomic from 'write-file-atomic';

/**
 * Checksums of the pages of a database file, in a file beside it. SQLite notices damage of its structure, not of a name, a time or a
 * probability. Sums are valid only while nothing writes: they are written when a connection closes after changes, and deleted before each
 * change. A log of SQLite beside the database makes them void, and so does another seal in it: then somebody has put another
 * copy of the project in its place.
 */
export const sumsFile = (file: string): string => `${file}-sums`;

const MAGIC = Buffer.from('AdTsSum1');
/** Bytes of a seal, as text. */
const SEAL_BYTES = 32;
/** Magic, size of a page, number of pages, change counter (4 bytes each), seal; then the sum of these and of the sums. */
const SUMMED_HEAD_BYTES = 20 + SEAL_BYTES;
const HEAD_BYTES = SUMMED_HEAD_BYTES + 4;
/** Place of the change counter and of the page size in the head of an SQLite file (https://sqlite.org/fileformat.html). */
const SQLITE_HEAD = { bytes: 100, pageSize: 16, changeCounter: 24 } as const;
const PAGES_AT_ONCE = 1024;

interface Pages {
  readonly pageSize: number;
  readonly changeCounter: number;
  readonly seal: string;
  /** [pages] */
  readonly sums: Uint32Array;
}

/** Damage of a file: the number of pages that are not what was written, and of all pages. */
export interface DamagedPages {
  readonly damaged: number;
  readonly pages: number;
}

/** Writes the sums of a database. @param seal the one in it @throws Error where the disk does not take them; there are then none */
export function writeSums(file: string, seal = sealIn(file) ?? ''): void {
  const { pageSize, changeCounter, sums } = pagesOf(file);
  const body = Buffer.from(sums.buffer, sums.byteOffset, sums.byteLength);
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt32LE(pageSize, 8);
  head.writeUInt32LE(sums.length, 12);
  head.writeUInt32LE(changeCounter, 16);
  head.write(seal, 20, SEAL_BYTES, 'latin1');
  head.writeUInt32LE(crc32(body, crc32(head.subarray(0, SUMMED_HEAD_BYTES))), SUMMED_HEAD_BYTES);
  writeFileAtomic.sync(sumsFile(file), Buffer.concat([head, body]), { mode: 0o600 });
}

/** Must be called before each change of a database. */
export function deleteSums(file: string): void {
  rmSync(sumsFile(file), { force: true });
}

/**
 * Compares a database with its sums.
 * @returns null where all pages are what was written, or where nothing is known: without sums, with damaged ones, with a log, or after a
 *   change that was counted
 */
export function damagedPages(file: string): DamagedPages | null {
  if (hasLog(file)) return null;
  const written = readSums(file);
  if (written === null) return null;
  const seal = sealIn(file);
  // A file whose seal cannot be read is damaged: then its pages tell.
  if (seal !== undefined && seal !== written.seal) return null;
  const now = pagesOf(file, written.pageSize);
  // On a network share there is no log, but SQLite counts each change in the file.
  if (now.changeCounter !== written.changeCounter) return null;
  const pages = Math.max(now.sums.length, written.sums.length);
  let damaged = 0;
  for (let page = 0; page < pages; page++) if (now.sums[page] !== written.sums[page]) damaged += 1;
  // Another connection has begun to write meanwhile.
  if (damaged === 0 || hasLog(file) || !existsSync(sumsFile(file))) return null;
  return { damaged, pages };
}

/** Whether a log of SQLite is beside a database: its newest changes are there. */
export function hasLog(file: string): boolean {
  return ['-wal', '-journal'].some((ending) => (statSync(file + ending, { throwIfNoEntry: false })?.size ?? 0) > 0);
}

function readSums(file: string): Pages | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(sumsFile(file));
  } catch {
    return null;
  }
  const body = bytes.subarray(HEAD_BYTES);
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, 8).equals(MAGIC) || body.length !== 4 * bytes.readUInt32LE(12)) return null;
  if (crc32(body, crc32(bytes.subarray(0, SUMMED_HEAD_BYTES))) !== bytes.readUInt32LE(SUMMED_HEAD_BYTES)) return null;
  const sums = Uint32Array.from({ length: body.length / 4 }, (_, i) => body.readUInt32LE(4 * i));
  const seal = bytes.toString('latin1', 20, SUMMED_HEAD_BYTES).replace(/\0+$/, '');
  return { pageSize: bytes.readUInt32LE(8), changeCounter: bytes.readUInt32LE(16), seal, sums };
}

/** A new seal. */
export const newSeal = (): string => randomBytes(SEAL_BYTES / 2).toString('hex');

/** Gives a copy a seal of its own: in the place of the project, its pages are not those of the project's sums. */
export function giveNewSeal(file: string): void {
  const database = new Database(file);
  try {
    if (hasSeal(database)) database.prepare('UPDATE page_seal SET seal = ?').run(newSeal());
  } finally {
    database.close();
  }
}

const hasSeal = (database: Database.Database): boolean => database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'page_seal'`).get() !== undefined;

/** The seal in a database; '' for one of an earlier version, undefined where it cannot be read. */
function sealIn(file: string): string | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    return hasSeal(database) ? ((database.prepare('SELECT seal FROM page_seal').pluck().get() as string | undefined) ?? '') : '';
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

/** The seal of these pages is not read. @param knownSize size of a page, where the head of the file cannot be trusted */
function pagesOf(file: string, knownSize?: number): Omit<Pages, 'seal'> {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(SQLITE_HEAD.bytes);
    readSync(handle, head, 0, head.length, 0);
    const stored = head.readUInt16BE(SQLITE_HEAD.pageSize);
    const pageSize = knownSize ?? (stored === 1 ? 65536 : stored);
    const { size } = fstatSync(handle);
    const sums = new Uint32Array(Math.ceil(size / pageSize));
    const buffer = Buffer.alloc(PAGES_AT_ONCE * pageSize);
    for (let page = 0; page < sums.length; page += PAGES_AT_ONCE) {
      const read = readSync(handle, buffer, 0, buffer.length, page * pageSize);
      for (let at = 0; at < read; at += pageSize) sums[page + at / pageSize] = crc32(buffer.subarray(at, Math.min(read, at + pageSize)));
    }
    return { pageSize, changeCounter: head.readUInt32BE(SQLITE_HEAD.changeCounter), sums };
  } finally {
    closeSync(handle);
  }
}
