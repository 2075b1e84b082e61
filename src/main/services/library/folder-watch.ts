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
  readonly #timer: NodeJS.Timeout;
  /** Sizes at the last look of files that are not in the library yet. */
  #growing = new Map<string, number>();
  #looking = false;

  constructor(db: ProjectDatabase, onAdded: () => void, everyMs = LOOK_MS) {
    this.#db = db;
    this.#onAdded = onAdded;
    this.#timer = setInterval(() => void this.look(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One look at all watched folders; one that cannot be read now is passed over. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const approval = ownApproval();
      const folders = listFolders(this.#db).filter(({ path, watched, approval: signature }) => watched === 1 && approval.isFolder(path, signature));
      const found = (await Promise.all(folders.map(({ path }) => findVideos([path]).catch(() => [])))).flat();
      const known = new Set([...videoPaths(this.#db).map(({ path }) => path), ...queuedPaths(this.#db)]);
      const fresh = found.filter(({ path }) => !known.has(path));
      const whole = fresh.filter(({ path, bytes }) => bytes > 0 && this.#growing.get(path) === bytes);
      this.#growing = new Map(fresh.map(({ path, bytes }) => [path, bytes]));
      if (whole.length === 0) return;
      await enqueue(this.#db, whole, await defaultBatchSettings(), false);
      this.#onAdded();
    } catch {
      // The store is busy, or was closed meanwhile: the next look finds them again.
    } finally {
      this.#looking = false;
    }
  }
}
