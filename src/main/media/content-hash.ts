import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cancelled } from '../../shared/app/errors.ts';

/** SHA-256 of a file's bytes, as 64 hexadecimal digits. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    if (signal?.aborted === true) throw cancelled();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}
