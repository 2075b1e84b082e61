import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { step } from '../../../shared/annotation/steps.ts';
import type { AnnotatedSegment, ReadAnnotations } from '../../../shared/annotation/annotation-document.ts';
import type { LabelFile } from '../../../shared/contract/exchange.ts';
import type { AppliedEdit, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, shortened } from '../../../shared/app/notices.ts';
import type { AnnotationFormatName } from '../../../shared/domain/export-formats.ts';
import { createSegment } from '../../../shared/annotation/segment-edits.ts';
import { readableFormatOf, READABLE_FORMATS, readerOf } from '../../formats/annotation-formats.ts';
import { probeVideo } from '../../media/probe.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { DEFAULT_SCHEME } from '../../project/store/default-coding-scheme.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { inProject } from '../../project/store/open-project.ts';
import { addCoder, layersOf, readLayer } from '../../project/review.ts';
import type { SegmentRow, VideoRow } from '../../project/store/schema.ts';
import { browseFolder } from '../library/browse-folder.ts';
import { fileNameFor } from './exchange-annotations.ts';

/** A file of labels and the video that the labels belong to. */
export interface LabelPlacement {
  readonly file: string;
  /** Name or id of the video in the library. */
  readonly video: string;
  /** Names of the layers to import; null means all. */
  readonly layers: readonly string[] | null;
  /** If it is missing, the extension of the file decides. */
  readonly format?: AnnotationFormatName;
}

export interface ImportOptions {
  /** Name of the coder who gets the labels. */
  readonly coder: string;
  /** New names of labels. Labels with null are skipped; labels that are not listed keep their names. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** Whether the valid labels are imported if others are invalid. */
  readonly partly: boolean;
}

export interface ImportedLabels {
  /** Number of new labels. */
  readonly labels: number;
  /** Number of labels that the coder already had. */
  readonly known: number;
  /** Reasons for the labels that were left out. */
  readonly problems: readonly Notice[];
}

/** Largest number of problems that an error lists. */
const LISTED_PROBLEMS = 5;
/** Tolerance for equal times, in seconds: other tools round the times of labels. */
const SAME_TIME_S = 0.002;

/**
 * Reads files of labels without importing them. Folders stand for the files directly in them.
 * @throws StudioError 'file-missing'; 'file-unreadable' for a folder. The problems of a file are part of its result
 */
export async function lookAtLabelFiles(db: ProjectDatabase, paths: readonly string[]): Promise<LabelFile[]> {
  const videos = allVideos(db);
  const files = [...new Set((await Promise.all(paths.map(labelFilesAt))).flat())];
  const found: LabelFile[] = [];
  // Not in parallel: a folder can contain more files than a process can have open.
  for (const path of files) {
    const file = { path, name: basename(path), video: videoForFile(basename(path), videos)?.id ?? null };
    try {
      const { layers, problems } = await readLabels(path);
      const summaries = layers.map(({ name, segments }) => ({ name, labels: segments.length, names: [...new Set(segments.map(({ label }) => label))].sort() }));
      found.push({ ...file, layers: summaries, problems: [...problems], unreadable: null });
    } catch (error) {
      found.push({ ...file, layers: [], problems: [], unreadable: toFact(error) });
    }
  }
  return found;
}

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
  const ending = readableFormatOf(file)?.ending ?? '';
  const stem = file.slice(0, file.length - ending.length).toLowerCase();
  const found = videos.filter(({ name }) =>
    [fileNameFor(name, new Set()), basename(name, extname(name)), basename(name)].some((each) => each.toLowerCase() === stem),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** @throws StudioError 'wrong-usage' for a format that cannot be read, 'file-unreadable', 'data-set-invalid' */
async function readLabels(file: string, formatName?: AnnotationFormatName): Promise<ReadAnnotations> {
  const format = formatName === undefined ? readableFormatOf(file) : readerOf(formatName);
  if (format === undefined) throw new StudioError('wrong-usage/format-unknown', { file: basename(file), known: [...READABLE_FORMATS] });
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new StudioError('file-unreadable', { file }, error);
  });
  const { layers, problems } = format.read(textOf(bytes), basename(file));
  // Other tools leave annotations without text behind; they are no labels.
  const labelled = layers.map(({ name, segments }) => ({ name, segments: segments.filter(({ label }) => label.trim() !== '') }));
  return { layers: labelled.filter(({ segments }) => segments.length > 0), problems };
}

/** Praat writes UTF-16 with a byte order mark if a label contains a non-ASCII character. */
function textOf(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  return new TextDecoder(utf16 ?? 'utf-8').decode(bytes);
}

/** Opens a project and calls importLabels. */
export function importIntoProject(folder: string, placements: readonly LabelPlacement[], options: ImportOptions): Promise<ImportedLabels> {
  return inProject(folder, async (db) => {
    const { labels, known, problems } = await importLabels(db, placements, options);
    return { labels, known, problems };
  });
}

/**
 * Imports other tools' labels into the layers of a coder, as one undo step per file. Labels that the coder already has
 * are not duplicated. If a label is invalid, nothing is changed, unless `partly` is set.
 * @returns the counts, and the edits for the event that windows receive
 * @throws StudioError 'data-set-invalid' for a file that cannot be read or has invalid labels, 'video-unknown',
 *   'wrong-usage' for a layer that a file does not have
 */
export async function importLabels(
  db: ProjectDatabase,
  placements: readonly LabelPlacement[],
  { coder, mapping, partly }: ImportOptions,
): Promise<ImportedLabels & { coderId: string; edits: readonly AppliedEdit[] }> {
  const files: CheckedFile[] = [];
  // Not in parallel: ffprobe reads the duration of each video that was not analysed.
  for (const placement of placements) files.push(await readAndCheck(db, placement, mapping));
  const problems = files.flatMap(({ name, problems: own }) =>
    own.map((problem) => (files.length > 1 ? notice('in-file', { file: name, notice: problem }) : problem)),
  );
  if (problems.length > 0 && !partly) throw new StudioError('data-set-invalid/not-placed', { problems: shortened(problems, LISTED_PROBLEMS) });
  return db.transaction(() => {
    const { id } = addCoder(db, coder);
    const imported = files.map(({ name, video, segments }) => addToLayer(db, { id, name: coder }, video.id, name, segments));
    const sum = (of: (each: (typeof imported)[number]) => number): number => imported.reduce((total, each) => total + of(each), 0);
    return {
      labels: sum(({ labels }) => labels),
      known: sum(({ known }) => known),
      problems,
      coderId: id,
      edits: imported.flatMap(({ edit }) => (edit === null ? [] : [edit])),
    };
  });
}

interface CheckedFile {
  readonly name: string;
  readonly video: VideoRow;
  readonly segments: readonly AnnotatedSegment[];
  readonly problems: readonly Notice[];
}

/** Reads the selected layers of a file. Labels that begin after the end of the video become problems. */
async function readAndCheck(
  db: ProjectDatabase,
  { file, video: videoName, layers, format }: LabelPlacement,
  mapping: ImportOptions['mapping'],
): Promise<CheckedFile> {
  const { layers: all, problems } = await readLabels(file, format);
  const video = findVideo(db, videoName);
  const chosen = all.filter(({ name }) => layers === null || layers.includes(name)).flatMap(({ segments }) => segments);
  if (chosen.length === 0)
    throw layers === null || all.length === 0
      ? new StudioError('wrong-usage/no-labels-in-file', { file: basename(file) })
      : new StudioError('wrong-usage/no-labels-in-layers', { file: basename(file), layers: [...layers], known: all.map(({ name }) => name) });
  const named = chosen.flatMap((segment) => {
    const label = Object.hasOwn(mapping, segment.label) ? mapping[segment.label] : segment.label;
    return label === null || label === undefined ? [] : [{ ...segment, label }];
  });
  const endS = await endOf(video);
  const late = named.filter(({ startS }) => startS >= endS);
  const tooLate = late.map(({ label, startS }) => notice('import/too-late', { label, at: Math.round(10 * startS) / 10, video: video.name }));
  return { name: basename(file), video, segments: named.filter((segment) => !late.includes(segment)), problems: [...problems, ...tooLate] };
}

/** End of a video in seconds. Infinity if the file is missing or unreadable: labels may be imported before the video. */
async function endOf({ path, duration_s }: VideoRow): Promise<number> {
  if (duration_s !== null) return duration_s;
  return probeVideo(path).then(
    ({ timing }) => timing.end,
    () => Infinity,
  );
}

/** @param key name or id @throws StudioError 'video-unknown' */
function findVideo(db: ProjectDatabase, key: string): VideoRow {
  const [video, ...others] = allVideos(db).filter(({ id, name }) => id === key || name === key);
  if (video === undefined) throw new StudioError('video-unknown/name', { name: key });
  if (others.length > 0) throw new StudioError('video-unknown/ambiguous', { name: key });
  return video;
}

/** Adds the labels of a file to the coder's layer of a video. Creates the layer if it does not exist. */
function addToLayer(
  db: ProjectDatabase,
  coder: { readonly id: string; readonly name: string },
  video: string,
  file: string,
  segments: readonly AnnotatedSegment[],
): { labels: number; known: number; edit: AppliedEdit | null } {
  const own = layersOf(db, video).find(({ coder_id }) => coder_id === coder.id);
  const existing = own === undefined ? [] : readLayer(db, own.id).segments;
  const fresh = segments.filter((segment) => !existing.some((row) => isSame(row, segment)));
  if (fresh.length === 0) return { labels: 0, known: segments.length, edit: null };
  const at = new Date().toISOString();
  const layer = {
    id: own?.id ?? newId(),
    video_id: video,
    kind: 'coder',
    coder_id: coder.id,
    run_id: null,
    scheme_id: DEFAULT_SCHEME.id,
    created_at: at,
  } as const;
  const layerEdits: RowEdit[] = own === undefined ? [{ table: 'layer', kind: 'insert', row: layer }] : [];
  const by = { name: `${coder.name}, from ${file}`, at, newId };
  const rows = fresh.map(({ face, label, startS, endS }) => createSegment(layer.id, face, label, { startS, endS }, by));
  const edit = applyEdit(db, { coderId: coder.id, step: step('labels.import', { count: rows.length, file }), rows: [...layerEdits, ...rows] });
  return { labels: fresh.length, known: segments.length - fresh.length, edit };
}

function isSame(row: SegmentRow, { face, label, startS, endS }: AnnotatedSegment): boolean {
  return row.face_id === face && row.label === label && Math.abs(row.start_s - startS) < SAME_TIME_S && Math.abs(row.end_s - endS) < SAME_TIME_S;
}
