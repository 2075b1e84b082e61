import { withSafetyHeaders } from '../../services/studio/safety-headers.ts';
import { serveWindowRequest } from '../../services/studio/window-requests.ts';
import type { Studio } from '../../services/studio/studio.ts';

/** Origin of the window. Only its files, videos and thumbnails are served from it. */
export const APP_ORIGIN = 'app://studio';

/** Serves requests to the app scheme; 404 for other hosts. */
export async function serveAppRequest(studio: Studio, files: string, request: Pick<Request, 'url' | 'method' | 'headers'>): Promise<Response> {
  const { protocol, host, pathname } = new URL(request.url);
  if (`${protocol}//${host}` !== APP_ORIGIN) return withSafetyHeaders(new Response(null, { status: 404 }));
  return serveWindowRequest(studio, files, { path: pathname, method: request.method, range: request.headers.get('range') });
}
