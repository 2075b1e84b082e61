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

/** Goes into every name: other crops than before are another cache. */
const VERSION = 1;

/** What is known of one video's face in the cache. */
const cachedFaceSchema = z.object({
  side: z.number().int(),
  /** Start of sample 0 in seconds of the video, and samples per second. */
  startS: z.number(),
  rate: z.number(),
  /** First sample of the face, and whether it is there, from then on. */
  firstSample: z.number().int(),
  present: z.array(z.boolean()),
  /** Bytes of each strip, one after the other in the .jpegs file. */
  strips: z.array(z.number().int()),
});
export type CachedFace = z.infer<typeof cachedFaceSchema> & { readonly file: string };

/**
 * Aligned crops of the most visible face of each video, as JPEG strips in a folder: `NAME.jpegs` and `NAME.json`, by the
 * video's content. Decoding and face search are done once, however long training runs. The folder is kept under a
 * size limit by taking out what was not used for longest.
 */
export class FaceCache {
  readonly #folder: string;
  readonly #side: number;
  readonly #rate: number;
  readonly #detectors: () => Promise<DetectorSessions>;
  readonly #limit: number;

  /** @param limit bytes that the folder may hold */
  constructor(folder: string, side: number, rate: number, limit: number, detectors: () => Promise<DetectorSessions>) {
    this.#folder = folder;
    this.#side = side;
    this.#rate = rate;
    this.#limit = limit;
    this.#detectors = detectors;
  }

  /**
   * The face of a video, from the cache or into it.
   * @returns null where no face was found
   * @throws StudioError where the video cannot be read, the disk is full or the set does not fit under the limit
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

  /** @param used files that are needed now and must stay */
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
      for (const observation of observer.finish()) await tracks.add(observation);
      const best = await tracks.finish();
      const contents = best && { side: this.#side, startS: grid.boundary(0), rate: grid.rate, ...best };
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
  waiting: Uint8Array[];
  /** Sum of the boxes' widths: the face that is seen largest for longest is the one that the clip is about. */
  prominence: number;
}

/** Each face's strips go to a file of their own while the video is read; at the end one face stays. */
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
      track = { path, file: await open(path, 'w'), firstSample: sample, present: [], strips: [], waiting: [], prominence: 0 };
      this.#tracks.set(faceId, track);
    }
    const last = track.waiting.at(-1);
    track.present.push(crop !== null);
    track.waiting.push(crop ?? last ?? new Uint8Array(this.#side ** 2 * 3));
    track.prominence += box?.width ?? 0;
    // The last crop of a full strip stays until the next one is there: a face that is away holds it.
    if (track.waiting.length > CROPS_PER_STRIP) await this.#write(track, CROPS_PER_STRIP);
  }

  async finish(): Promise<{ firstSample: number; present: boolean[]; strips: number[] } | null> {
    const tracks = [...this.#tracks.values()].sort((a, b) => b.prominence - a.prominence);
    const [best] = tracks;
    for (const track of tracks) {
      if (track === best) await this.#write(track, track.waiting.length);
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
    const crops = track.waiting.slice(0, count);
    track.waiting = track.waiting.slice(count);
    if (crops.length === 0) return;
    const jpeg = await encodeStrip(Buffer.concat(crops), this.#side);
    await track.file.write(jpeg);
    track.strips.push(jpeg.length);
  }
}
