import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeError } from '../../shared/app/errors.ts';

/** Largest number of attempts for a rename: on Windows, virus scanners and sync clients lock new files briefly. */
const RENAME_ATTEMPTS = 8;

/**
 * Writes a file atomically: into a temporary file in the same folder, which is flushed to the disk and then renamed. After an
 * error, the old file is unchanged.
 * @throws StudioError 'disk-full' or 'cannot-write' that names the file
 */
export async function writeAtomically(path: string, pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}.part`);
  let stream: WriteStream | undefined;
  try {
    await mkdir(folder, { recursive: true });
    stream = createWriteStream(temporary, { flags: 'wx' });
    const failed = once(stream, 'error').then(([error]) => {
      throw error as Error;
    });
    failed.catch(() => undefined);
    const writing = writePieces(stream, pieces);
    await Promise.race([writing, failed]);
    await flush(temporary);
    await renameWithRetries(temporary, path);
    if (process.platform !== 'win32') await flush(folder).catch(() => undefined);
  } catch (error) {
    // The stream must be closed first: a pending open would create the file again.
    if (stream !== undefined) await closed(stream);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, error);
  }
}

async function closed(stream: WriteStream): Promise<void> {
  if (stream.closed) return;
  const closing = once(stream, 'close').catch(() => undefined);
  stream.destroy();
  await closing;
}

async function writePieces(stream: WriteStream, pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<void> {
  for await (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'close');
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems and Windows folders cannot be flushed.
    if (!['EINVAL', 'EPERM', 'EBADF', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

async function renameWithRetries(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (attempt === RENAME_ATTEMPTS || !['EPERM', 'EBUSY', 'EACCES'].includes(code)) throw error;
      await wait(50 * attempt);
    }
  }
}
