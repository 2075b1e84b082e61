import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

/** A file of weights, of which parts are read: it may be larger than what fits in memory. */
export interface FileBytes {
  readonly size: number;
  /** @throws Error where the file ends before */
  read(start: number, length: number): Promise<Uint8Array>;
}

/** No part that is read at once is larger. The largest matrix of the networks has 9.4 MB. */
const LARGEST_PART = 2 ** 30;

/** Opens a file, and closes it when `work` is done. @throws what `open` and `work` throw */
export async function withFileBytes<T>(path: string, work: (bytes: FileBytes) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return await work({ size, read: (start, length) => readPart(handle, size, start, length) });
  } finally {
    await handle.close();
  }
}

/** The bytes of a file that is in memory. */
export function bytesInMemory(bytes: Uint8Array): FileBytes {
  return {
    size: bytes.length,
    read: (start, length) => {
      refuseOutside(bytes.length, start, length);
      return Promise.resolve(bytes.subarray(start, start + length));
    },
  };
}

async function readPart(handle: FileHandle, size: number, start: number, length: number): Promise<Uint8Array> {
  refuseOutside(size, start, length);
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}

function refuseOutside(size: number, start: number, length: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(length) || start < 0 || length < 0) throw new Error('a part of it has no valid position');
  if (start + length > size) throw new Error('it is truncated');
  if (length > LARGEST_PART) throw new Error('one of its parts is larger than 1 GiB');
}
