import { sentenceOf, StudioError } from '../../../shared/app/errors.ts';
import { findVideos, readableVideos } from '../../media/video-files.ts';
import { queuedPaths } from '../../project/batch-queue.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { listFolders, videoPaths } from '../../project/library.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { defaultBatchSettings, enqueue } from '../queue/batch-settings.ts';

/** The folders are polled, because network shares and memory cards do not report new files. */
const SCAN_INTERVAL_MS = 10_000;

/** Adds new videos of watched folders to the queue as soon as their size is stable. */
export class FolderWatch {
  readonly #db: ProjectDatabase;
  readonly #onAdded: () => void;
  readonly #onProblem: (error: unknown) => void;
  /** The last published problem. The same problem is not published again. */
  #problem = '';
  readonly #timer: NodeJS.Timeout;
  /** Sizes of the new files in the last scan, by path. */
  #sizes = new Map<string, number>();
  #isScanning = false;
  #isStopped = false;

  /** @param onProblem receives errors of scans; not again while the same error persists */
  constructor(db: ProjectDatabase, onAdded: () => void, onProblem: (error: unknown) => void, intervalMs = SCAN_INTERVAL_MS) {
    this.#db = db;
    this.#onAdded = onAdded;
    this.#onProblem = onProblem;
    this.#timer = setInterval(() => void this.scan(), intervalMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  /** Scans all watched folders. A folder that cannot be read does not affect the others. */
  async scan(): Promise<void> {
    if (this.#isScanning) return;
    this.#isScanning = true;
    try {
      const approval = ownApproval();
      const folders = listFolders(this.#db).filter(({ path, watched, approval: signature }) => watched === 1 && approval.isFolder(path, signature));
      const scans = await Promise.allSettled(folders.map(({ path }) => findVideos([path])));
      const { videos: found, problems } = readableVideos(scans.flatMap((scan) => (scan.status === 'fulfilled' ? scan.value : [])));
      const failed = scans.find((scan) => scan.status === 'rejected');
      const known = new Set([...videoPaths(this.#db).map(({ path }) => path), ...queuedPaths(this.#db)]);
      const fresh = found.filter(({ path }) => !known.has(path));
      const complete = fresh.filter(({ path, bytes }) => bytes > 0 && this.#sizes.get(path) === bytes);
      this.#sizes = new Map(fresh.map(({ path, bytes }) => [path, bytes]));
      if (complete.length > 0) {
        await enqueue(this.#db, complete, await defaultBatchSettings(), false);
        this.#onAdded();
      }
      this.#publish(failed?.reason ?? problems[0]);
    } catch (error) {
      this.#publish(error);
    } finally {
      this.#isScanning = false;
    }
  }

  /** Ignores errors after `stop`, and a locked database: the next scan finds the videos again. */
  #publish(error: unknown): void {
    if (this.#isStopped || (error instanceof StudioError && error.code === 'project-busy')) return;
    const text = error === undefined ? '' : sentenceOf(error);
    if (text !== this.#problem && error !== undefined) this.#onProblem(error);
    this.#problem = text;
  }
}
