import { basename } from 'node:path';
import type { LibraryVideo } from '../../../shared/contract/project.ts';
import { listBackups } from '../../project/store/backups.ts';
import { listVideos } from '../../project/library.ts';
import { inProject } from '../../project/store/open-project.ts';
import { backupsFolder } from '../../project/store/project-file.ts';
import { restoreProject } from '../../project/store/restore-project.ts';
import type { RecordedRun } from '../../project/recorded-results.ts';
import { listRuns } from '../../project/recorded-results.ts';
import type { Agreement, AgreementRequest } from '../exchange/agreement.ts';
import { measureAgreement } from '../exchange/agreement.ts';
import { writeFineTuningSet } from '../fine-tuning/fine-tuning-set.ts';

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

export interface BackupOfProject {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly reason: string;
  readonly bytes: number;
}

/** Backups of the project in a folder, newest first; the project need not be good. */
export function backupsOf(folder: string): BackupOfProject[] {
  return listBackups(backupsFolder(folder)).map(({ file, madeAt, reason, bytes }) => ({ name: basename(file), madeAt: madeAt.toISOString(), reason, bytes }));
}

/**
 * Puts a backup in a project's place.
 * @param name a backup's file name; undefined takes the newest good one of a damaged project
 * @throws StudioError as restoreProject does
 */
export function restoreBackup(folder: string, name: string | undefined): { backup: string; kept: string } {
  const { backup, kept } = restoreProject(folder, { backup: name });
  return { backup: basename(backup.file), kept };
}
