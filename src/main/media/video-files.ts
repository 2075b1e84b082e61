import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { StudioError } from '../../shared/app/errors.ts';

/** Endings by which a file in a folder counts as a video. A file that is named outright is taken whatever its ending. */
const VIDEO_ENDING = /\.(3gp|asf|avi|divx|dv|f4v|flv|gif|m2ts|m2v|m4v|mkv|mov|mp4|mpeg|mpg|mts|mxf|ogv|qt|ts|vob|webm|wmv)$/i;

export function isVideoName(name: string): boolean {
  return VIDEO_ENDING.test(name);
}

export interface VideoFile {
  readonly path: string;
  /** Its name in tables: the path below the folder that was given, with '/' between parts. */
  readonly name: string;
  /** Size in bytes, for the time that is left. */
  readonly bytes: number;
}

/**
 * The videos among files and folders (searched to the bottom), in a stable order, each once.
 * Hidden files and folders (a leading dot) are left out.
 * @throws StudioError 'file-missing' for a path that is not there, 'file-unreadable' for a folder that may not be read
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

/** Two folders may hold a video of the same name: then the folder's name, or the whole path, goes before it. */
function withUniqueNames(videos: readonly VideoFile[], folders: ReadonlyMap<string, string>): VideoFile[] {
  const rename = (list: readonly VideoFile[], better: (video: VideoFile) => string): VideoFile[] => {
    const count = new Map<string, number>();
    for (const { name } of list) count.set(name, (count.get(name) ?? 0) + 1);
    return list.map((video) => (count.get(video.name)! > 1 ? { ...video, name: better(video) } : video));
  };
  const withFolder = rename(videos, ({ path, name }) => (folders.has(path) ? `${folders.get(path)}/${name}` : path.split(sep).slice(-2).join('/')));
  return rename(withFolder, ({ path }) => path.split(sep).join('/'));
}
