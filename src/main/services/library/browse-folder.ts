import { existsSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { byName } from '../../../shared/basics/name-order.ts';
import { modelFileEnding } from '../../../shared/domain/model-files.ts';
import { readableFormatOf } from '../../formats/annotations/annotation-formats.ts';
import { isVideoName } from '../../media/video-files.ts';
import { PROJECT_FILE_ENDING, projectFile } from '../../project/store/project-file.ts';

interface NamedFile {
  name: string;
  path: string;
}

export interface FolderListing {
  readonly folder: string;
  readonly parent: string | null;
  readonly folders: { name: string; path: string; isProject: boolean }[];
  readonly videos: NamedFile[];
  /** Project files, also with other names than PROJECT_FILE. */
  readonly projects: NamedFile[];
  /** Tables (CSV, TSV, text). */
  readonly tables: NamedFile[];
  /** Files that a model can be imported from. */
  readonly models: NamedFile[];
  /** Files that labels can be read from. */
  readonly labels: NamedFile[];
  readonly isProject: boolean;
}

/** The content of a folder for the file dialog, without hidden files. @throws StudioError 'file-unreadable' */
export async function browseFolder(path: string): Promise<FolderListing> {
  const folder = resolve(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new StudioError('file-unreadable/not-opened', { folder }, error);
  });
  const visible = await Promise.all(entries.filter(({ name }) => !name.startsWith('.')).map((entry) => kindOf(folder, entry)));
  const names = visible.sort((a, b) => byName(a.name, b.name));
  const parent = dirname(folder);
  const files = (accepts: (name: string) => boolean): NamedFile[] =>
    names.filter(({ name, kind }) => kind === 'file' && accepts(name)).map(({ name }) => ({ name, path: join(folder, name) }));
  return {
    folder,
    parent: parent === folder ? null : parent,
    folders: names
      .filter(({ kind }) => kind === 'folder')
      .map(({ name }) => ({ name, path: join(folder, name), isProject: existsSync(projectFile(join(folder, name))) })),
    videos: files(isVideoName),
    projects: files((name) => name.endsWith(PROJECT_FILE_ENDING)),
    tables: files((name) => /\.(?:csv|tsv|txt)$/i.test(name)),
    models: files((name) => modelFileEnding(name) !== undefined),
    labels: files((name) => readableFormatOf(name) !== undefined),
    isProject: existsSync(projectFile(folder)),
  };
}

/** What an entry is, over links: a link to nothing, a named pipe and a device are neither. */
async function kindOf(folder: string, entry: Dirent): Promise<{ name: string; kind: 'file' | 'folder' | 'other' }> {
  const { name } = entry;
  const found = entry.isSymbolicLink() ? await stat(join(folder, name)).catch(() => undefined) : entry;
  return { name, kind: found?.isDirectory() === true ? 'folder' : found?.isFile() === true ? 'file' : 'other' };
}
