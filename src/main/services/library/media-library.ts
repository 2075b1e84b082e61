import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import type { StudioEvent } from '../../../shared/contract/events.ts';
import { hashFile } from '../../media/content-hash.ts';
import { mediaTypeOf, playabilityOf } from '../../media/playback.ts';
import { existingProxy, makeProxy } from '../../media/playback-proxy.ts';
import { probeStream, probeVideo } from '../../media/probe.ts';
import { serveFile } from '../../media/ranged-file.ts';
import { findVideos } from '../../media/video-files.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { relink, setMissing, videoOf, videoPaths } from '../../project/library.ts';
import { readTiming } from '../../project/recorded-results.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { libraryFileOf } from '../analysis/library-file.ts';

/** How a window gets a video to see: an address by the video's id, never by its path. */
export interface PlayableMedia {
  /** Below the window's own origin. */
  readonly address: string;
  readonly playable: boolean;
  readonly proxy: boolean;
  /** Why the file itself cannot be played; null where it can. */
  readonly reason: Notice | null;
}

export const MEDIA_PATH = '/media/';
const PROXY_TYPE = 'video/mp4';

interface Making {
  readonly work: Promise<string>;
  readonly stop: AbortController;
  /** Windows that wait for it: it ends when the last one has gone. */
  waiting: number;
}

/** Proxies that are being made, by path: a second window waits for the first one's. */
const making = new Map<string, Making>();

export async function describeMedia(db: ProjectDatabase, id: string): Promise<PlayableMedia> {
  const video = presentVideo(db, id);
  const address = `${MEDIA_PATH}${encodeURIComponent(id)}`;
  const { reason } = playabilityOf(video.path, await probeStream(video.path));
  if (reason === undefined) return { address, playable: true, proxy: false, reason: null };
  const proxy = await existingProxy(video.path);
  return { address, playable: proxy !== undefined, proxy: true, reason };
}

/** Makes the proxy of a video that cannot be played as it is; at once where there is one. */
export async function prepareMedia(db: ProjectDatabase, id: string, publish: (event: StudioEvent) => void, signal?: AbortSignal): Promise<void> {
  const { path } = presentVideo(db, id);
  if ((await existingProxy(path)) !== undefined) return;
  const proxy = making.get(path) ?? beginProxy(path, (share) => publish({ kind: 'proxy', video: id, share }));
  proxy.waiting += 1;
  const leave = (): void => {
    proxy.waiting -= 1;
    if (proxy.waiting === 0) proxy.stop.abort();
  };
  signal?.addEventListener('abort', leave, { once: true });
  try {
    await proxy.work;
  } finally {
    signal?.removeEventListener('abort', leave);
  }
  publish({ kind: 'proxy', video: id, share: 1 });
}

function beginProxy(path: string, onShare: (share: number) => void): Making {
  const stop = new AbortController();
  const work = probeVideo(path, stop.signal).then((probed) => makeProxy(probed, onShare, stop.signal));
  const proxy: Making = { work, stop, waiting: 0 };
  making.set(path, proxy);
  void work.catch(() => undefined).finally(() => making.delete(path));
  return proxy;
}

/** Answers a window's request for a video's bytes. Only videos of the open project have an address. */
export async function serveMedia(db: ProjectDatabase, id: string, method: string, range: string | null): Promise<Response> {
  let path: string;
  try {
    ({ path } = presentVideo(db, id));
  } catch {
    return new Response(null, { status: 404 });
  }
  const proxy = await existingProxy(path);
  if (proxy !== undefined) return serveFile(proxy, PROXY_TYPE, method, range);
  // By its ending alone: probing every request would be slow, and describeMedia has told whether the codec can be played.
  const type = mediaTypeOf(path);
  return type === undefined ? new Response(null, { status: 415 }) : serveFile(path, type, method, range);
}

/** Presentation times of all frames: from the store where a run has read them, else from the file. */
export async function frameTimes(db: ProjectDatabase, id: string): Promise<Float64Array> {
  const kept = readTiming(db, id);
  return (kept ?? (await probeVideo(presentVideo(db, id).path)).timing).pts;
}

function presentVideo(db: ProjectDatabase, id: string): VideoRow {
  const video = videoOf(db, id);
  if (!existsSync(video.path)) throw new StudioError('file-missing/video', { path: video.path });
  return video;
}

/**
 * Looks for all files of the library. Those that are gone are marked, and found again below `folders` by size and
 * contents; without a known hash the name has to be the same.
 */
export async function lookForFiles(db: ProjectDatabase, folders: readonly string[], signal?: AbortSignal): Promise<{ missing: number; relinked: number }> {
  const videos = videoPaths(db);
  const gone: typeof videos = [];
  for (const video of videos) {
    const isGone = !existsSync(video.path);
    if (isGone) gone.push(video);
    if (isGone !== (video.missing === 1)) setMissing(db, video.id, isGone);
  }
  const taken = new Set(videos.map(({ path }) => path));
  const candidates = gone.length === 0 || folders.length === 0 ? [] : (await findVideos(folders)).filter(({ path }) => !taken.has(path));
  let relinked = 0;
  for (const video of gone) {
    for (const candidate of candidates.filter(({ bytes, path }) => bytes === video.size && !taken.has(path))) {
      const same = video.sha256 === null ? isNamed(candidate.path, video.name) : (await hashFile(candidate.path, signal)) === video.sha256;
      if (!same) continue;
      relink(db, video.id, await libraryFileOf(candidate));
      taken.add(candidate.path);
      relinked += 1;
      break;
    }
  }
  return { missing: gone.length - relinked, relinked };
}

/** Whether a path ends with a video's name: whole parts of it, so that xa.mp4 is not a.mp4. */
function isNamed(path: string, name: string): boolean {
  return `/${path.split(sep).join('/')}`.endsWith(`/${name}`);
}
