import type { FileBytes } from './file-bytes.ts';

/** A ZIP archive whose files are stored without compression, as PyTorch writes it. */
export interface StoredZip {
  /** Size in bytes of each file, by its name in the archive. */
  readonly sizes: ReadonlyMap<string, number>;
  /** A part of a file. @throws Error where the archive has no such part */
  read(name: string, start: number, length: number): Promise<Uint8Array>;
}

interface Entry {
  readonly name: string;
  readonly size: number;
  /** Position of its local header. */
  readonly header: number;
}

const SIGNATURE = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 } as const;
const BYTES = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;
/** The comment at the end of an archive has at most this length. */
const LONGEST_COMMENT = 0xffff;
const LARGEST_DIRECTORY = 64e6;
const MOST_FILES = 100_000;
/** A value that stands in the zip64 record instead. */
const IN_ZIP64 = 0xffffffff;
const ZIP64_FIELD = 1;
const ENCRYPTED = 1;

/**
 * Reads the directory of an archive. Files of an archive must not overlap. So all of them together are not larger than the
 * archive.
 * @throws Error with a reason for other archives: compressed, encrypted, overlapping, truncated
 */
export async function readStoredZip(file: FileBytes): Promise<StoredZip> {
  const directory = await findDirectory(file);
  if (directory.bytes > LARGEST_DIRECTORY || directory.count > MOST_FILES) throw new Error('its archive has too many files');
  const entries = entriesOf(await file.read(directory.start, directory.bytes), directory.count);
  const inOrder = entries.toSorted((a, b) => a.header - b.header);
  const ends = new Map(inOrder.map(({ name }, i) => [name, inOrder[i + 1]?.header ?? directory.start]));
  if (ends.size < entries.length) throw new Error('its archive has two files with one name');
  for (const { name, header, size } of entries) {
    if (header + BYTES.local + size > (ends.get(name) ?? 0)) throw new Error(`'${name}' overlaps with another part of the archive`);
  }
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    sizes: new Map(entries.map(({ name, size }) => [name, size])),
    read: async (name, start, length) => {
      const entry = byName.get(name);
      if (entry === undefined) throw new Error(`its archive has no '${name}'`);
      if (start < 0 || length < 0 || start + length > entry.size) throw new Error(`'${name}' is too short`);
      const first = await contentStart(file, entry);
      if (first + entry.size > (ends.get(name) ?? 0)) throw new Error(`'${name}' overlaps with another part of the archive`);
      return file.read(first + start, length);
    },
  };
}

/** Position of a file's contents, after its local header. Its sizes may be missing there; those of the directory count. */
async function contentStart(file: FileBytes, { name, header }: Entry): Promise<number> {
  const view = viewOf(await file.read(header, BYTES.local));
  if (view.getUint32(0, true) !== SIGNATURE.local) throw new Error(`'${name}' is not where the archive says`);
  return header + BYTES.local + view.getUint16(26, true) + view.getUint16(28, true);
}

async function findDirectory(file: FileBytes): Promise<{ start: number; bytes: number; count: number }> {
  const length = Math.min(file.size, BYTES.end + LONGEST_COMMENT);
  const tail = viewOf(await file.read(file.size - length, length));
  for (let at = length - BYTES.end; at >= 0; at--) {
    if (tail.getUint32(at, true) !== SIGNATURE.end || at + BYTES.end + tail.getUint16(at + 20, true) !== length) continue;
    const end = { start: tail.getUint32(at + 16, true), bytes: tail.getUint32(at + 12, true), count: tail.getUint16(at + 10, true) };
    return (await findDirectory64(file, file.size - length + at)) ?? end;
  }
  throw new Error('it is truncated: the directory of its archive is missing');
}

/** The directory as the zip64 record names it, which PyTorch always writes; undefined without such a record. @param end position of the end record */
async function findDirectory64(file: FileBytes, end: number): Promise<{ start: number; bytes: number; count: number } | undefined> {
  if (end < BYTES.locator64) return undefined;
  const locator = viewOf(await file.read(end - BYTES.locator64, BYTES.locator64));
  if (locator.getUint32(0, true) !== SIGNATURE.locator64) return undefined;
  const record = viewOf(await file.read(Number(locator.getBigUint64(8, true)), BYTES.end64));
  if (record.getUint32(0, true) !== SIGNATURE.end64) throw new Error('the directory of its archive is not where the archive says');
  return { start: Number(record.getBigUint64(48, true)), bytes: Number(record.getBigUint64(40, true)), count: Number(record.getBigUint64(32, true)) };
}

function entriesOf(directory: Uint8Array, count: number): Entry[] {
  const view = viewOf(directory);
  const entries: Entry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + BYTES.central > directory.length || view.getUint32(at, true) !== SIGNATURE.central) throw new Error('the directory of its archive is damaged');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const name = new TextDecoder().decode(directory.subarray(at + BYTES.central, at + BYTES.central + nameBytes));
    if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw new Error(`'${name}' is encrypted`);
    const extra = directory.subarray(at + BYTES.central + nameBytes, at + BYTES.central + nameBytes + extraBytes);
    const [size, packed, header] = withZip64(extra, view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true));
    // PyTorch never compresses. A small compressed file can become any number of bytes.
    if (view.getUint16(at + 10, true) !== 0 || packed !== size) throw new Error(`'${name}' is compressed, which PyTorch does not do`);
    entries.push({ name, size, header });
    at += BYTES.central + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

/** Values that do not fit in 32 bits stand in an extra field, in this order. */
function withZip64(extra: Uint8Array, ...values: [size: number, packed: number, header: number]): [size: number, packed: number, header: number] {
  if (!values.includes(IN_ZIP64)) return values;
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_FIELD) continue;
    let next = at + 4;
    return values.map((value) => {
      if (value !== IN_ZIP64) return value;
      if (next + 8 > extra.length) throw new Error('the directory of its archive is damaged');
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    }) as [number, number, number];
  }
  throw new Error('the directory of its archive is damaged');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
