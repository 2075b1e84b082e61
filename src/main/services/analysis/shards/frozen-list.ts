import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromFact, StudioError, toFact } from '../../../../shared/app/errors.ts';
import type { Fact } from '../../../../shared/app/facts.ts';
import { writeAtomically } from '../../../formats/atomic-file.ts';
import type { VideoFile } from '../../../media/video-files.ts';
import { findVideos, listedVideos, readableVideos, sizedVideo } from '../../../media/video-files.ts';

/** All videos of a run, with names that are unique among them. All shards of a run share one list. */
export interface FrozenList {
  /** Hash of the paths and the names. */
  readonly id: string;
  readonly videos: readonly VideoFile[];
}

type Line = Pick<VideoFile, 'path' | 'name' | 'bytes'> & { readonly problem?: Fact };

/** Number of files whose size is asked for at the same time. */
const AT_ONCE = 32;

const fileOf = (out: string, id: string): string => join(out, '.adatosk', 'lists', `${id}.jsonl`);

/**
 * Lists videos, and stores the list beside the results. Its file is named by its content: several shards may write it at the
 * same time, and the first one saves the others the search for the sizes.
 * @param source paths as given, or a file with one path a line
 * @throws StudioError for a path or a file that does not exist, and where there is no video
 */
export async function freezeList(
  out: string,
  source: { readonly paths: readonly string[]; readonly list: string | null },
  signal?: AbortSignal,
): Promise<FrozenList> {
  if (source.list !== null) {
    const listed = listedVideos(await readListFile(source.list));
    const known = await readFrozenList(out, idOf(listed));
    return known ?? store(out, await withSizes(listed));
  }
  const videos = await findVideos(source.paths, signal);
  if (videos.length === 0) throw new StudioError('wrong-usage/no-video', { paths: [...source.paths] });
  return store(out, videos);
}

/**
 * The videos in paths that can be read, and the reasons why others cannot.
 * @throws StudioError for a path that does not exist, and for one with a line break, which a list cannot hold
 */
export async function findListableVideos(paths: readonly string[]): Promise<{ videos: VideoFile[]; problems: StudioError[] }> {
  const found = readableVideos(await findVideos(paths));
  const broken = found.videos.find(({ path }) => /[\r\n]/.test(path));
  if (broken !== undefined) throw new StudioError('wrong-usage/line-break', { path: JSON.stringify(broken.path) });
  return found;
}

/** A stored list, or undefined where there is none. */
export async function readFrozenList(out: string, id: string): Promise<FrozenList | undefined> {
  try {
    const lines = (await readFile(fileOf(out, id), 'utf8')).split('\n').filter((line) => line !== '');
    const videos = lines.map((line) => {
      const { problem, ...video } = JSON.parse(line) as Line;
      return problem === undefined ? video : { ...video, problem: fromFact(problem) };
    });
    return idOf(videos) === id ? { id, videos } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a list of videos: one path a line. @throws StudioError */
async function readListFile(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StudioError('file-missing', { path: file }, error);
  });
  const paths = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (paths.length === 0) throw new StudioError('wrong-usage/no-video', { paths: [file] });
  return paths;
}

function idOf(videos: readonly Pick<VideoFile, 'path' | 'name'>[]): string {
  const hash = createHash('sha256');
  for (const { path, name } of videos) hash.update(`${JSON.stringify([path, name])}\n`);
  return hash.digest('hex').slice(0, 32);
}

async function store(out: string, videos: readonly VideoFile[]): Promise<FrozenList> {
  const id = idOf(videos);
  const lines = videos.map(({ path, name, bytes, problem }) =>
    JSON.stringify({ path, name, bytes, ...(problem === undefined ? {} : { problem: toFact(problem) }) }),
  );
  await writeAtomically(fileOf(out, id), [`${lines.join('\n')}\n`]);
  return { id, videos };
}

/** The listed videos with their sizes. */
async function withSizes(listed: readonly Pick<VideoFile, 'path' | 'name'>[]): Promise<VideoFile[]> {
  const videos: VideoFile[] = [];
  for (let i = 0; i < listed.length; i += AT_ONCE) videos.push(...(await Promise.all(listed.slice(i, i + AT_ONCE).map(sizedVideo))));
  return videos;
}
