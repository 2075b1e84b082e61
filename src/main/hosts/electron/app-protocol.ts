import { serveWindowRequest } from '../../services/studio/window-requests.ts';
import type { Studio } from '../../services/studio/studio.ts';

/** The window's own origin. Its files and its videos come from here and nothing else does. */
export const APP_ORIGIN = 'app://studio';

/** Answers the window's requests to its own scheme; 404 for any other host. */
export async function serveAppRequest(studio: Studio, files: string, request: Pick<Request, 'url' | 'method' | 'headers'>): Promise<Response> {
  const { protocol, host, pathname } = new URL(request.url);
  if (`${protocol}//${host}` !== APP_ORIGIN) return new Response(null, { status: 404 });
  return serveWindowRequest(studio, files, { path: pathname, method: request.method, range: request.headers.get('range') });
}
