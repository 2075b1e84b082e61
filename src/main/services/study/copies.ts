import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AnyRow, EditableTable } from '../../../shared/annotation/editable-rows.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import { randomStream } from '../../../shared/domain/random.ts';
import { allVideos, selectVideos, videoNames } from '../../project/library.ts';
import type { MergeResult } from '../../project/merge-projects.ts';
import { mergeProject } from '../../project/merge-projects.ts';
import { layerNames, layersOf, listCoders } from '../../project/review.ts';
import { backupsFolder, projectFile } from '../../project/store/project-file.ts';
import { makeBackup } from '../../project/store/backups.ts';
import { copyDatabase } from '../../project/store/copy-project.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import type { MergeConflictRow, VideoRow } from '../../project/store/schema.ts';

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

/**
 * Makes a copy of a project for each coder: OUT/CODER. The videos that all of them code, and the division of the others, are
 * drawn with the seed. A copy has no data of the videos that are not in it.
 * @throws StudioError 'wrong-usage', 'project-exists', 'cannot-write'; copies that were made before stay
 */
export function giveCopies(db: ProjectDatabase, out: string, request: CopiesRequest): GivenCopy[] {
  const coders = [...new Set(request.coders)];
  const folders = coders.map((coder) => join(resolve(out), folderNameOf(coder)));
  if (new Set(folders.map((folder) => folder.toLowerCase())).size < folders.length) throw new StudioError('wrong-usage/same-folder', { coders });
  for (const folder of folders) if (existsSync(projectFile(folder))) throw new StudioError('project-exists', { folder });
  const { shared, shares } = divide(selectVideos(db, request.videos), coders.length, request);
  return coders.map((coder, i) => {
    const [folder = '', own = []] = [folders[i], shares[i]];
    const videos = [...shared, ...own].map(({ id }) => id);
    copyDatabase(db, folder, videos);
    return { coder, folder, videos: videos.length, shared: shared.length };
  });
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
  const count = Math.ceil(doubleShare * drawn.length - 1e-9);
  const shares = Array.from({ length: coders }, (): VideoRow[] => []);
  for (const [i, video] of drawn.slice(count).entries()) shares[i % coders]?.push(video);
  return { shared: drawn.slice(0, count), shares };
}

/** A layer that both copies changed. */
export interface LayerOfBoth {
  readonly video: string;
  readonly layer: string;
}

export interface Merged extends Omit<MergeResult, 'layers'> {
  readonly from: string;
  readonly layers: readonly LayerOfBoth[];
}

/**
 * Merges copies into a project, each in one transaction, after a backup.
 * @throws StudioError the errors of openProject and mergeProject; copies that were merged before stay merged
 */
export async function mergeCopies(copies: readonly string[], into: string): Promise<Merged[]> {
  return inProject(into, async (db) => {
    makeBackup(backupsFolder(resolve(into)), 'before-merge', (copy) => db.copyTo(copy));
    const merged: Merged[] = [];
    for (const from of copies) {
      const { layers, ...counts } = await inProject(from, (other) => mergeProject(db, other));
      merged.push({ from, ...counts, layers: namesOf(db, layers) });
    }
    return merged;
  });
}

function namesOf(db: ProjectDatabase, ids: readonly string[]): LayerOfBoth[] {
  const nameOf = layerNames(db);
  const wanted = new Set(ids);
  return allVideos(db).flatMap((video) =>
    layersOf(db, video.id).flatMap((layer) => (wanted.has(layer.id) ? [{ video: video.name, layer: nameOf(layer) }] : [])),
  );
}

/** A row that two copies changed in different ways. */
export interface Conflict {
  readonly id: string;
  readonly table: EditableTable;
  /** Name of the video; null for rows that belong to none. */
  readonly video: string | null;
  /** Null for a deleted row, like `other`. */
  readonly kept: AnyRow | null;
  readonly other: AnyRow | null;
}

/** Conflicts that nobody has decided yet. */
export function openConflicts(db: ProjectDatabase): Conflict[] {
  const names = videoNames(db);
  return db.rows(db.sql.selectFrom('merge_conflict').selectAll().where('resolved', '=', 0).orderBy('video_id').orderBy('row_id')).map((row) => ({
    id: row.id,
    table: row.table_name as EditableTable,
    video: names.get(row.video_id ?? '') ?? null,
    kept: rowOf(row.kept),
    other: rowOf(row.other),
  }));
}

const rowOf = (text: string | null): AnyRow | null => (text === null ? null : (JSON.parse(text) as AnyRow));

/**
 * Decides a conflict: the version in the table stays, or the other one replaces it. The replaced version stays in the record of
 * the conflict.
 * @throws StudioError 'wrong-usage' for an unknown conflict, 'edit-stale' if the row was changed after the merge
 */
export function decideConflict(db: ProjectDatabase, id: string, take: 'kept' | 'other'): void {
  db.transaction(() => {
    const conflict = db.row(db.sql.selectFrom('merge_conflict').selectAll().where('id', '=', id).where('resolved', '=', 0));
    if (conflict === undefined) throw new StudioError('wrong-usage/conflict-unknown', { id });
    if (take === 'other') replaceRow(db, conflict);
    db.run(db.sql.updateTable('merge_conflict').set({ resolved: 1 }).where('id', '=', id));
  });
}

function replaceRow(db: ProjectDatabase, { table_name, row_id, kept, other }: MergeConflictRow): void {
  const table = table_name as 'segment';
  const current = db.row(db.sql.selectFrom(table).selectAll().where('id', '=', row_id)) as unknown as AnyRow | undefined;
  const expected = rowOf(kept);
  const isSame =
    expected === null
      ? current === undefined
      : current !== undefined && Object.entries(expected).every(([column, value]) => (current[column] ?? null) === value);
  if (!isSame) throw new StudioError('edit-stale/changed', { detail: table });
  const { clock } = db.onlyRow(
    db.sql
      .updateTable('project')
      .set(({ eb }) => ({ clock: eb('clock', '+', 1) }))
      .returning('clock'),
  );
  const wanted = rowOf(other);
  if (wanted === null) db.run(db.sql.deleteFrom(table).where('id', '=', row_id));
  else if (current === undefined) db.run(db.sql.insertInto(table).values({ ...wanted, revision: clock } as never));
  else
    db.run(
      db.sql
        .updateTable(table)
        .set({ ...wanted, revision: clock } as never)
        .where('id', '=', row_id),
    );
}

export interface CoderProgress {
  readonly coder: string;
  /** Videos with labels of the coder. */
  readonly videos: number;
  readonly labels: number;
  readonly peaks: number;
  /** Number of all videos. */
  readonly of: number;
}

/** How far each coder is. */
export function coderProgress(db: ProjectDatabase): CoderProgress[] {
  const of = allVideos(db).length;
  const count = (table: 'segment' | 'peak'): Map<string, number> =>
    new Map(
      db
        .rows(
          db.sql
            .selectFrom(table as 'segment')
            .innerJoin('layer', 'layer.id', `${table}.layer_id` as 'segment.layer_id')
            .select(({ fn }) => ['layer.coder_id', fn.countAll<number>().as('rows')])
            .groupBy('layer.coder_id'),
        )
        .map(({ coder_id, rows }) => [coder_id ?? '', rows]),
    );
  const [labels, peaks] = [count('segment'), count('peak')];
  const videos = Map.groupBy(db.rows(db.sql.selectFrom('layer').select(['coder_id', 'video_id']).where('kind', '=', 'coder')), ({ coder_id }) => coder_id);
  return listCoders(db)
    .filter(({ id }) => videos.has(id))
    .map(({ id, name }) => ({ coder: name, videos: videos.get(id)?.length ?? 0, labels: labels.get(id) ?? 0, peaks: peaks.get(id) ?? 0, of }));
}

/** Opens a project and calls giveCopies. */
export const giveCopiesOf = (folder: string, out: string, request: CopiesRequest): Promise<GivenCopy[]> =>
  inProject(folder, (db) => giveCopies(db, out, request));
export const conflictsIn = (folder: string): Promise<Conflict[]> => inProject(folder, openConflicts);
export const decideConflictIn = (folder: string, id: string, take: 'kept' | 'other'): Promise<void> => inProject(folder, (db) => decideConflict(db, id, take));
export const progressIn = (folder: string): Promise<CoderProgress[]> => inProject(folder, coderProgress);
