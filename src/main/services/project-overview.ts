import { resolve } from 'node:path';
import { listVideos } from '../project/library.ts';
import type { LibraryVideo } from '../project/library.ts';
import { openProject } from '../project/open-project.ts';
import { readQueue } from '../project/batch-queue.ts';
import type { RecordedRun } from '../project/recorded-results.ts';
import { listRuns } from '../project/recorded-results.ts';
import type { QueueState } from '../../shared/queue.ts';

/** The library, the runs and the queue of a project, as the window shows them. @throws StudioError as openProject does */
export async function overviewOf(folder: string): Promise<{ videos: LibraryVideo[]; runs: RecordedRun[]; queue: QueueState }> {
  const { db, close } = await openProject(resolve(folder));
  try {
    return { videos: listVideos(db), runs: listRuns(db), queue: readQueue(db) };
  } finally {
    close();
  }
}
