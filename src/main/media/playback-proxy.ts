import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { StudioError, writeError } from '../../shared/app/errors.ts';
import type { TimingTable } from '../../shared/domain/time.ts';
import { explainFailure } from './ffmpeg-messages.ts';
import { isRunning, makePrivate } from '../process/private-files.ts';
import type { ProbedVideo } from './probe.ts';
import { fileInput } from './media-input.ts';
import { probeVideo } from './probe.ts';
import { findProgram } from './programs.ts';
import { LONGEST_STANDSTILL_S, RunningProgram } from './running-program.ts';
import { straightExpression } from './timing-table.ts';

/** The folder of the proxies: in ADATOSK_CACHE, else in the cache folder of the operating system. */
export function proxyFolder(): string {
  const given = process.env['ADATOSK_CACHE'];
  const own =
    process.platform === 'win32'
      ? join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'AdaTosk Studio')
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches', 'AdaTosk Studio')
        : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'adatosk-studio');
  return join(given ?? own, 'proxies');
}

/** Largest total size of all proxies. Above it, the least recently used ones are deleted. */
export const PROXY_LIMIT_BYTES = 20e9;
/** Largest distance between key frames, in frames. Stepping backwards decodes from the key frame before. */
const KEY_FRAMES = 24;
/** Largest time difference of a frame in the proxy: half a tick of MPEG's clock plus rounding. */
const LARGEST_DIFFERENCE_S = 0.001;
/** The last frame may be reported by its start. */
const LAST_SECOND_S = 1;
/** Ticks per second of the proxy's track: MPEG's clock, which is a multiple of all common frame rates. */
const TRACK_TICKS = 90_000;

/**
 * The path of the proxy for the current version of a file: another size or modification time gives another proxy. The
 * frames of a proxy begin at 0 s: frame i is shown at pts[i] - pts[0] of the timing table.
 */
export async function proxyFile(path: string, folder = proxyFolder()): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return join(folder, `${createHash('sha256').update(`${path}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 40)}.mp4`);
}

/** The path of an existing proxy, or undefined. Updates its time of last use. */
export async function existingProxy(path: string, folder = proxyFolder()): Promise<string | undefined> {
  const file = await proxyFile(path, folder);
  if (!existsSync(file)) return undefined;
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
  return file;
}

/**
 * Makes a proxy that every Chromium plays, with all frames of the original at their exact times. The times of all frames are
 * checked before the proxy gets its final name. The original is only read.
 * @param onShare called with the finished share, 0..1
 * @throws StudioError 'disk-full', 'cancelled', or 'damaged-video' where frames of the proxy are missing or displaced
 */
export async function makeProxy(video: ProbedVideo, onShare: (share: number) => void, signal?: AbortSignal, folder = proxyFolder()): Promise<string> {
  const { path, timing } = video;
  const file = await proxyFile(path, folder);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, error);
  });
  makePrivate(folder);
  await deleteLeftParts(folder);
  const unfinished = `${file}.${process.pid}.part`;
  try {
    const reached: Record<string, number> = {};
    // ffmpeg reports its state all the time, also when it stands still. Moving the index to the front is not reported.
    const isEncoded = (): boolean => (reached['out_time_us'] ?? 0) / 1e6 >= timing.duration - LAST_SECOND_S;
    const standstill = { limitS: LONGEST_STANDSTILL_S, progress: () => (isEncoded() ? Symbol('the index moves') : Object.values(reached).join(' ')) };
    const run = new RunningProgram(await findProgram('ffmpeg'), proxyArguments(video, unfinished), { signal, standstill });
    for await (const line of createInterface({ input: run.output })) {
      const [, name, value] = /^(total_size|out_time_us)=(\d+)/.exec(line) ?? [];
      if (name === undefined) continue;
      reached[name] = Number(value);
      if (name === 'out_time_us' && timing.duration > 0) onShare(Math.min(1, Number(value) / 1e6 / timing.duration));
    }
    const code = await run.ended;
    run.throwIfStopped(basename(path));
    if (code !== 0) {
      // ffmpeg gives no code for a full disk: this is its own text.
      if (run.messages.some((line) => line.includes('No space left'))) throw writeError(file, { code: 'ENOSPC' });
      throw explainFailure(basename(path), 'ffmpeg', run);
    }
    refuseOtherFrames(basename(path), timing, (await probeVideo(unfinished, signal)).timing);
    await rename(unfinished, file);
    onShare(1);
    await thinProxies(folder, PROXY_LIMIT_BYTES, file);
    return file;
  } finally {
    await rm(unfinished, { force: true });
  }
}

function proxyArguments({ path, stream, timing, container, clock }: ProbedVideo, to: string): string[] {
  // All times are shifted by that of the first frame. Sound before the first frame is cut off, because coders label frames.
  const shift = `PTS-(${timing.start + timing.findings.origin}/TB)`;
  const straight = (filter: string, step?: string): string => {
    const expression = straightExpression(container.format, clock, step);
    return expression === null ? '' : `${filter}='${expression}',`;
  };
  const video = [
    '-map',
    `0:${stream.index}`,
    '-vf',
    `${straight('setpts')}setpts=${shift},scale=trunc(iw*sar/2)*2:trunc(ih/2)*2,setsar=1`,
    '-fps_mode',
    'passthrough',
  ];
  const picture = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '20',
    '-g',
    String(KEY_FRAMES),
    '-bf',
    '0',
    '-pix_fmt',
    'yuv420p',
    '-enc_time_base',
    `1:${TRACK_TICKS}`,
  ];
  const sound = [
    '-map',
    '0:a:0?',
    '-af',
    `${straight('asetpts', '(NB_SAMPLES/SR)/TB')}asetpts=${shift},atrim=start=0`,
    '-c:a',
    'aac',
    '-b:a',
    '128k',
    '-ac',
    '2',
  ];
  const file = ['-video_track_timescale', String(TRACK_TICKS), '-movflags', '+faststart', '-map_metadata', '-1', '-f', 'mp4'];
  return ['-y', '-nostdin', '-v', 'error', '-progress', 'pipe:1', '-copyts', ...fileInput(path), ...video, ...picture, ...sound, ...file, to];
}

function refuseOtherFrames(name: string, original: TimingTable, proxy: TimingTable): void {
  if (proxy.frames !== original.frames) throw new StudioError('damaged-video/proxy-count', { file: name, found: proxy.frames, expected: original.frames });
  for (let i = 0; i < original.frames; i++) {
    const off = proxy.pts[i]! - (original.pts[i]! - original.start);
    if (Math.abs(off) > LARGEST_DIFFERENCE_S)
      throw new StudioError('damaged-video/proxy-time', { file: name, frame: i, milliseconds: Math.round(1e4 * off) / 10 });
  }
}

/** Unfinished proxies, with their process. */
const PART = /\.mp4\.(\d+)\.part$/;
const HOUR_MS = 3_600_000;

/**
 * Deletes the unfinished proxies of processes that were killed: those that were not written to for an hour and whose process is gone, and
 * all after a day. A process of another computer may use the same folder.
 */
async function deleteLeftParts(folder: string): Promise<void> {
  for (const { path, mtimeMs } of await filesOf(folder, PART)) {
    const age = Date.now() - mtimeMs;
    if (age > 24 * HOUR_MS || (age > HOUR_MS && !isRunning(Number(PART.exec(path)?.[1])))) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function filesOf(folder: string, name: RegExp): Promise<{ path: string; size: number; mtimeMs: number }[]> {
  const paths = (await readdir(folder)).filter((each) => name.test(each)).map((each) => join(folder, each));
  // Another process may delete a file in the meantime.
  const found = await Promise.all(paths.map(async (path) => ({ path, ...(await stat(path).catch(() => ({ size: 0, mtimeMs: Date.now() }))) })));
  return found.map(({ path, size, mtimeMs }) => ({ path, size, mtimeMs }));
}

/** Deletes the least recently used proxies until the others take at most `limit` bytes. @param keep proxy that must not be deleted */
export async function thinProxies(folder: string, limit: number, keep?: string): Promise<void> {
  const files = await filesOf(folder, /\.mp4$/);
  let total = [...files, ...(await filesOf(folder, PART))].reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= limit) return;
    if (path === keep) continue;
    await rm(path, { force: true });
    total -= size;
  }
}
