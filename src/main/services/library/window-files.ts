import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, relative, resolve } from 'node:path';

/** No network, no foreign code: what a page of ours may load. ECharts and Vue set styles on elements. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Answers a request for one of the window's files from `folder` by the path in its address; 404 for everything else, paths that lead out of it included. */
export async function serveWindowFile(folder: string, pathname: string): Promise<Response> {
  const file = windowFile(folder, pathname);
  const type = file === undefined ? undefined : TYPES[extname(file)];
  if (file === undefined || type === undefined) return new Response(null, { status: 404 });
  try {
    const headers = {
      'content-type': type,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    };
    return new Response(new Uint8Array(await readFile(file)), { headers });
  } catch {
    return new Response(null, { status: 404 });
  }
}

/** The file below `folder` that a path names; undefined where there can be none. */
function windowFile(folder: string, pathname: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
  } catch {
    return undefined;
  }
  if (name.includes('\0')) return undefined;
  const path = resolve(folder, `.${name}`);
  const inside = relative(folder, path);
  return inside.startsWith('..') || isAbsolute(inside) ? undefined : path;
}
