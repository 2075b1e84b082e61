import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { CachedFace } from './face-cache.ts';
import { CROPS_PER_STRIP } from '../../face/face-strips.ts';
import type { ClipFacts, ClipSource, ClipSourceAddress, TrueMoments } from './clip-source.ts';
import type { KnownRow } from './splits.ts';

/** A clip of a cached face: samples [first, first + samples) of its crops. */
export interface CachedClip extends ClipFacts {
  readonly face: CachedFace;
  readonly first: number;
}

/** Smallest share of a clip's samples in which a face must be present. */
const SMALLEST_SHARE = 0.5;
/** Limits of the cache of decoded strips: a share of the memory that was free at the start, and a number of bytes. */
const KEPT = { share: 0.25, bytes: 4e9 } as const;

/**
 * The clip of a row, within the cached crops of the face in its video.
 * @returns the clip, or a notice with the reason where it has no face
 */
export function clipOf(row: KnownRow, face: CachedFace | null): CachedClip | Notice {
  if (face === null) return notice('clip/no-face', { from: row.from });
  const { startS, endS, rate, firstSample, present } = face;
  if (row.startS !== null && row.startS >= endS) return notice('clip/after-end', { from: row.from, at: row.startS, end: roundSeconds(endS) });
  const sampleAt = (seconds: number): number => (seconds - startS) * rate - firstSample;
  const [from, to] = [row.startS === null ? 0 : Math.round(sampleAt(row.startS)), row.endS === null ? present.length : Math.round(sampleAt(row.endS))];
  const [begin, end] = [Math.max(0, from), Math.min(present.length, to)];
  const seen = present.slice(begin, Math.max(begin, end)).filter(Boolean).length;
  if (seen === 0 || seen < SMALLEST_SHARE * (to - from)) return notice('clip/little-face', { from: row.from });
  return { face, first: begin, samples: end - begin, label: row.label, moments: momentsOf(row, (seconds) => sampleAt(seconds) - begin) };
}

function momentsOf({ onsetS, apexS, offsetS }: KnownRow, sampleAt: (seconds: number) => number): TrueMoments | null {
  if (onsetS === null || offsetS === null) return null;
  return { onset: sampleAt(onsetS), apex: sampleAt(apexS ?? (onsetS + offsetS) / 2), offset: sampleAt(offsetS) };
}

interface Options {
  readonly side: number;
  /** Files of the faces. Several clips may be parts of one face. */
  readonly faces: readonly Pick<CachedFace, 'file' | 'strips'>[];
  readonly clips: readonly (ClipFacts & { readonly face: number; readonly first: number })[];
}

/** The address of a source that reads clips of cached faces. */
export function cachedClips(side: number, clips: readonly CachedClip[]): ClipSourceAddress {
  const faces = [...new Map(clips.map(({ face }) => [face.file, face])).values()];
  const indexOf = new Map(faces.map(({ file }, i) => [file, i]));
  const options: Options = {
    side,
    faces: faces.map(({ file, strips }) => ({ file, strips })),
    clips: clips.map(({ face, ...clip }) => ({ ...clip, face: indexOf.get(face.file)! })),
  };
  return { module: 'cached', options };
}

export function openClipSource(options: unknown): Promise<ClipSource> {
  const { side, faces, clips } = options as Options;
  const strips = new StripReader(side);
  return Promise.resolve({
    side,
    clips,
    read: async (index: number, samples: readonly number[]) => {
      const { face, first } = clips[index]!;
      const size = side * side * 3;
      const result = new Uint8Array(samples.length * size);
      // Reads each strip once per call, because once the cache is full, each read decodes the strip again.
      const needed = new Map<number, Uint8Array>();
      for (const [i, sample] of samples.entries()) {
        const at = first + sample;
        const number = Math.floor(at / CROPS_PER_STRIP);
        const strip = needed.get(number) ?? (await strips.read(faces[face]!, number));
        needed.set(number, strip);
        const start = (at % CROPS_PER_STRIP) * size;
        result.set(strip.subarray(start, start + size), i * size);
      }
      return result;
    },
  });
}

/** Decodes strips and caches them up to a limit. */
class StripReader {
  readonly #side: number;
  readonly #kept = new Map<string, Uint8Array>();
  readonly #limit = Math.min(KEPT.bytes, KEPT.share * process.availableMemory());
  #bytes = 0;

  constructor(side: number) {
    this.#side = side;
  }

  async read(face: Options['faces'][number], strip: number): Promise<Uint8Array> {
    const key = `${face.file} ${strip}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const pixels = await this.#decode(face, strip);
    // Clips are drawn at random, so no strip is more useful than another and the cache never replaces one.
    if (this.#bytes + pixels.length > this.#limit) return pixels;
    this.#kept.set(key, pixels);
    this.#bytes += pixels.length;
    return pixels;
  }

  async #decode({ file, strips }: Options['faces'][number], strip: number): Promise<Uint8Array> {
    const offset = strips.slice(0, strip).reduce((sum, length) => sum + length, 0);
    const jpeg = new Uint8Array(strips[strip]!);
    try {
      const handle = await open(file);
      await handle.read(jpeg, 0, jpeg.length, offset).finally(() => handle.close());
      const pixels = await sharp(jpeg).raw().toBuffer();
      if (pixels.length % (this.#side ** 2 * 3) !== 0) throw new Error('it has another size');
      return pixels;
    } catch (error) {
      throw new StudioError('file-unreadable/cached-faces', { file }, error);
    }
  }
}
