import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/**
 * Answers a request for a file as HTTP has it (RFC 9110, section 14): the whole, or one range of bytes, so that a
 * player can jump. Electron's own file loader ignores ranges, and a video cannot be sought then.
 * @param method GET or HEAD
 * @param range the request's Range header, or null
 */
export async function serveFile(path: string, type: string, method: string, range: string | null): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return new Response(null, { status: 404 });
  const headers = { 'content-type': type, 'accept-ranges': 'bytes', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  const wanted = rangeOf(range, found.size);
  if (wanted === 'unsatisfiable') return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${found.size}` } });
  const [first, last] = wanted ?? [0, found.size - 1];
  const length = { 'content-length': String(last - first + 1) };
  const body = method === 'HEAD' || found.size === 0 ? null : (Readable.toWeb(createReadStream(path, { start: first, end: last })) as ReadableStream);
  if (wanted === undefined) return new Response(body, { status: 200, headers: { ...headers, ...length } });
  return new Response(body, { status: 206, headers: { ...headers, ...length, 'content-range': `bytes ${first}-${last}/${found.size}` } });
}

/** First and last byte of a Range header's one range; undefined for none, several, or other units: then the whole is served. */
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
