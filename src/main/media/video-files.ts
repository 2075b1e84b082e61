import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { StudioError } from '../../shared/app/errors.ts';

/** File extensions of videos in folders. A file that is given by its path is accepted with any extension. */
export const VIDEO_ENDINGS = [
  ...(['3gp', 'asf', 'avi', 'divx', 'dv', 'f4v', 'flv', 'gif', 'm2ts', 'm2v', 'm4v', 'mkv'] as const),
  ...(['mov', 'mp4', 'mpeg', 'mpg', 'mts', 'mxf', 'ogv', 'qt', 'ts', 'vob', 'webm', 'wmv'] as const),
];

export function isVideoName(name: string): boolean {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  return VIDEO_ENDINGS.some((each) => each === ending);
}

export interface VideoFile {
  readonly path: string;
  /** Name in tables: the path relative to the given folder, with '/' as separator. */
  readonly name: string;
  /** Size in bytes, for the estimate of the remaining time. */
  readonly bytes: number;
}

/**
 * Finds the videos in files and folders, including all subfolders, in a stable order, each once. Hidden files and folders (a
 * leading dot) are skipped.
 * @throws StudioError 'file-missing' for a path that does not exist, 'file-unreadable' for a folder without read permission
 */
export async function findVideos(paths: readonly string[]): Promise<VideoFile[]> {
  const found = new Map<string, VideoFile>();
  const folders = new Map<string, string>();
  for (const given of paths) {
    const path = resolve(given);
    const kind: Stats = await stat(path).catch((error: unknown) => {
      throw new StudioError('file-missing', { path: given }, error);
    });
    if (kind.isDirectory()) {
      for (const file of await videosBelow(path)) {
        if (!found.has(file)) found.set(file, { path: file, name: relative(path, file).split(sep).join('/'), bytes: (await stat(file)).size });
        folders.set(file, folders.get(file) ?? basename(path));
      }
    } else if (!found.has(path)) {
      found.set(path, { path, name: basename(path), bytes: kind.size });
    }
  }
  return withUniqueNames([...found.values()], folders);
}

async function videosBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new StudioError('file-unreadable/folder', { folder }, error);
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await videosBelow(path)));
    else if (isVideoName(entry.name)) files.push(path);
  }
  return files;
}

/** Makes names unique: videos of the same name get the name of their folder, or their whole path, as a prefix. */
function withUniqueNames(videos: readonly VideoFile[], folders: ReadonlyMap<string, string>): VideoFile[] {
  const rename = (list: readonly VideoFile[], better: (video: VideoFile) => string): VideoFile[] => {
    const count = new Map<string, number>();
    for (const { name } of list) count.set(name, (count.get(name) ?? 0) + 1);
    return list.map((video) => (count.get(video.name)! > 1 ? { ...video, name: better(video) } : video));
  };
  const withFolder = rename(videos, ({ path, name }) => (folders.has(path) ? `${folders.get(path)}/${name}` : path.split(sep).slice(-2).join('/')));
  return rename(withFolder, ({ path }) => path.split(sep).join('/'));
}
