import { copyFileSync, existsSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { byName } from '../../../shared/basics/name-order.ts';
import { cancelled, StudioError, toFact } from '../../../shared/app/errors.ts';
import type { InspectedCopy, MergedCopy, MergeFacts } from '../../../shared/contract/copies.ts';
import { coderOfCopy } from '../../project/given-copies.ts';
import { allVideos } from '../../project/library.ts';
import type { MergeResult } from '../../project/merge-projects.ts';
import { isCopyOf, mergeProject } from '../../project/merge-projects.ts';
import { layerNames, layersOf, listCoders } from '../../project/review.ts';
import { makeBackup } from '../../project/store/backups.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import { backupsFolder, PROJECT_FILE, PROJECT_FILE_ENDING, projectFile } from '../../project/store/project-file.ts';
import type { CopiesWatch } from './copies.ts';
import { temporaryFolder } from '../../process/private-files.ts';

/** Merging back the copies that were given out. A copy is a project's folder, or a project file that has another name (a download). */

/**
 * What copies would bring into a project; nothing is changed.
 * @param paths projects, project files, or folders with projects
 * @throws StudioError 'file-missing', 'wrong-usage' if there is no project at a path, 'cancelled'
 */
export async function inspectCopies(db: ProjectDatabase, paths: readonly string[], signal?: AbortSignal): Promise<InspectedCopy[]> {
  const inspected: InspectedCopy[] = [];
  for (const path of findCopies(db, paths)) {
    await setImmediate();
    if (signal?.aborted === true) throw cancelled();
    const name = nameOf(path);
    try {
      const found = await inCopy(db, path, (other) => ({
        coder: coderOf(db, other),
        brings: db.dryRun(() => factsOf(db, other, mergeProject(db, other))),
      }));
      inspected.push({ path, name, ...found, problem: null });
    } catch (error) {
      inspected.push({ path, name, coder: null, brings: null, problem: toFact(error) });
    }
  }
  return inspected;
}

/**
 * Merges copies into a project, each in one transaction, after a backup. All copies are checked first.
 * @returns those that were merged, and whether the work was stopped before the others
 * @throws StudioError the errors of openProject and mergeProject; after the check, copies that were merged before stay merged
 */
export async function mergeCopiesInto(
  db: ProjectDatabase,
  paths: readonly string[],
  { onProgress, signal }: CopiesWatch = {},
): Promise<{ merged: MergedCopy[]; isStopped: boolean }> {
  const copies = findCopies(db, paths);
  for (const path of copies) await inCopy(db, path, () => undefined);
  makeBackup(backupsFolder(db.folder), 'before-merge', (copy) => db.copyTo(copy));
  const merged: MergedCopy[] = [];
  for (const path of copies) {
    onProgress?.(merged.length, copies.length);
    // Lets other requests, and the one that stops this work, have their turn.
    await setImmediate();
    if (signal?.aborted === true) return { merged, isStopped: true };
    const facts = await inCopy(db, path, (other) => ({ coder: coderOf(db, other), ...factsOf(db, other, mergeProject(db, other)) }));
    merged.push({ path, name: nameOf(path), ...facts });
  }
  onProgress?.(copies.length, copies.length);
  return { merged, isStopped: false };
}

/** Opens a project and calls mergeCopiesInto. */
export const mergeCopies = (copies: readonly string[], into: string): Promise<MergedCopy[]> =>
  inProject(into, async (db) => (await mergeCopiesInto(db, copies)).merged);

/**
 * The copies at these places, without doubles: a project, a project file, or the projects in a folder and in its subfolders. The
 * project itself is left out of a folder's projects.
 * @throws StudioError 'file-missing', 'wrong-usage' if a folder has no project
 */
function findCopies(db: ProjectDatabase, paths: readonly string[]): string[] {
  const own = realpathSync(projectFile(db.folder));
  const found = paths.flatMap((given) => {
    const path = resolve(given);
    if (!existsSync(path)) throw new StudioError('file-missing/chosen', { path });
    if (!statSync(path).isDirectory()) return [basename(path) === PROJECT_FILE ? dirname(path) : path];
    if (existsSync(projectFile(path))) return [path];
    const within = projectsIn(path).filter((each) => realpathSync(fileOf(each)) !== own);
    if (within.length === 0) throw new StudioError('wrong-usage/no-copies', { folder: path });
    return within;
  });
  return [...new Map(found.map((path) => [fileOf(path), path])).values()];
}

/** Projects in the subfolders, and project files with other names, by name. */
function projectsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => byName(a.name, b.name));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return existsSync(projectFile(path)) ? [path] : [];
    return entry.isFile() && entry.name.endsWith(PROJECT_FILE_ENDING) ? [path] : [];
  });
}

const isFile = (path: string): boolean => path.endsWith(PROJECT_FILE_ENDING) && statSync(path).isFile();
const fileOf = (path: string): string => (existsSync(path) && isFile(path) ? path : projectFile(path));
const nameOf = (path: string): string => basename(path, PROJECT_FILE_ENDING);

/** Opens a copy, after the check that it is one. A file with another name than a project's is opened as a temporary copy. */
async function inCopy<T>(db: ProjectDatabase, path: string, work: (other: ProjectDatabase) => T): Promise<T> {
  const file = fileOf(path);
  if (existsSync(file) && realpathSync(file) === realpathSync(projectFile(db.folder))) throw new StudioError('wrong-usage/same-project', { folder: path });
  const open = (folder: string): Promise<T> =>
    inProject(folder, (other) => {
      if (!isCopyOf(db, other)) throw new StudioError('wrong-usage/not-a-copy', { folder: path });
      return work(other);
    });
  const folder = file === path ? temporaryFolder('copy') : undefined;
  try {
    if (folder === undefined) return await open(path);
    for (const ending of ['', '-wal']) if (existsSync(path + ending)) copyFileSync(path + ending, projectFile(folder) + ending);
    return await open(folder);
  } catch (error) {
    throw errorOfCopy(file, error);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** The error of opening a copy: it names the file that was chosen, and a backup is no remedy. */
function errorOfCopy(file: string, error: unknown): unknown {
  if (!(error instanceof StudioError)) return error;
  if (error.code === 'project-damaged' || error.code === 'not-a-project') return new StudioError('project-damaged/copy', { file }, error);
  if (error.code === 'project-newer') return new StudioError('project-newer', { file }, error);
  return error.code === 'project-unsafe' ? new StudioError('project-unsafe', { file, detail: error.detail }, error) : error;
}

function coderOf(db: ProjectDatabase, other: ProjectDatabase): string | null {
  const { copy_id } = other.onlyRow(other.sql.selectFrom('project').select('copy_id'));
  return copy_id === null ? null : coderOfCopy(db, copy_id);
}

/** The result of a merge with names. */
function factsOf(db: ProjectDatabase, other: ProjectDatabase, { layers, coders, tables, ...counts }: MergeResult): MergeFacts {
  const names = new Map(listCoders(db).map(({ id, name }) => [id, name]));
  return {
    ...counts,
    coders: coders
      .map(({ coderId, ...each }) => ({ coder: coderId === null ? 'adjudicated' : (names.get(coderId) ?? ''), ...each }))
      .sort((a, b) => byName(a.coder, b.coder)),
    tables: [...tables],
    layers: namesOfLayers(db, layers),
    videos: allVideos(other).length,
  };
}

function namesOfLayers(db: ProjectDatabase, ids: readonly string[]): MergeFacts['layers'] {
  const layerName = layerNames(db);
  const wanted = new Set(ids);
  if (wanted.size === 0) return [];
  return allVideos(db).flatMap((video) =>
    layersOf(db, video.id).flatMap((layer) => (wanted.has(layer.id) ? [{ video: video.name, layer: layerName(layer) }] : [])),
  );
}
