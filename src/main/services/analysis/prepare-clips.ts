import { basename } from 'node:path';
import { cancelled, StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { required } from '../../../shared/basics/required.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import type { DetectorEngine } from '../../adatosk/runtime/providers.ts';
import { startDetectors } from '../../adatosk/runtime/providers.ts';
import { detectorFiles } from '../../face/detector-files.ts';
import { hashFile } from '../../media/content-hash.ts';
import type { CachedClip } from '../../training/data/cached-clips.ts';
import { clipOf } from '../../training/data/cached-clips.ts';
import type { ClipRow } from '../../training/data/clip-row.ts';
import { readClipSet, refuse } from '../../training/data/clip-set.ts';
import type { CachedFace } from '../../training/data/face-cache.ts';
import { FaceCache } from '../../training/data/face-cache.ts';
import { isFaceSet, readFaceSet, refuseOtherCrops, unitsOfSet } from '../../training/data/face-set.ts';
import type { KnownRow } from '../../training/data/splits.ts';

/** A usable row and its crops in the cache. */
export interface PreparedClip {
  readonly row: KnownRow;
  readonly clip: CachedClip;
}

export interface PrepareOptions {
  /** Folder of the cache. */
  readonly faces: string;
  /** Largest size of the cache, in bytes. */
  readonly limit: number;
  readonly side: number;
  readonly rate: number;
}

/** Reports the number of processed videos, the number of all videos, and the name of the current one. */
export type PrepareProgress = (done: number, total: number, name: string) => void;

/** An open clip set: its rows, and a function that makes face crops of selected rows. */
export interface OpenClipSet {
  readonly rows: readonly KnownRow[];
  /** FACS numbers of the action units that its clips have; null without them. */
  readonly actionUnits: readonly number[] | null;
  readonly prepare: (
    rows: readonly KnownRow[],
    options: PrepareOptions,
    start: EngineStarter,
    onProgress: PrepareProgress,
    signal: AbortSignal,
  ) => Promise<PreparedClip[]>;
}

/** Opens a set of videos or a set of aligned faces. @param fold see `readClipSet` */
export async function openClipSet(data: string, signal: AbortSignal, fold: number | null = null): Promise<OpenClipSet> {
  if (!isFaceSet(data)) {
    const rows = await withHashes(await readClipSet(data, fold), signal);
    return { rows, actionUnits: null, prepare: (selected, ...rest) => prepareClips(data, selected, ...rest) };
  }
  if (fold !== null) throw new StudioError('wrong-usage/no-folds', { path: data });
  const { set, clips } = await readFaceSet(data);
  // `prepare` must not capture `set`: its lists of values are large.
  const actionUnits = unitsOfSet(set);
  const crops = { side: set.side, rate: set.rate };
  const byRow = new Map(clips.map((each) => [each.row, each]));
  return {
    rows: clips.map(({ row }) => row),
    actionUnits,
    prepare: (selected, { side, rate }) => {
      refuseOtherCrops(data, crops, side, rate);
      return Promise.resolve(selected.map((row) => required(byRow.get(row), 'a row of the set')));
    },
  };
}

/** Adds the hash of its video to each row, to recognise a video that has several names. Each file is read once. */
export async function withHashes(rows: readonly ClipRow[], signal: AbortSignal): Promise<KnownRow[]> {
  const hashes = new Map<string, string>();
  const hashed: KnownRow[] = [];
  for (const row of rows) {
    const sha256 = hashes.get(row.path) ?? (await hashFile(row.path, signal));
    hashes.set(row.path, sha256);
    hashed.push({ ...row, sha256 });
  }
  return hashed;
}

/**
 * Detects and aligns the face in the video of every row. Each video is processed once.
 * @throws StudioError 'data-set-invalid' with all rows whose video cannot be read or shows no face
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
  const startedDetectors = async (): Promise<DetectorEngine['detectors']> =>
    (await (detectors ??= startDetectors(start, detectorFiles(modelsFolder())))).detectors;
  const cache = new FaceCache(options.faces, options.side, options.rate, options.limit, startedDetectors);
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
        if (isUnrelatedToVideo(error)) throw error;
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

/** Whether an error has another cause than the row's video. */
function isUnrelatedToVideo(error: unknown): boolean {
  const { code } = error as { code?: string };
  return ['cancelled', 'disk-full', 'cannot-write', 'engine-died', 'program-missing', 'model-missing', 'model-invalid'].includes(code ?? '');
}
