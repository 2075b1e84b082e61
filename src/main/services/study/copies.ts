import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { cancelled, StudioError } from '../../../shared/app/errors.ts';
import { doubleCoded } from '../../../shared/domain/double-coding.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { forgetGivenCopy, recordGivenCopy } from '../../project/given-copies.ts';
import { selectVideos } from '../../project/library.ts';
import { addCoder } from '../../project/review.ts';
import { copyDatabase } from '../../project/store/copy-project.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import { deleteSums } from '../../project/store/page-sums.ts';
import { projectFile } from '../../project/store/project-file.ts';
import type { VideoRow } from '../../project/store/schema.ts';

export interface CopiesRequest {
  /** Names of the coders; each gets a copy. */
  readonly coders: readonly string[];
  /** Ids or names of the videos; an empty list means all. */
  readonly videos: readonly string[];
  /** Share of the videos that all coders get, for the agreement; the others are divided among them. 1 gives all videos to all. */
  readonly doubleShare: number;
  readonly seed: number;
}

export interface GivenCopy {
  readonly coder: string;
  readonly folder: string;
  readonly videos: number;
  /** Number of videos that all coders have. */
  readonly shared: number;
}

/** How long work on several copies is followed and stopped. */
export interface CopiesWatch {
  /** Called before each copy and at the end, with the number of finished ones. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a copy of a project for each coder: OUT/CODER. The videos that all of them code, and the division of the others, are
 * drawn with the seed. A copy has no data of the videos that are not in it. If one cannot be made, those before it are deleted.
 * @throws StudioError 'wrong-usage', 'project-exists', 'cannot-write', 'disk-full', 'cancelled'
 */
export async function giveCopies(db: ProjectDatabase, out: string, request: CopiesRequest, { onProgress, signal }: CopiesWatch = {}): Promise<GivenCopy[]> {
  const coders = [...new Set(request.coders)];
  if (coders.length === 0) throw new StudioError('wrong-usage/no-coders', {});
  const folders = coders.map((coder) => join(resolve(out), folderNameOf(coder)));
  if (new Set(folders.map((folder) => folder.toLowerCase())).size < folders.length) throw new StudioError('wrong-usage/same-folder', { coders });
  for (const folder of folders) if (existsSync(projectFile(folder))) throw new StudioError('project-exists', { folder });
  const { shared, shares } = divide(selectVideos(db, request.videos), coders.length, request);
  const made: { folder: string; copyId: string }[] = [];
  const copies: GivenCopy[] = [];
  try {
    for (const [i, coder] of coders.entries()) {
      onProgress?.(i, coders.length);
      // Lets other requests, and the one that stops this work, have their turn.
      await setImmediate();
      if (signal?.aborted === true) throw cancelled();
      const [folder = '', own = []] = [folders[i], shares[i]];
      const videos = [...shared, ...own];
      const { id } = addCoder(db, coder);
      const copyId = copyDatabase(db, folder, { coderId: id, videos: videos.map((video) => video.id) });
      made.push({ folder, copyId });
      recordGivenCopy(db, copyId, id, videos);
      copies.push({ coder, folder, videos: videos.length, shared: shared.length });
    }
  } catch (error) {
    for (const copy of made) removeCopy(db, copy);
    throw error;
  }
  onProgress?.(coders.length, coders.length);
  return copies;
}

function removeCopy(db: ProjectDatabase, { folder, copyId }: { folder: string; copyId: string }): void {
  rmSync(projectFile(folder), { force: true });
  deleteSums(projectFile(folder));
  try {
    rmdirSync(folder);
  } catch {
    // The folder was there before, with other files.
  }
  forgetGivenCopy(db, copyId);
}

/** Names of folders that all systems allow. */
const folderNameOf = (coder: string): string => coder.replace(/[<>:"/\\|?*\u0000-\u001F]/g, '_').replace(/[. ]+$/, '') || '_';

/** Draws the videos that all coders get, and divides the others evenly. */
function divide(videos: readonly VideoRow[], coders: number, { doubleShare, seed }: CopiesRequest): { shared: VideoRow[]; shares: VideoRow[][] } {
  const random = randomStream(seed, 'copies');
  const drawn = videos
    .toSorted((a, b) => a.path.localeCompare(b.path))
    .map((video) => ({ video, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ video }) => video);
  const count = doubleCoded(drawn.length, doubleShare);
  const shares = Array.from({ length: coders }, (): VideoRow[] => []);
  for (const [i, video] of drawn.slice(count).entries()) shares[i % coders]?.push(video);
  return { shared: drawn.slice(0, count), shares };
}

/** Opens a project and calls giveCopies. */
export const giveCopiesOf = (folder: string, out: string, request: CopiesRequest): Promise<GivenCopy[]> =>
  inProject(folder, (db) => giveCopies(db, out, request));
