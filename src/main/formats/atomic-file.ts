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
 * A file that appears as a whole: it is written under a temporary name in the same folder, flushed to the disk and then renamed.
 * Until then, and after an error, the old file is unchanged. All methods throw StudioError 'disk-full' or 'cannot-write' that names
 * the file.
 */
export class AtomicFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #stream: WriteStream;
  readonly #failed: Promise<never>;

  private constructor(path: string, temporary: string) {
    this.#path = path;
    this.#temporary = temporary;
    this.#stream = createWriteStream(temporary, { flags: 'wx' });
    this.#failed = once(this.#stream, 'error').then(([error]) => {
      throw error as Error;
    });
    this.#failed.catch(() => undefined);
  }

  /** Begins a file. Its folder is created. */
  static async begin(path: string): Promise<AtomicFile> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw writeError(path, error);
    });
    return new AtomicFile(path, join(folder, `.${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}.part`));
  }

  /** Waits until there is room for more. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (this.#stream.write(piece)) return;
    await this.#reported(Promise.race([once(this.#stream, 'drain'), this.#failed]));
  }

  /** Gives the complete file its name. */
  async commit(): Promise<void> {
    await this.#reported(this.#finish());
  }

  /** Deletes what was written. */
  async abandon(): Promise<void> {
    // The stream must be closed first: a pending open would create the file again.
    await closed(this.#stream);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  async #finish(): Promise<void> {
    this.#stream.end();
    await Promise.race([once(this.#stream, 'close'), this.#failed]);
    await flush(this.#temporary);
    await renameWithRetries(this.#temporary, this.#path);
    if (process.platform !== 'win32') await flush(dirname(this.#path)).catch(() => undefined);
  }

  async #reported(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => {
      throw writeError(this.#path, error);
    });
  }
}

/**
 * Writes a file atomically (AtomicFile).
 * @throws StudioError 'disk-full' or 'cannot-write' that names the file; other errors are those of `pieces`
 */
export async function writeAtomically(path: string, pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<void> {
  const file = await AtomicFile.begin(path);
  try {
    for await (const piece of pieces) await file.write(piece);
    await file.commit();
  } catch (error) {
    await file.abandon();
    throw writeError(path, error);
  }
}

async function closed(stream: WriteStream): Promise<void> {
  if (stream.closed) return;
  const closing = once(stream, 'close').catch(() => undefined);
  stream.destroy();
  await closing;
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
