import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import writeFileAtomic from 'write-file-atomic';
import { writeError } from '../../shared/app/errors.ts';
import type { StoredSummary, VideoResult } from '../../shared/domain/results.ts';
import { summaryOf } from '../../shared/domain/results.ts';

/** Everything that a stored result depends on. If any of it changes, the video is analysed again. */
export interface ResultKey {
  readonly videoSha256: string;
  readonly modelSha256: string;
  /** Hash of the options and of the version of the analysis. */
  readonly options: string;
}

type StoredResult = Omit<VideoResult, 'summary'> & { readonly summary: StoredSummary };

/** Must be increased with any change of the analysis that changes its numbers. */
export const ANALYSIS_VERSION = 3;

export function optionsHash(options: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([ANALYSIS_VERSION, options]))
    .digest('hex');
}

/**
 * Stores the result of each finished video in its own file beside the tables, so that a run that is killed loses only the
 * current video. The tables are made from these files when a run ends.
 */
export class ResultParts {
  readonly #folder: string;

  /** @param out the folder of the tables */
  constructor(out: string) {
    this.#folder = join(out, '.adatosk', 'videos');
  }

  /** Creates the folder. @throws StudioError where it cannot be written */
  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true }).catch((error: unknown) => {
      throw writeError(this.#folder, error);
    });
  }

  async write(video: string, key: ResultKey, result: VideoResult): Promise<void> {
    const file = this.#file(video);
    const bytes = await promisify(gzip)(JSON.stringify({ key, result }));
    await writeFileAtomic(file, bytes).catch((error: unknown) => {
      throw writeError(file, error);
    });
  }

  /** The stored result of a video, or undefined where there is none or it has another key. */
  async read(video: string, key?: ResultKey): Promise<VideoResult | undefined> {
    try {
      const kept = JSON.parse((await promisify(gunzip)(await readFile(this.#file(video)))).toString('utf8')) as { key: ResultKey; result: StoredResult };
      const same =
        key === undefined || (kept.key.videoSha256 === key.videoSha256 && kept.key.modelSha256 === key.modelSha256 && kept.key.options === key.options);
      return same ? { ...kept.result, summary: { ...summaryOf(kept.result.summary), video } } : undefined;
    } catch {
      return undefined; // absent or damaged: the video is analysed again
    }
  }

  #file(video: string): string {
    return join(this.#folder, `${createHash('sha256').update(video).digest('hex').slice(0, 32)}.json.gz`);
  }
}
