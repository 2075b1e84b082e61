import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { cancelled, StudioError } from '../../shared/app/errors.ts';

/**
 * SHA-256 of a file's bytes, as 64 hexadecimal digits.
 * @throws StudioError 'file-unreadable' for a named pipe or a device: opening it would wait for ever
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  if (!(await stat(path)).isFile()) throw new StudioError('file-unreadable/no-file', { file: basename(path) });
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    if (signal?.aborted === true) throw cancelled();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}
