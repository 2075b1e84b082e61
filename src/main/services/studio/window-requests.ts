import { serveThumbnail, THUMBNAIL_PATH, thumbnailOf } from '../library/thumbnails.ts';
import { MEDIA_PATH, serveMedia } from '../library/media-library.ts';
import type { Studio } from './studio.ts';
import { serveWindowFile } from '../library/window-files.ts';
import { withSafetyHeaders } from './safety-headers.ts';

export interface WindowRequest {
  /** Path of the URL, still percent-encoded, without the query. */
  readonly path: string;
  readonly method: string;
  /** Value of the Range header, or null. */
  readonly range: string | null;
}

/** Serves a request of a window to its own origin, for all hosts: files of the window, videos and thumbnails. */
export async function serveWindowRequest(studio: Studio, files: string, request: WindowRequest): Promise<Response> {
  return withSafetyHeaders(await responseTo(studio, files, request));
}

async function responseTo(studio: Studio, files: string, { path, method, range }: WindowRequest): Promise<Response> {
  if (path.startsWith(THUMBNAIL_PATH)) {
    const asked = thumbnailOf(path);
    const id = asked === undefined ? undefined : decoded(asked.id);
    const isServed = id !== undefined && studio.hasProject && method === 'GET';
    return isServed ? serveThumbnail(studio.project.db, id, asked?.atS) : new Response(null, { status: 404 });
  }
  if (!path.startsWith(MEDIA_PATH)) return method === 'GET' ? serveWindowFile(files, path) : new Response(null, { status: 405 });
  const id = decoded(path.slice(MEDIA_PATH.length));
  return id === undefined || !studio.hasProject ? new Response(null, { status: 404 }) : serveMedia(studio.project.db, id, method, range);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
