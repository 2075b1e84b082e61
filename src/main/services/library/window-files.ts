import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, relative, resolve } from 'node:path';

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

/** Serves a file below `folder`. The answer is 404 for unknown files and for paths that lead out of the folder. */
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

/** The path of a file below `folder`; undefined if the URL path is invalid or leads out of the folder. */
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
