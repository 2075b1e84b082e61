import type { LibraryVideo } from '../../shared/contract/project.ts';
import { listVideos } from '../project/library.ts';
import { inProject } from '../project/open-project.ts';
import type { RecordedRun } from '../project/recorded-results.ts';
import { listRuns } from '../project/recorded-results.ts';
import type { Agreement, AgreementRequest } from './agreement.ts';
import { measureAgreement } from './agreement.ts';
import { writeFineTuningSet } from './fine-tuning-set.ts';

/** The library of a project, as the window shows it. @throws StudioError as openProject does */
export const videosIn = (folder: string): Promise<LibraryVideo[]> => inProject(folder, listVideos);

/** The runs of a project, newest first. @throws StudioError as openProject does */
export const runsIn = (folder: string): Promise<RecordedRun[]> => inProject(folder, listRuns);

/** How far raters agree in a project. @throws StudioError as openProject and measureAgreement do */
export const agreementIn = (folder: string, request: AgreementRequest): Promise<Agreement> => inProject(folder, (db) => measureAgreement(db, request));

/** Makes a fine-tuning set of a project's labels. @throws StudioError as openProject and writeFineTuningSet do */
export const fineTuningSetOf = (folder: string, ...rest: Tail<Parameters<typeof writeFineTuningSet>>): ReturnType<typeof writeFineTuningSet> =>
  inProject(folder, (db) => writeFineTuningSet(db, ...rest));

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;
