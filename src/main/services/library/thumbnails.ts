import { existsSync } from 'node:fs';
import { audioEnvelope } from '../../media/audio-envelope.ts';
import { thumbnail } from '../../media/thumbnail.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { videoOf } from '../../project/library.ts';

/** Small pictures and sound curves for the window, kept in memory alone. */
export const THUMBNAIL_PATH = '/thumbnails/';
const THUMBNAILS_KEPT = 2000;
const ENVELOPES_KEPT = 4;
/** More ffmpegs at once would make a scrolled list slower, not faster. */
const AT_ONCE = 2;

const pictures = new Map<string, Promise<Buffer | undefined>>();
const envelopes = new Map<string, Promise<Int8Array>>();
let running = 0;
const queue: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}

/** Keeps what was asked for last; what failed is tried again. */
function kept<T>(store: Map<string, Promise<T>>, most: number, key: string, make: () => Promise<T>): Promise<T> {
  const known = store.get(key) ?? make();
  store.delete(key);
  store.set(key, known);
  known.catch(() => store.delete(key));
  if (store.size > most) store.delete(store.keys().next().value!);
  return known;
}

/** Answers a window's request for the picture of a video of the open project. */
export async function serveThumbnail(db: ProjectDatabase, id: string): Promise<Response> {
  try {
    const { path, size, duration_s } = videoOf(db, id);
    if (!existsSync(path)) return new Response(null, { status: 404 });
    // A tenth into the video people are usually in the picture.
    const picture = await kept(pictures, THUMBNAILS_KEPT, `${path} ${size}`, () => inTurn(() => thumbnail(path, 0.1 * (duration_s ?? 0))));
    if (picture === undefined) return new Response(null, { status: 204 });
    return new Response(new Uint8Array(picture), {
      headers: { 'content-type': 'image/jpeg', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    });
  } catch {
    return new Response(null, { status: 404 });
  }
}

/** The sound curve of a video; empty where it has no sound. @throws StudioError 'video-unknown' */
export function soundOf(db: ProjectDatabase, id: string, signal?: AbortSignal): Promise<Int8Array> {
  const { path, size } = videoOf(db, id);
  return kept(envelopes, ENVELOPES_KEPT, `${path} ${size}`, () => audioEnvelope(path, signal));
}
