import { existsSync } from 'node:fs';
import { audioEnvelope, movedEnvelope } from '../../media/audio-envelope.ts';
import type { ProbedStream } from '../../media/probe.ts';
import { probeStream } from '../../media/probe.ts';
import { thumbnail } from '../../media/thumbnail.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { clockShift, hasFileClock } from '../../project/clocks.ts';
import { videoOf } from '../../project/library.ts';

/** Thumbnails and sound envelopes for the window. They are cached in memory only. */
export const THUMBNAIL_PATH = '/thumbnails/';
const THUMBNAILS_KEPT = 2000;
const STREAMS_KEPT = 8;
const ENVELOPES_KEPT = 4;
/** More parallel ffmpeg processes make a scrolled list slower. */
const PARALLEL_PROCESSES = 2;

const pictures = new Map<string, Promise<Buffer | undefined>>();
const streams = new Map<string, Promise<ProbedStream>>();
const envelopes = new Map<string, Promise<Int8Array>>();
let running = 0;
const queue: (() => void)[] = [];

async function limited<T>(work: () => Promise<T>): Promise<T> {
  if (running >= PARALLEL_PROCESSES) await new Promise<void>((resolve) => queue.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}

/** A cache without the least recently used entries. Failed entries are removed, so that the next request tries again. */
function cached<T>(cache: Map<string, Promise<T>>, capacity: number, key: string, make: () => Promise<T>): Promise<T> {
  const entry = cache.get(key) ?? make();
  cache.delete(key);
  cache.set(key, entry);
  entry.catch(() => cache.delete(key));
  const [oldest] = cache.keys();
  if (cache.size > capacity && oldest !== undefined) cache.delete(oldest);
  return entry;
}

/** Video and moment of a thumbnail's address: '/thumbnails/ID', or '/thumbnails/ID/SECONDS'; undefined for other addresses. */
export function thumbnailOf(path: string): { readonly id: string; readonly atS: number | undefined } | undefined {
  const [, id, seconds] = /^\/thumbnails\/([^/]+)(?:\/(\d{1,6}(?:\.\d{1,3})?))?$/.exec(path) ?? [];
  return id === undefined ? undefined : { id, atS: seconds === undefined ? undefined : Number(seconds) };
}

/**
 * Serves the thumbnail of a video of the open project.
 * @param atS on the video's clock in this project; by default a moment in which people are usually visible
 */
export async function serveThumbnail(db: ProjectDatabase, id: string, atS?: number): Promise<Response> {
  try {
    const { path, size } = videoOf(db, id);
    if (!existsSync(path)) return new Response(null, { status: 404 });
    const picture = await cached(pictures, THUMBNAILS_KEPT, `${path} ${size} ${atS}`, () => limited(() => pictureOf(db, id, atS)));
    if (picture === undefined) return new Response(null, { status: 204 });
    return new Response(new Uint8Array(picture), { headers: { 'content-type': 'image/jpeg' } });
  } catch {
    return new Response(null, { status: 404 });
  }
}

async function pictureOf(db: ProjectDatabase, id: string, atS: number | undefined): Promise<Buffer | undefined> {
  const { path, size, duration_s } = videoOf(db, id);
  // After a tenth of the duration, people are usually visible.
  if (atS === undefined) return thumbnail(path, 0.1 * (duration_s ?? 0));
  const stream = await cached(streams, STREAMS_KEPT, `${path} ${size}`, () => probeStream(path));
  return thumbnail(path, Math.max(0, atS - clockShift(db, id, stream.container.start)), stream);
}

/** The sound envelope of a video on its clock in this project; empty without sound. @throws StudioError 'video-unknown' */
export async function soundOf(db: ProjectDatabase, id: string, signal?: AbortSignal): Promise<Int8Array> {
  const { path, size } = videoOf(db, id);
  const envelope = await cached(envelopes, ENVELOPES_KEPT, `${path} ${size}`, () => audioEnvelope(path, signal));
  return hasFileClock(db, id) ? movedEnvelope(envelope, (await probeStream(path, signal)).container.start) : envelope;
}
