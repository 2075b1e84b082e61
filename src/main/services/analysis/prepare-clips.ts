import { basename } from 'node:path';
import { cancelled, toFact } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import type { DetectorEngine } from '../../adatosk/runtime/providers.ts';
import { startDetectors } from '../../adatosk/runtime/providers.ts';
import { detectorFiles } from '../../face/detector-files.ts';
import { hashFile } from '../../media/content-hash.ts';
import type { CachedClip } from '../../training/data/cached-clips.ts';
import { clipOf } from '../../training/data/cached-clips.ts';
import type { ClipRow } from '../../training/data/clip-set.ts';
import { readClipSet, refuse } from '../../training/data/clip-set.ts';
import type { CachedFace } from '../../training/data/face-cache.ts';
import { FaceCache } from '../../training/data/face-cache.ts';
import { isFaceSet, readFaceSet, refuseOtherCrops } from '../../training/data/face-set.ts';
import type { KnownRow } from '../../training/data/splits.ts';

/** A row that can be used, with its crops in the cache. */
export interface PreparedClip {
  readonly row: KnownRow;
  readonly clip: CachedClip;
}

export interface PrepareOptions {
  /** Folder of the cache, and bytes that it may hold. */
  readonly faces: string;
  readonly limit: number;
  readonly side: number;
  readonly rate: number;
}

/** Videos read so far of all videos. */
export type PrepareProgress = (done: number, total: number, name: string) => void;

/** A clip set that has been opened: its rows, and how those that are wanted become clips of faces. */
export interface OpenClipSet {
  readonly rows: readonly KnownRow[];
  readonly prepare: (
    rows: readonly KnownRow[],
    options: PrepareOptions,
    start: EngineStarter,
    onProgress: PrepareProgress,
    signal: AbortSignal,
  ) => Promise<PreparedClip[]>;
}

/** Opens a set of videos, or one of faces that were aligned before. */
export async function openClipSet(data: string, signal: AbortSignal): Promise<OpenClipSet> {
  if (!isFaceSet(data)) {
    const rows = await withHashes(await readClipSet(data), signal);
    return { rows, prepare: (wanted, ...rest) => prepareClips(data, wanted, ...rest) };
  }
  const { set, clips } = await readFaceSet(data);
  // Not the set itself: its lists of values are large, and what is prepared later needs them no more.
  const crops = { side: set.side, rate: set.rate };
  const byRow = new Map(clips.map((each) => [each.row, each]));
  return {
    rows: clips.map(({ row }) => row),
    prepare: (wanted, { side, rate }) => {
      refuseOtherCrops(data, crops, side, rate);
      return Promise.resolve(wanted.map((row) => byRow.get(row)!));
    },
  };
}

/** Adds to each row its video's hash, by which the same video is known under another name. Each file is read once. */
export async function withHashes(rows: readonly ClipRow[], signal: AbortSignal): Promise<KnownRow[]> {
  const hashes = new Map<string, string>();
  for (const { path } of rows) if (!hashes.has(path)) hashes.set(path, await hashFile(path, signal));
  return rows.map((row) => ({ ...row, sha256: hashes.get(row.path)! }));
}

/**
 * Finds and aligns the face of every row's video, once for each video.
 * @throws StudioError 'data-set-invalid' that names every row whose video cannot be read or shows no face
 */
export async function prepareClips(
  set: string,
  rows: readonly KnownRow[],
  options: PrepareOptions,
  start: EngineStarter,
  onProgress: PrepareProgress,
  signal: AbortSignal,
): Promise<PreparedClip[]> {
  let detectors: Promise<DetectorEngine> | undefined;
  const started = async (): Promise<DetectorEngine['detectors']> => (await (detectors ??= startDetectors(start, detectorFiles(modelsFolder())))).detectors;
  const cache = new FaceCache(options.faces, options.side, options.rate, options.limit, started);
  const faces = new Map<string, CachedFace | null>();
  const problems: Notice[] = [];
  const failed = new Set<string>();
  try {
    const videos = new Map(rows.map((row) => [row.sha256, row]));
    for (const [sha256, { path, from }] of videos) {
      if (signal.aborted) throw cancelled();
      onProgress(faces.size + failed.size, videos.size, basename(path));
      try {
        faces.set(sha256, await cache.face(path, sha256, signal));
      } catch (error) {
        if (isOwn(error)) throw error;
        failed.add(sha256);
        problems.push(notice('clip/video', { from, problem: toFact(error) }));
      }
    }
    await cache.keepUnderLimit(new Set([...faces.values()].flatMap((face) => (face === null ? [] : [face.file]))));
  } finally {
    await detectors?.then(({ engine }) => engine.stop()).catch(() => undefined);
  }
  const prepared: PreparedClip[] = [];
  for (const row of rows) {
    if (failed.has(row.sha256)) continue;
    const clip = clipOf(row, faces.get(row.sha256) ?? null);
    if ('id' in clip) problems.push(clip);
    else prepared.push({ row, clip });
  }
  refuse('data-set-invalid/videos', set, problems);
  return prepared;
}

/** Errors that are no row's fault. */
function isOwn(error: unknown): boolean {
  const { code } = error as { code?: string };
  return ['cancelled', 'disk-full', 'cannot-write', 'engine-died', 'program-missing', 'model-missing', 'model-invalid'].includes(code ?? '');
}
