import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/**
 * Responds to an HTTP request for a file (RFC 9110, section 14) with the whole file or one range of bytes, so that a player
 * can seek. Electron's own file loader ignores ranges, and then videos cannot be sought.
 * @param method GET or HEAD; others get status 405
 * @param range Range header of the request, or null
 */
export async function serveFile(path: string, type: string, method: string, range: string | null): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return new Response(null, { status: 404 });
  const headers = { 'content-type': type, 'accept-ranges': 'bytes' };
  const requested = rangeOf(range, found.size);
  if (requested === 'unsatisfiable') return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${found.size}` } });
  const [first, last] = requested ?? [0, found.size - 1];
  const length = { 'content-length': String(last - first + 1) };
  const body = method === 'HEAD' || found.size === 0 ? null : (Readable.toWeb(createReadStream(path, { start: first, end: last })) as ReadableStream);
  if (requested === undefined) return new Response(body, { status: 200, headers: { ...headers, ...length } });
  return new Response(body, { status: 206, headers: { ...headers, ...length, 'content-range': `bytes ${first}-${last}/${found.size}` } });
}

/** First and last byte of a Range header with a single range. Undefined for no range, several, or other units: the whole file is then served. */
function rangeOf(range: string | null, size: number): readonly [number, number] | 'unsatisfiable' | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '');
  if (found === null || (found[1] === '' && found[2] === '')) return undefined;
  if (found[1] === '') {
    const count = Math.min(size, Number(found[2]));
    return count === 0 ? 'unsatisfiable' : [size - count, size - 1];
  }
  const first = Number(found[1]);
  const last = found[2] === '' ? size - 1 : Math.min(size - 1, Number(found[2]));
  return first >= size ? 'unsatisfiable' : last < first ? undefined : [first, last];
}
