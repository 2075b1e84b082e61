import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Pages load nothing from the network and no foreign code. ECharts, Vue and the components need inline styles. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** A name that Windows takes for a device, also with an ending: 'con', 'nul.js'. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** Names of built files. Hidden files, other ways to write '..', drives and streams of Windows ('C:', 'a.js:b') have none of them. */
const FILE_NAME = /^[\p{L}\p{N}_-](?:[\p{L}\p{N}_. -]*[\p{L}\p{N}_-])?$/u;

/** Serves a file below `folder`. The answer is 404 for unknown files and for paths that no built file has. */
export async function serveWindowFile(folder: string, pathname: string): Promise<Response> {
  const file = windowFile(folder, pathname);
  const type = file === undefined ? undefined : TYPES[extname(file)];
  if (file === undefined || type === undefined) return new Response(null, { status: 404 });
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: { 'content-type': type } });
  } catch {
    return new Response(null, { status: 404 });
  }
}

/** The path of a file below `folder`; undefined if a part of the URL path is not a name of a built file. */
function windowFile(folder: string, pathname: string): string | undefined {
  const [first, ...names] = (pathname === '/' ? '/index.html' : pathname).split('/').map(decoded);
  // A path begins with a slash; what is decoded must not contain one.
  if (first !== '' || !names.every((name) => name !== undefined && FILE_NAME.test(name) && !name.includes('..') && !DEVICE.test(name))) return undefined;
  return join(folder, ...(names as string[]));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
