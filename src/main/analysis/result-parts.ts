import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import writeFileAtomic from 'write-file-atomic';
import { writeError } from '../../shared/app/errors.ts';
import type { Fact } from '../../shared/app/facts.ts';
import type { StoredSummary, VideoResult, VideoSummary } from '../../shared/domain/results.ts';
import { summaryOf } from '../../shared/domain/results.ts';
import type { TimingTable } from '../../shared/domain/time.ts';
import { fromDifferences, toDifferences } from '../../shared/domain/time-differences.ts';

/** Everything that a stored result depends on. If any of it changes, the video is analysed again. */
export interface ResultKey {
  readonly videoSha256: string;
  readonly modelSha256: string;
  /** Hash of the options and of the version of the analysis. */
  readonly options: string;
}

/** What is stored for a finished video. */
export interface ResultPart {
  readonly key: ResultKey;
  readonly result: VideoResult;
  /** Null in parts of versions before 0.2. */
  readonly timing: TimingTable | null;
}

export type PartState = 'done' | 'failed';

interface StoredPart {
  readonly key: ResultKey;
  readonly result: Omit<VideoResult, 'summary'> & { readonly summary: StoredSummary };
  /** Base64 of the differences, and facts (time-differences.ts). */
  readonly timing?: { readonly differences: string; readonly facts: string };
}

/** Must be increased with any change of the analysis that changes its numbers. */
export const ANALYSIS_VERSION = 4;

export function optionsHash(options: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([ANALYSIS_VERSION, options]))
    .digest('hex');
}

const ENDINGS: Readonly<Record<PartState, string>> = { done: '.json.gz', failed: '.failed.json' };

/**
 * Stores the result of each video in its own file beside the tables, so that a run that is killed loses only the current
 * video, and so that several runs can add to one folder. The tables are made from these files. No locks are needed: a file is
 * written under another name and renamed, and only the run that analyses a video writes its files.
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

  /** @throws StudioError 'disk-full' or 'cannot-write' */
  async write(video: string, { key, result, timing }: ResultPart): Promise<void> {
    const stored: StoredPart = { key, result, ...(timing === null ? {} : { timing: packed(timing) }) };
    await this.#write(this.#file(video, 'done'), await promisify(gzip)(JSON.stringify(stored)));
    await rm(this.#file(video, 'failed'), { force: true });
  }

  /** Stores why a video could not be analysed. An earlier result no longer counts. */
  async writeFailure(video: string, failure: Pick<VideoSummary, 'failure' | 'secondsTaken'>): Promise<void> {
    await this.#write(this.#file(video, 'failed'), JSON.stringify({ failure: failure.failure, secondsTaken: failure.secondsTaken }));
    await rm(this.#file(video, 'done'), { force: true });
  }

  /** Deletes what is stored for a video. */
  async remove(video: string): Promise<void> {
    for (const state of ['done', 'failed'] as const) await rm(this.#file(video, state), { force: true });
  }

  /** The stored result of a video, or undefined where there is none or it has another key. */
  async read(video: string, key?: ResultKey): Promise<ResultPart | undefined> {
    try {
      const kept = JSON.parse((await promisify(gunzip)(await readFile(this.#file(video, 'done')))).toString('utf8')) as StoredPart;
      const same =
        key === undefined || (kept.key.videoSha256 === key.videoSha256 && kept.key.modelSha256 === key.modelSha256 && kept.key.options === key.options);
      if (!same) return undefined;
      const result = { ...kept.result, summary: { ...summaryOf(kept.result.summary), video } };
      return { key: kept.key, result, timing: kept.timing === undefined ? null : unpacked(kept.timing) };
    } catch {
      return undefined; // absent or damaged: the video is analysed again
    }
  }

  /** Why a video could not be analysed, or undefined if that is not stored. */
  async readFailure(video: string): Promise<{ failure: Fact | null; secondsTaken: number | null } | undefined> {
    try {
      return JSON.parse(await readFile(this.#file(video, 'failed'), 'utf8')) as { failure: Fact | null; secondsTaken: number | null };
    } catch {
      return undefined;
    }
  }

  /** Whether there is a file with the result of a video, readable or not. */
  async has(video: string): Promise<boolean> {
    return access(this.#file(video, 'done')).then(
      () => true,
      () => false,
    );
  }

  /** Tells which videos are stored as what. Reads the folder once, not the files. @returns undefined for a video that is not there */
  async states(): Promise<(video: string) => PartState | undefined> {
    const files = new Set(await readdir(this.#folder).catch(() => []));
    const has = (video: string, state: PartState): boolean => files.has(fileName(video, state));
    return (video) => (['done', 'failed'] as const).find((state) => has(video, state));
  }

  async #write(file: string, data: Uint8Array | string): Promise<void> {
    await writeFileAtomic(file, data instanceof Uint8Array ? Buffer.from(data) : data).catch((error: unknown) => {
      throw writeError(file, error);
    });
  }

  #file(video: string, state: PartState): string {
    return join(this.#folder, fileName(video, state));
  }
}

const fileName = (video: string, state: PartState): string => `${createHash('sha256').update(video).digest('hex').slice(0, 32)}${ENDINGS[state]}`;

function packed(timing: TimingTable): { differences: string; facts: string } {
  const { differences, facts } = toDifferences(timing);
  return { differences: Buffer.from(differences.buffer).toString('base64'), facts };
}

function unpacked({ differences, facts }: { differences: string; facts: string }): TimingTable {
  return fromDifferences({ differences: new Float64Array(Uint8Array.from(Buffer.from(differences, 'base64')).buffer), facts });
}
