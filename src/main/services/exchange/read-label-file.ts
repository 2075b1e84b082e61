import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ReadAnnotations, ReadLayer, ReadRecording } from '../../../shared/annotation/annotation-document.ts';
import type { LabelFile } from '../../../shared/contract/exchange.ts';
import { StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Fact } from '../../../shared/app/facts.ts';
import type { ReadableFormatName } from '../../formats/annotations/annotation-formats.ts';
import { readableFormatOf, READABLE_FORMATS, readerOf } from '../../formats/annotations/annotation-formats.ts';
import { decodeText } from '../../formats/decode-text.ts';
import type { ReadContext } from '../../formats/annotations/read-layers.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { allVideos } from '../../project/library.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { browseFolder } from '../library/browse-folder.ts';
import { fileNameFor } from './exchange-annotations.ts';

/**
 * Reads files of labels without importing them: an entry for each recording of each file. Folders stand for the files directly in
 * them.
 * @throws StudioError 'file-missing'; 'file-unreadable' for a folder. The problems of a file are part of its result
 */
export async function lookAtLabelFiles(db: ProjectDatabase, paths: readonly string[]): Promise<LabelFile[]> {
  const videos = allVideos(db);
  const files = [...new Set((await Promise.all(paths.map(labelFilesAt))).flat())];
  const found: LabelFile[] = [];
  // Not in parallel: a folder can contain more files than a process can have open.
  for (const path of files) {
    const file = { path, name: basename(path) };
    try {
      const { recordings } = await readLabels(path, { isPreview: true });
      for (const recording of recordings) {
        const byMedia = recording.media.length === 0 ? undefined : onlyOne(videos.filter((video) => isRecordingOf(recording, video)));
        const video = (recordings.length === 1 ? videoForFile(basename(path), videos) : undefined) ?? byMedia;
        found.push({
          ...file,
          recording: recording.name,
          video: video?.id ?? null,
          layers: recording.layers.filter(hasContent).map(summaryOf),
          unreadable: null,
        });
      }
    } catch (error) {
      found.push({ ...file, recording: '', video: videoForFile(basename(path), videos)?.id ?? null, layers: [], unreadable: toFact(error) });
    }
  }
  return found;
}

function summaryOf({ name, segments, peaks, problems }: ReadLayer): LabelFile['layers'][number] {
  const all = [...segments, ...peaks];
  const faces = new Set(all.map(({ face }) => face));
  const names = new Set(all.map(({ label }) => label.trim()));
  return {
    name,
    labels: segments.length,
    peaks: peaks.length,
    faces: [...faces].sort((a, b) => a - b),
    names: [...names].sort(),
    problems: problems as Fact[],
  };
}

/** Layers with labels, and layers whose labels cannot be placed. */
export const hasContent = ({ segments, peaks, problems }: ReadLayer): boolean => segments.length > 0 || peaks.length > 0 || problems.length > 0;

async function labelFilesAt(given: string): Promise<string[]> {
  const path = resolve(given);
  const kind = await stat(path).catch((error: unknown) => {
    throw new StudioError('file-missing/chosen', { path: given }, error);
  });
  if (!kind.isDirectory()) return [path];
  return (await browseFolder(path)).labels.map((file) => file.path);
}

/** The video whose name matches a file of labels, with or without the extension of the video; undefined if several match. */
function videoForFile(file: string, videos: readonly VideoRow[]): VideoRow | undefined {
  const ending = readableFormatOf(file, true)?.ending ?? '';
  const stem = file.slice(0, file.length - ending.length).toLowerCase();
  return onlyOne(videos.filter(({ name }) => [fileNameFor(name, new Set()), stemOf(name), basename(name)].some((each) => each.toLowerCase() === stem)));
}

const stemOf = (name: string): string => basename(name, extname(name));

function onlyOne<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}

/** Whether a recording names a video: by its id or path, or by its file name with or without the extension. */
function isRecordingOf({ media }: ReadRecording, { id, path, name }: VideoRow): boolean {
  if (media.includes(id) || media.includes(path)) return true;
  const own = new Set([name, basename(path), stemOf(name)].map((each) => each.toLowerCase()));
  return media.some((each) => own.has(each.toLowerCase()) || own.has(stemOf(each).toLowerCase()));
}

/**
 * The recording of a file that belongs to a video.
 * @param wanted name of a recording; undefined takes the only one, or the only one that names the video
 * @throws StudioError 'wrong-usage' with the names of the recordings
 */
export function recordingFor({ recordings }: ReadAnnotations, video: VideoRow, wanted: string | undefined, file: string): ReadRecording {
  const known = recordings.map(({ name }) => name);
  if (wanted !== undefined) {
    const found = recordings.find(({ name }) => name === wanted);
    if (found === undefined) throw new StudioError('wrong-usage/no-recording', { file, recording: wanted, known });
    return found;
  }
  const exact = recordings.filter(({ media }) => media.includes(video.id) || media.includes(video.path));
  const named = recordings.filter((each) => isRecordingOf(each, video));
  const found = onlyOne(recordings) ?? onlyOne(exact) ?? onlyOne(named);
  if (found !== undefined) return found;
  if (recordings.length === 0) throw new StudioError('wrong-usage/no-labels-in-file', { file });
  throw new StudioError('wrong-usage/several-recordings', { file, video: video.name, known });
}

/**
 * Reads a file of labels. Labels without text are left out: other tools leave them behind.
 * @throws StudioError 'wrong-usage' for a format that cannot be read, 'file-unreadable', 'data-set-invalid'
 */
export async function readLabels(file: string, context: ReadContext, formatName?: ReadableFormatName): Promise<ReadAnnotations> {
  const reader = formatName === undefined ? readableFormatOf(file, true)?.reader : readerOf(formatName);
  if (reader === undefined) throw new StudioError('wrong-usage/format-unknown', { file: basename(file), known: [...READABLE_FORMATS] });
  // Opening a named pipe would wait for ever. A path that leads nowhere fails below.
  if ((await stat(file).catch(() => undefined))?.isFile() === false) throw new StudioError('file-unreadable/no-file', { file: basename(file) });
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new StudioError('file-unreadable', { file }, error);
  });
  const { recordings } = reader.read(decodeText(await unpacked(bytes, basename(file))), basename(file), context);
  const isLabelled = ({ label }: { readonly label: string }): boolean => label.trim() !== '';
  const labelled = (layer: ReadLayer): ReadLayer => ({ ...layer, segments: layer.segments.filter(isLabelled), peaks: layer.peaks.filter(isLabelled) });
  return { recordings: recordings.map((recording) => ({ ...recording, layers: recording.layers.map(labelled) })) };
}

/** A project of BORIS with years of observations has some MB. A packed file can be a thousand times larger when it is unpacked. */
const LARGEST_UNPACKED = 256e6;

/** Unpacks a file of gzip with any name. */
async function unpacked(bytes: Uint8Array, file: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return promisify(gunzip)(bytes, { maxOutputLength: LARGEST_UNPACKED }).catch((error: unknown) => {
    const isTooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    if (isTooLarge) throw new StudioError('data-set-invalid/unpacked-size', { file, megabytes: LARGEST_UNPACKED / 1e6 }, error);
    throw new StudioError('data-set-invalid/not-gzip', { file }, error);
  });
}
