import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { cancelled, isCancelled, sentenceOf, StudioError } from '../../shared/app/errors.ts';

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
  /** Why it cannot be read: a link to nothing, a named pipe, a folder without permission. Such a file must not be opened. */
  readonly problem?: StudioError;
}

/** The files that can be read, and the reasons why the others cannot. */
export function readableVideos(found: readonly VideoFile[]): { videos: VideoFile[]; problems: StudioError[] } {
  return { videos: found.filter(({ problem }) => problem === undefined), problems: found.flatMap(({ problem }) => problem ?? []) };
}

/**
 * Finds the videos in files and folders, including all subfolders, in a stable order, each once. Hidden files and folders (a
 * leading dot) are skipped. A linked folder is followed unless it is among the others. What cannot be read has a problem; it does
 * not affect the rest.
 * @throws StudioError 'file-missing' for a path that does not exist, 'file-unreadable' for a given folder without read permission
 */
export async function findVideos(paths: readonly string[], signal?: AbortSignal): Promise<VideoFile[]> {
  const found = new Map<string, VideoFile>();
  const folders = new Map<string, string>();
  for (const given of paths) {
    const path = resolve(given);
    await lstat(path).catch((error: unknown) => {
      throw path.includes(UNDECODABLE)
        ? new StudioError('file-unreadable/name', { file: given }, error)
        : new StudioError('file-missing', { path: given }, error);
    });
    const kind = await kindOf(path, basename(path));
    if (kind === 'folder') {
      const files = (await new FolderWalk(path, signal).walk()).map((file) => [file.path, file] as const);
      for (const [at, file] of files) {
        if (!found.has(at)) found.set(at, { ...file, name: relative(path, at).split(sep).join('/') });
        folders.set(at, folders.get(at) ?? basename(path));
      }
    } else if (!found.has(path)) {
      found.set(path, { path, name: basename(path), ...kind });
    }
  }
  return withUniqueNames([...found.values()], folders);
}

/**
 * Videos that are listed by their paths, each once, in order. Their names are their paths below the deepest folder that
 * contains all of them. No file is opened or looked for; see `sizedVideo`.
 */
export function listedVideos(paths: readonly string[]): Omit<VideoFile, 'bytes'>[] {
  const found = [...new Set(paths.map((path) => resolve(path)))];
  const root = found.map(dirname).reduce((common, folder) => commonFolder(common, folder), dirname(found[0] ?? '.'));
  return found.map((path) => ({ path, name: relative(root, path).split(sep).join('/') }));
}

function commonFolder(a: string, b: string): string {
  let common = a;
  while (common !== dirname(common) && b !== common && !b.startsWith(common.endsWith(sep) ? common : `${common}${sep}`)) common = dirname(common);
  return common;
}

/** A listed video with its present size, or with the reason why it cannot be read. */
export async function sizedVideo({ path, name }: Pick<VideoFile, 'path' | 'name'>): Promise<VideoFile> {
  const kind = await kindOf(path, name);
  return { path, name, ...(kind === 'folder' ? unreadable(new StudioError('file-unreadable/no-file', { file: name })) : kind) };
}

/** Node has this character for the bytes of a name that are not UTF-8. No path leads to such a file. */
const UNDECODABLE = '\uFFFD';

type Kind = 'folder' | Pick<VideoFile, 'bytes' | 'problem'>;

/** What a path leads to, over links. */
async function kindOf(path: string, name: string): Promise<Kind> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? { bytes: found.size } : unreadable(new StudioError('file-unreadable/no-file', { file: name }));
  } catch (error) {
    return unreadable(await problemOf(path, name, error));
  }
}

function unreadable(problem: StudioError): Pick<VideoFile, 'bytes' | 'problem'> {
  return { bytes: 0, problem };
}

async function problemOf(path: string, name: string, error: unknown): Promise<StudioError> {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && path.includes(UNDECODABLE)) return new StudioError('file-unreadable/name', { file: name }, error);
  if (code === 'ENOENT' || code === 'ELOOP') {
    const target = await readlink(path).catch(() => undefined);
    return target === undefined
      ? new StudioError('file-missing/moved', { file: name }, error)
      : new StudioError('file-missing/link', { file: name, target }, error);
  }
  if (code === 'EACCES' || code === 'EPERM') return new StudioError('file-unreadable/permission', { file: name }, error);
  return new StudioError('file-unreadable/other', { file: name, detail: sentenceOf(error) }, error);
}

/** Lists the videos below a folder. */
class FolderWalk {
  readonly #root: string;
  #realRoot: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #files: Omit<VideoFile, 'name'>[] = [];
  /** The folders that were read, without links in their paths. */
  readonly #read = new Set<string>();
  /** Linked folders, which are followed at the end: a folder is rather listed under its own name. */
  #links: string[] = [];

  constructor(root: string, signal: AbortSignal | undefined) {
    this.#root = root;
    this.#signal = signal;
  }

  /** @throws StudioError 'file-unreadable' if the folder itself cannot be read */
  async walk(): Promise<Omit<VideoFile, 'name'>[]> {
    await this.#readFolder(this.#root).catch((error: unknown) => {
      throw isCancelled(error) ? error : new StudioError('file-unreadable/folder', { folder: this.#root }, error);
    });
    while (this.#links.length > 0) {
      const links = this.#links;
      this.#links = [];
      for (const link of links) await this.#visit(link);
    }
    return this.#files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async #readFolder(folder: string): Promise<void> {
    if (this.#signal?.aborted === true) throw cancelled();
    const real = await realpath(folder);
    // A link to a folder above would lead to everything beside the given folder.
    this.#realRoot ??= real;
    if (this.#read.has(real) || this.#realRoot.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) return;
    this.#read.add(real);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.#visit(path);
      else if (entry.isFile() && !isVideoName(entry.name)) continue;
      else await this.#addFile(path, entry.name, entry.isSymbolicLink());
    }
  }

  /** Reads a subfolder. One that cannot be read, or that is gone, is listed with its problem. */
  async #visit(folder: string): Promise<void> {
    try {
      await this.#readFolder(folder);
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#files.push({ path: folder, ...unreadable(await problemOf(folder, relative(this.#root, folder), error)) });
    }
  }

  async #addFile(path: string, name: string, isLink: boolean): Promise<void> {
    const kind = await kindOf(path, relative(this.#root, path));
    if (kind === 'folder') this.#links.push(path);
    else if (isVideoName(name) || (isLink && kind.problem !== undefined && !/\.[^.]+$/.test(name))) this.#files.push({ path, ...kind });
  }
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
