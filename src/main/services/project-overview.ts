import { resolve } from 'node:path';
import type { Agreement, AgreementRequest } from './agreement.ts';
import { measureAgreement } from './agreement.ts';
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

/** How far raters agree in a project. @throws StudioError as openProject and measureAgreement do */
export async function agreementInProject(folder: string, request: AgreementRequest): Promise<Agreement> {
  const { db, close } = await openProject(folder);
  try {
    return measureAgreement(db, request);
  } finally {
    close();
  }
}
