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

/** A file's labels, and where they go. */
export interface LabelPlacement {
  readonly file: string;
  /** Name or id of the video in the library. */
  readonly video: string;
  /** Which of the file's layers; all of them where it is null. */
  readonly layers: readonly string[] | null;
  /** By the file's ending where it is left out. */
  readonly format?: AnnotationFormatName;
}

/** How an import is done. */
export interface ImportOptions {
  /** Whose labels they become. */
  readonly coder: string;
  /** What labels are called here; null leaves a label out. Those that are not named stay as they are. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** Takes what can be placed where something cannot. */
  readonly partly: boolean;
}

export interface ImportedLabels {
  /** Labels that are new, and those that the coder had already. */
  readonly labels: number;
  readonly known: number;
  /** What was left out. */
  readonly problems: readonly Notice[];
}

/** Problems that an error names before it only counts them. */
const PROBLEMS_NAMED = 5;
/** Times of one label that went through another tool differ by its rounding: less than this, in seconds. */
const SAME_TIME_S = 0.002;

/**
 * Looks into files of labels, and those that lie in folders (not below them).
 * @throws StudioError 'file-missing', 'file-unreadable' for a folder; what is wrong with a file is told beside its name
 */
export async function lookAtLabelFiles(db: ProjectDatabase, paths: readonly string[]): Promise<LabelFile[]> {
  const videos = allVideos(db);
  const files = [...new Set((await Promise.all(paths.map(labelFilesAt))).flat())];
  const found: LabelFile[] = [];
  // One after the other: a folder may hold more files than a program may have open at once.
  for (const path of files) {
    const about = { path, name: basename(path), video: videoNamedLike(basename(path), videos)?.id ?? null };
    try {
      const { layers, problems } = await readLabels(path);
      const told = layers.map(({ name, segments }) => ({ name, labels: segments.length, names: [...new Set(segments.map(({ label }) => label))].sort() }));
      found.push({ ...about, layers: told, problems: [...problems], unreadable: null });
    } catch (error) {
      found.push({ ...about, layers: [], problems: [], unreadable: toFact(error) });
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

/** The video that a file of labels is called after, as we name such files and as others do: like the video, but for the ending. */
function videoNamedLike(file: string, videos: readonly VideoRow[]): VideoRow | undefined {
  const ending = readableFormatOf(file)?.ending ?? '';
  const wanted = file.slice(0, file.length - ending.length).toLowerCase();
  const found = videos.filter(({ name }) =>
    [fileNameFor(name, new Set()), basename(name, extname(name)), basename(name)].some((each) => each.toLowerCase() === wanted),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** @throws StudioError 'wrong-usage' for a format that cannot be read, 'file-unreadable', 'data-set-invalid' */
async function readLabels(file: string, named?: AnnotationFormatName): Promise<ReadAnnotations> {
  const format = named === undefined ? readableFormatOf(file) : readerOf(named);
  if (format === undefined) throw new StudioError('wrong-usage/format-unknown', { file: basename(file), known: [...READABLE_FORMATS] });
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new StudioError('file-unreadable', { file }, error);
  });
  const { layers, problems } = format.read(textOf(bytes), basename(file));
  // An annotation without text says nothing: other tools leave such behind where somebody began one.
  const said = layers.map(({ name, segments }) => ({ name, segments: segments.filter(({ label }) => label.trim() !== '') }));
  return { layers: said.filter(({ segments }) => segments.length > 0), problems };
}

/** Praat writes UTF-16 where a label has a letter beyond ASCII; the mark at its beginning tells. */
function textOf(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  return new TextDecoder(utf16 ?? 'utf-8').decode(bytes);
}

/** importLabels in a project that is opened for it. */
export function importIntoProject(folder: string, placements: readonly LabelPlacement[], options: ImportOptions): Promise<ImportedLabels> {
  return inProject(folder, async (db) => {
    const { labels, known, problems } = await importLabels(db, placements, options);
    return { labels, known, problems };
  });
}

/**
 * Reads other tools' labels into a coder's layers, as one step of undo for each video. Labels that the coder has already
 * are not doubled. Where something cannot be placed nothing is changed, unless that is wished (`partly`).
 * @returns also the edits, for whoever shows the project
 * @throws StudioError 'data-set-invalid' for a file that cannot be read or not wholly be placed, 'video-unknown',
 *   'wrong-usage' for a layer that a file does not have
 */
export async function importLabels(
  db: ProjectDatabase,
  placements: readonly LabelPlacement[],
  { coder, mapping, partly }: ImportOptions,
): Promise<ImportedLabels & { coderId: string; edits: readonly AppliedEdit[] }> {
  const files: FileToPlace[] = [];
  // One after the other: a video that nobody has analysed yet is asked for its length.
  for (const placement of placements) files.push(await readyToPlace(db, placement, mapping));
  const problems = files.flatMap(({ name, problems: own }) =>
    own.map((problem) => (files.length > 1 ? notice('in-file', { file: name, notice: problem }) : problem)),
  );
  if (problems.length > 0 && !partly) throw new StudioError('data-set-invalid/not-placed', { problems: shortened(problems, PROBLEMS_NAMED) });
  return db.transaction(() => {
    const { id } = addCoder(db, coder);
    const placed = files.map(({ name, video, segments }) => place(db, { id, name: coder }, video.id, name, segments));
    const sum = (of: (each: (typeof placed)[number]) => number): number => placed.reduce((total, each) => total + of(each), 0);
    return {
      ...{ labels: sum(({ labels }) => labels), known: sum(({ known }) => known), problems, coderId: id },
      edits: placed.flatMap(({ edit }) => (edit === null ? [] : [edit])),
    };
  });
}

interface FileToPlace {
  readonly name: string;
  readonly video: VideoRow;
  readonly segments: readonly AnnotatedSegment[];
  readonly problems: readonly Notice[];
}

/** A file's labels of the wanted layers that lie in its video; what does not is told. */
async function readyToPlace(
  db: ProjectDatabase,
  { file, video: wanted, layers, format }: LabelPlacement,
  mapping: ImportOptions['mapping'],
): Promise<FileToPlace> {
  const { layers: all, problems } = await readLabels(file, format);
  const video = videoCalled(db, wanted);
  const chosen = all.filter(({ name }) => layers === null || layers.includes(name)).flatMap(({ segments }) => segments);
  if (chosen.length === 0)
    throw layers === null || all.length === 0
      ? new StudioError('wrong-usage/no-labels-in-file', { file: basename(file) })
      : new StudioError('wrong-usage/no-labels-in-layers', { file: basename(file), layers: [...layers], known: all.map(({ name }) => name) });
  const named = chosen.flatMap((segment) => {
    const label = Object.hasOwn(mapping, segment.label) ? mapping[segment.label]! : segment.label;
    return label === null ? [] : [{ ...segment, label }];
  });
  const endS = await endOf(video);
  const late = named.filter(({ startS }) => startS >= endS);
  const tooLate = late.map(({ label, startS }) => notice('import/too-late', { label, at: Math.round(10 * startS) / 10, video: video.name }));
  return { name: basename(file), video, segments: named.filter((segment) => !late.includes(segment)), problems: [...problems, ...tooLate] };
}

/** Where a video ends, seconds; without an end where its file is away or cannot be read: labels may come before it. */
async function endOf({ path, duration_s }: VideoRow): Promise<number> {
  if (duration_s !== null) return duration_s;
  return probeVideo(path).then(
    ({ timing }) => timing.end,
    () => Infinity,
  );
}

/** @throws StudioError 'video-unknown' */
function videoCalled(db: ProjectDatabase, wanted: string): VideoRow {
  const found = allVideos(db).filter(({ id, name }) => id === wanted || name === wanted);
  if (found.length === 1) return found[0]!;
  throw new StudioError(found.length === 0 ? 'video-unknown/name' : 'video-unknown/ambiguous', { name: wanted });
}

/** One file's labels into the coder's layer of one video, which is made where there is none. */
function place(
  db: ProjectDatabase,
  coder: { readonly id: string; readonly name: string },
  video: string,
  file: string,
  segments: readonly AnnotatedSegment[],
): { labels: number; known: number; edit: AppliedEdit | null } {
  const own = layersOf(db, video).find(({ coder_id }) => coder_id === coder.id);
  const there = own === undefined ? [] : readLayer(db, own.id).segments;
  const fresh = segments.filter((segment) => !there.some((row) => isSame(row, segment)));
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
  const making: RowEdit[] = own === undefined ? [{ table: 'layer', kind: 'insert', row: layer }] : [];
  const by = { name: `${coder.name}, from ${file}`, at, newId };
  const rows = fresh.map(({ face, label, startS, endS }) => createSegment(layer.id, face, label, { startS, endS }, by));
  const edit = applyEdit(db, { coderId: coder.id, step: step('labels.import', { count: rows.length, file }), rows: [...making, ...rows] });
  return { labels: fresh.length, known: segments.length - fresh.length, edit };
}

function isSame(row: SegmentRow, { face, label, startS, endS }: AnnotatedSegment): boolean {
  return row.face_id === face && row.label === label && Math.abs(row.start_s - startS) < SAME_TIME_S && Math.abs(row.end_s - endS) < SAME_TIME_S;
}
