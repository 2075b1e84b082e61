import { stat } from 'node:fs/promises';
import type { VideoFile } from '../../media/video-files.ts';
import type { LibraryFile } from '../../project/library.ts';

/** A video's file with the size and the time that the library stores. */
export async function libraryFileOf({ path, name }: Pick<VideoFile, 'path' | 'name'>): Promise<LibraryFile> {
  const { size, mtimeMs } = await stat(path);
  return { path, name, size, modifiedMs: mtimeMs };
}
