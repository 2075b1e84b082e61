import { sentenceOf, StudioError } from '../../../shared/app/errors.ts';
import { findVideos } from '../../media/video-files.ts';
import { queuedPaths } from '../../project/batch-queue.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { listFolders, videoPaths } from '../../project/library.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { defaultBatchSettings, enqueue } from '../queue/batch-settings.ts';

/** Polling, since network shares and cameras' cards tell nobody of new files. */
const LOOK_MS = 10_000;

/** Puts new videos of watched folders into the queue, once their size has stopped growing. */
export class FolderWatch {
  readonly #db: ProjectDatabase;
  readonly #onAdded: () => void;
  readonly #onProblem: (error: unknown) => void;
  /** What was published last: the same problem is not published at each look. */
  #problem = '';
  readonly #timer: NodeJS.Timeout;
  /** Sizes at the last look of files that are not in the library yet. */
  #growing = new Map<string, number>();
  #looking = false;
  #isStopped = false;

  /** @param onProblem gets what keeps videos from being found or queued, once until it is over */
  constructor(db: ProjectDatabase, onAdded: () => void, onProblem: (error: unknown) => void, everyMs = LOOK_MS) {
    this.#db = db;
    this.#onAdded = onAdded;
    this.#onProblem = onProblem;
    this.#timer = setInterval(() => void this.look(), everyMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  /** One look at all watched folders; those that can be read are looked at even where another cannot. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const approval = ownApproval();
      const folders = listFolders(this.#db).filter(({ path, watched, approval: signature }) => watched === 1 && approval.isFolder(path, signature));
      const looks = await Promise.allSettled(folders.map(({ path }) => findVideos([path])));
      const found = looks.flatMap((look) => (look.status === 'fulfilled' ? look.value : []));
      const failed = looks.find((look) => look.status === 'rejected');
      const known = new Set([...videoPaths(this.#db).map(({ path }) => path), ...queuedPaths(this.#db)]);
      const fresh = found.filter(({ path }) => !known.has(path));
      const whole = fresh.filter(({ path, bytes }) => bytes > 0 && this.#growing.get(path) === bytes);
      this.#growing = new Map(fresh.map(({ path, bytes }) => [path, bytes]));
      if (whole.length > 0) {
        await enqueue(this.#db, whole, await defaultBatchSettings(), false);
        this.#onAdded();
      }
      this.#publish(failed?.reason);
    } catch (error) {
      this.#publish(error);
    } finally {
      this.#looking = false;
    }
  }

  /** A store that is busy, or was closed meanwhile, is no problem: the next look finds the videos again. */
  #publish(error: unknown): void {
    if (this.#isStopped || (error instanceof StudioError && error.code === 'project-busy')) return;
    const text = error === undefined ? '' : sentenceOf(error);
    if (text !== this.#problem && error !== undefined) this.#onProblem(error);
    this.#problem = text;
  }
}
