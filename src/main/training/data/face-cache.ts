import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { cancelled, StudioError, writeError } from '../../../shared/app/errors.ts';
import { SamplingGrid } from '../../../shared/domain/time.ts';
import type { DetectorSessions } from '../../face/detector.ts';
import { CROPS_PER_STRIP, encodeStrip } from '../../face/face-strips.ts';
import type { FaceObservation } from '../../face/face-observer.ts';
import { DEFAULT_FACE_OPTIONS, FaceObserver } from '../../face/face-observer.ts';
import { probeVideo } from '../../media/probe.ts';
import { sampleFrames } from '../../media/sampled-frames.ts';

/** Part of every file name. It must be increased with any change of the crops. */
const VERSION = 2;

/** Index of one video's face in the cache. */
const cachedFaceSchema = z.object({
  side: z.number().int(),
  /** Start of sample 0 in seconds of the video; `rate` is in samples per second. */
  startS: z.number(),
  /** End of the video in seconds. */
  endS: z.number(),
  rate: z.number(),
  /** First sample with the face; from that sample on, whether the face is present. */
  firstSample: z.number().int(),
  present: z.array(z.boolean()),
  /** Size of each strip in bytes; the .jpegs file contains them one after the other. */
  strips: z.array(z.number().int()),
});
export type CachedFace = z.infer<typeof cachedFaceSchema> & { readonly file: string };

/**
 * A folder with aligned crops of the most prominent face of each video, as JPEG strips: `NAME.jpegs` and `NAME.json`, named
 * after the hash of the video. Each video is decoded and searched for faces only once. `keepUnderLimit` deletes the least
 * recently used files.
 */
export class FaceCache {
  readonly #folder: string;
  readonly #side: number;
  readonly #rate: number;
  readonly #detectors: () => Promise<DetectorSessions>;
  readonly #limit: number;

  /** @param limit largest size of the folder in bytes */
  constructor(folder: string, side: number, rate: number, limit: number, detectors: () => Promise<DetectorSessions>) {
    this.#folder = folder;
    this.#side = side;
    this.#rate = rate;
    this.#limit = limit;
    this.#detectors = detectors;
  }

  /**
   * Returns the face of a video. Adds it to the cache if necessary.
   * @returns null where no face was found
   * @throws StudioError where the video cannot be read or the disk is full
   */
  async face(video: string, sha256: string, signal?: AbortSignal): Promise<CachedFace | null> {
    const name = `${sha256.slice(0, 32)}-${this.#side}-${this.#rate}-v${VERSION}`;
    const index = join(this.#folder, `${name}.json`);
    if (!existsSync(index)) await this.#make(video, name, signal);
    const contents = JSON.parse(await readFile(index, 'utf8')) as unknown;
    const now = new Date();
    await utimes(index, now, now);
    return contents === null ? null : { ...cachedFaceSchema.parse(contents), file: join(this.#folder, `${name}.jpegs`) };
  }

  /**
   * Deletes the least recently used files until the folder is below its limit.
   * @param used files that must not be deleted
   * @throws StudioError 'data-set-invalid' where these files alone exceed the limit
   */
  async keepUnderLimit(used: ReadonlySet<string>): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.jpegs'));
    const files = await Promise.all(names.map(async (name) => ({ path: join(this.#folder, name), ...(await this.#sizeAndUse(name)) })));
    files.sort((a, b) => a.used - b.used);
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of files) {
      if (total <= this.#limit) return;
      if (used.has(path)) continue;
      await rm(path, { force: true });
      await rm(path.replace(/jpegs$/, 'json'), { force: true });
      total -= bytes;
    }
    if (total > this.#limit) throw tooLarge(total, this.#limit);
  }

  async #sizeAndUse(name: string): Promise<{ bytes: number; used: number }> {
    const [{ size }, { mtimeMs }] = await Promise.all([stat(join(this.#folder, name)), stat(join(this.#folder, name.replace(/jpegs$/, 'json')))]);
    return { bytes: size, used: mtimeMs };
  }

  async #make(video: string, name: string, signal?: AbortSignal): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const probed = await probeVideo(video);
    const grid = new SamplingGrid(probed.timing, this.#rate);
    const observer = new FaceObserver(await this.#detectors(), probed.stream, grid.rate, this.#side, DEFAULT_FACE_OPTIONS);
    const tracks = new TrackFiles(join(this.#folder, name), this.#side);
    try {
      for await (const frame of sampleFrames(probed, grid, signal)) {
        if (signal?.aborted === true) throw cancelled();
        for (const observation of (await observer.see(frame)).observations) await tracks.add(observation);
      }
      for (const observation of await observer.finish()) await tracks.add(observation);
      const best = await tracks.finish();
      const contents = best && { side: this.#side, startS: grid.boundary(0), endS: probed.timing.end, rate: grid.rate, ...best };
      await writeFileAtomic(join(this.#folder, `${name}.json`), JSON.stringify(contents));
    } catch (error) {
      await tracks.discard();
      throw (error as { code?: string }).code === undefined || error instanceof StudioError ? error : writeError(this.#folder, error);
    }
  }
}

function tooLarge(total: number, limit: number): StudioError {
  const gigabytes = (bytes: number): number => Math.round(bytes / 1e8) / 10;
  return new StudioError('data-set-invalid/too-large', { size: gigabytes(total), limit: gigabytes(limit) });
}

interface OpenTrack {
  readonly path: string;
  readonly file: FileHandle;
  readonly firstSample: number;
  readonly present: boolean[];
  readonly strips: number[];
  pending: Uint8Array[];
  /** Sum of the widths of its boxes. The face that is largest for the longest time is the subject of the clip. */
  prominence: number;
}

/** Writes the strips of each face to a separate file while the video is read. At the end, only the most prominent face remains. */
class TrackFiles {
  readonly #base: string;
  readonly #side: number;
  readonly #tracks = new Map<number, OpenTrack>();

  constructor(base: string, side: number) {
    this.#base = base;
    this.#side = side;
  }

  async add({ faceId, sample, crop, box }: FaceObservation): Promise<void> {
    let track = this.#tracks.get(faceId);
    if (track === undefined) {
      if (crop === null) return;
      const path = `${this.#base}.face${faceId}.part`;
      track = { path, file: await open(path, 'w'), firstSample: sample, present: [], strips: [], pending: [], prominence: 0 };
      this.#tracks.set(faceId, track);
    }
    const last = track.pending.at(-1);
    track.present.push(crop !== null);
    track.pending.push(crop ?? last ?? new Uint8Array(this.#side ** 2 * 3));
    track.prominence += box?.width ?? 0;
    // The last crop stays in `pending` until the next one arrives, because samples without the face repeat it.
    if (track.pending.length > CROPS_PER_STRIP) await this.#write(track, CROPS_PER_STRIP);
  }

  async finish(): Promise<{ firstSample: number; present: boolean[]; strips: number[] } | null> {
    const tracks = [...this.#tracks.values()].sort((a, b) => b.prominence - a.prominence);
    const [best] = tracks;
    for (const track of tracks) {
      if (track === best) await this.#write(track, track.pending.length);
      await track.file.close();
      if (track !== best) await rm(track.path, { force: true });
    }
    this.#tracks.clear();
    if (best === undefined) return null;
    await rename(best.path, `${this.#base}.jpegs`);
    return { firstSample: best.firstSample, present: best.present, strips: best.strips };
  }

  async discard(): Promise<void> {
    for (const { file, path } of this.#tracks.values()) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
    }
  }

  async #write(track: OpenTrack, count: number): Promise<void> {
    const crops = track.pending.slice(0, count);
    track.pending = track.pending.slice(count);
    if (crops.length === 0) return;
    const jpeg = await encodeStrip(Buffer.concat(crops), this.#side);
    await track.file.write(jpeg);
    track.strips.push(jpeg.length);
  }
}
