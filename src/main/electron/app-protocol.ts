import { readFile } from 'node:fs/promises';
import { extname, join, relative, resolve, isAbsolute } from 'node:path';

/** The window's own origin. Its files come from here and nothing else does. */
export const APP_ORIGIN = 'app://studio';

/** No network, no foreign code: what a page of ours may load. ECharts and Vue set styles on elements. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Answers a request for one of the window's files from `folder`; 404 for everything else, paths that lead out of it included. */
export async function serveAppFile(folder: string, url: string): Promise<Response> {
  const { origin, host, pathname } = new URL(url);
  const path = resolve(folder, `.${decodeURIComponent(pathname === '/' ? '/index.html' : pathname)}`);
  const inside = relative(folder, path);
  const type = TYPES[extname(path)];
  if ((origin !== APP_ORIGIN && `app://${host}` !== APP_ORIGIN) || inside.startsWith('..') || isAbsolute(inside) || type === undefined)
    return new Response(null, { status: 404 });
  try {
    const body = new Uint8Array(await readFile(join(folder, inside)));
    return new Response(body, {
      headers: { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' },
    });
  } catch {
    return new Response(null, { status: 404 });
  }
}
