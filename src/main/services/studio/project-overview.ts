import { basename } from 'node:path';
import type { LibraryVideo } from '../../../shared/contract/project.ts';
import { listBackups } from '../../project/store/backups.ts';
import { listVideos } from '../../project/library.ts';
import { inProject } from '../../project/store/open-project.ts';
import { backupsFolder } from '../../project/store/project-file.ts';
import { restoreProject } from '../../project/store/restore-project.ts';
import type { RecordedRun } from '../../project/recorded-results.ts';
import { listRuns } from '../../project/recorded-results.ts';
import { exportDeidentified } from '../deidentification/export-deidentified.ts';
import type { Agreement, AgreementRequest } from '../exchange/agreement.ts';
import { measureAgreement } from '../exchange/agreement.ts';
import { writeFineTuningSet } from '../fine-tuning/fine-tuning-set.ts';

/** The videos in the library of a project. @throws StudioError the errors of openProject */
export const videosIn = (folder: string): Promise<LibraryVideo[]> => inProject(folder, listVideos);

/** The runs of a project, newest first. @throws StudioError the errors of openProject */
export const runsIn = (folder: string): Promise<RecordedRun[]> => inProject(folder, listRuns);

/** Measures the agreement of raters in a project. @throws StudioError the errors of openProject and measureAgreement */
export const agreementIn = (folder: string, request: AgreementRequest): Promise<Agreement> => inProject(folder, (db) => measureAgreement(db, request));

/** Writes a fine-tuning set from a project's labels. @throws StudioError the errors of openProject and writeFineTuningSet */
export const fineTuningSetOf = (folder: string, ...rest: Tail<Parameters<typeof writeFineTuningSet>>): ReturnType<typeof writeFineTuningSet> =>
  inProject(folder, (db) => writeFineTuningSet(db, ...rest));

/** Writes de-identified videos of a project. @throws StudioError the errors of openProject and exportDeidentified */
export const deidentifiedOf = (folder: string, ...rest: Tail<Parameters<typeof exportDeidentified>>): ReturnType<typeof exportDeidentified> =>
  inProject(folder, (db) => exportDeidentified(db, ...rest));

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

export interface BackupOfProject {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly reason: string;
  readonly bytes: number;
}

/** Backups of the project in a folder, newest first. The project may be damaged. */
export function backupsOf(folder: string): BackupOfProject[] {
  return listBackups(backupsFolder(folder)).map(({ file, madeAt, reason, bytes }) => ({ name: basename(file), madeAt: madeAt.toISOString(), reason, bytes }));
}

/**
 * Replaces a project by a backup.
 * @param name file name of the backup; undefined means the newest intact one
 * @throws StudioError the errors of restoreProject
 */
export function restoreBackup(folder: string, name: string | undefined): { backup: string; kept: string } {
  const { backup, kept } = restoreProject(folder, { backup: name });
  return { backup: basename(backup.file), kept };
}
