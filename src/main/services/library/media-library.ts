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
import { findVideos, readableVideos } from '../../media/video-files.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { relink, setMissing, videoOf, videoPaths } from '../../project/library.ts';
import { readTiming } from '../../project/recorded-results.ts';
import { onProjectClock } from '../../project/clocks.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { libraryFileOf } from '../analysis/library-file.ts';

/** How a window plays a video. The address contains the id of the video, never its path. */
export interface PlayableMedia {
  /** Path below the origin of the window. */
  readonly address: string;
  readonly playable: boolean;
  readonly proxy: boolean;
  /** Why the file itself cannot be played; null if it can. */
  readonly reason: Notice | null;
}

export const MEDIA_PATH = '/media/';
const PROXY_TYPE = 'video/mp4';

/** A proxy that is being encoded. */
interface ProxyJob {
  readonly work: Promise<string>;
  readonly stop: AbortController;
  /** Number of waiting windows. The job is aborted when it becomes 0. */
  waiting: number;
}

/** Running jobs by path of the video. Several windows share one job. */
const proxyJobs = new Map<string, ProxyJob>();

export async function describeMedia(db: ProjectDatabase, id: string): Promise<PlayableMedia> {
  const video = presentVideo(db, id);
  const address = `${MEDIA_PATH}${encodeURIComponent(id)}`;
  const { reason } = playabilityOf(video.path, await probeStream(video.path));
  if (reason === undefined) return { address, playable: true, proxy: false, reason: null };
  const proxy = await existingProxy(video.path);
  return { address, playable: proxy !== undefined, proxy: true, reason };
}

/** Makes the proxy of a video that cannot be played directly. Does nothing if the proxy exists. */
export async function prepareMedia(db: ProjectDatabase, id: string, publish: (event: StudioEvent) => void, signal?: AbortSignal): Promise<void> {
  const { path } = presentVideo(db, id);
  if ((await existingProxy(path)) !== undefined) return;
  const proxy = proxyJobs.get(path) ?? beginProxy(path, (share) => publish({ kind: 'proxy', video: id, share }));
  proxy.waiting += 1;
  const onAbort = (): void => {
    proxy.waiting -= 1;
    if (proxy.waiting === 0) proxy.stop.abort();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await proxy.work;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  publish({ kind: 'proxy', video: id, share: 1 });
}

function beginProxy(path: string, onShare: (share: number) => void): ProxyJob {
  const stop = new AbortController();
  const work = probeVideo(path, stop.signal).then((probed) => makeProxy(probed, onShare, stop.signal));
  const proxy: ProxyJob = { work, stop, waiting: 0 };
  proxyJobs.set(path, proxy);
  void work.catch(() => undefined).finally(() => proxyJobs.delete(path));
  return proxy;
}

/** Serves the bytes of a video to a window. Only videos of the open project can be requested. */
export async function serveMedia(db: ProjectDatabase, id: string, method: string, range: string | null): Promise<Response> {
  let path: string;
  try {
    ({ path } = presentVideo(db, id));
  } catch {
    return new Response(null, { status: 404 });
  }
  const proxy = await existingProxy(path);
  if (proxy !== undefined) return serveFile(proxy, PROXY_TYPE, method, range);
  // The extension is sufficient here: describeMedia checks the codec, and probing every request would be slow.
  const type = mediaTypeOf(path);
  return type === undefined ? new Response(null, { status: 415 }) : serveFile(path, type, method, range);
}

/** Presentation times of all frames: from the database if a run has stored them, else from the file. */
export async function frameTimes(db: ProjectDatabase, id: string): Promise<Float64Array> {
  return (readTiming(db, id) ?? onProjectClock(db, id, (await probeVideo(presentVideo(db, id).path)).timing)).pts;
}

function presentVideo(db: ProjectDatabase, id: string): VideoRow {
  const video = videoOf(db, id);
  if (!existsSync(video.path)) throw new StudioError('file-missing/video', { path: video.path });
  return video;
}

/**
 * Checks which files of the library exist, and marks the missing ones. Missing files are searched below `folders` by size
 * and hash, or by size and name if no hash is known.
 */
export async function lookForFiles(db: ProjectDatabase, folders: readonly string[], signal?: AbortSignal): Promise<{ missing: number; relinked: number }> {
  const videos = videoPaths(db);
  const gone: typeof videos = [];
  for (const video of videos.filter(({ removed }) => removed !== 1)) {
    const isGone = !existsSync(video.path);
    if (isGone) gone.push(video);
    if (isGone !== (video.missing === 1)) setMissing(db, video.id, isGone);
  }
  const taken = new Set(videos.map(({ path }) => path));
  const candidates =
    gone.length === 0 || folders.length === 0 ? [] : readableVideos(await findVideos(folders, signal)).videos.filter(({ path }) => !taken.has(path));
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

/** Whether the last components of a path are a video's name. xa.mp4 does not match a.mp4. */
function isNamed(path: string, name: string): boolean {
  return `/${path.split(sep).join('/')}`.endsWith(`/${name}`);
}
