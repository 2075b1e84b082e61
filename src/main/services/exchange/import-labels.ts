import { basename } from 'node:path';
import { step } from '../../../shared/annotation/steps.ts';
import type { AnnotatedPeak, AnnotatedSegment, ReadLayer } from '../../../shared/annotation/annotation-document.ts';
import type { AppliedEdit, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { createPeak } from '../../../shared/annotation/peak-edits.ts';
import { createSegment } from '../../../shared/annotation/segment-edits.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, problemList } from '../../../shared/app/notices.ts';
import type { ReadableFormatName } from '../../formats/annotations/annotation-formats.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { DEFAULT_SCHEME } from '../../project/store/default-coding-scheme.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { inProject } from '../../project/store/open-project.ts';
import { addCoder, layersOf, listSchemes, readLayer } from '../../project/review.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { clockOf } from './video-clock.ts';
import type { LayerPlacement, PlacedLabels } from './place-labels.ts';
import { fitLayer, KnownTimes, placeLayers } from './place-labels.ts';
import { readLabels, recordingFor } from './read-label-file.ts';

/** A file of labels and the video that the labels belong to. */
export interface LabelPlacement {
  readonly file: string;
  /** Name or id of the video in the library. */
  readonly video: string;
  /** Name of the recording in the file; if it is missing, the names of the media files decide. */
  readonly recording?: string | undefined;
  /** The layers to import; null means all. */
  readonly layers: readonly LayerPlacement[] | null;
  /** If it is missing, the extension of the file decides. */
  readonly format?: ReadableFormatName | undefined;
  /** Frames per second, for formats that count frames; if it is missing, that of the file or of the video. */
  readonly fps?: number | undefined;
}

export interface ImportOptions {
  /** Name of the coder who gets the labels of layers without a coder of their own. */
  readonly coder: string;
  /** New names of labels. Labels with null are skipped; labels that are not listed keep their names. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** Whether the valid labels are imported if others are invalid. */
  readonly partly: boolean;
}

export interface ImportedLabels {
  /** Number of new labels. */
  readonly labels: number;
  /** Number of new peaks. */
  readonly peaks: number;
  /** Number of labels and peaks that the coders already had. */
  readonly known: number;
  /** Reasons for the labels that were left out. */
  readonly problems: readonly Notice[];
  /** What was changed in labels that were imported. */
  readonly notes: readonly Notice[];
}

/** The edit of one coder. */
interface CoderEdit {
  readonly coderId: string;
  readonly edit: AppliedEdit;
}

/** Largest number of problems that an error lists. */
const LISTED_PROBLEMS = 5;

/** Opens a project and calls importLabels. */
export function importIntoProject(folder: string, placements: readonly LabelPlacement[], options: ImportOptions): Promise<ImportedLabels> {
  return inProject(folder, async (db) => {
    const { edits: _, ...imported } = await importLabels(db, placements, options);
    return imported;
  });
}

/**
 * Imports other tools' labels and peaks into the layers of coders, as one undo step per file and coder. What a coder already has
 * is not duplicated. If a label is invalid, nothing is changed, unless `partly` is set.
 * @returns the counts, and the edits for the events that windows receive
 * @throws StudioError 'data-set-invalid' for a file that cannot be read or has invalid labels, 'video-unknown',
 *   'wrong-usage' for a layer or a recording that a file does not have, and for layers that would share a face
 */
export async function importLabels(
  db: ProjectDatabase,
  placements: readonly LabelPlacement[],
  options: ImportOptions,
): Promise<ImportedLabels & { edits: readonly CoderEdit[] }> {
  const files: CheckedFile[] = [];
  // Not in parallel: ffprobe reads the duration of each video that was not analysed.
  for (const placement of placements) files.push(await readAndCheck(db, placement, options));
  const noticesOf = (of: (file: CheckedFile) => readonly Notice[]): Notice[] =>
    files.flatMap((file) => of(file).map((each) => (files.length > 1 ? notice('in-file', { file: file.name, notice: each }) : each)));
  const problems = noticesOf((file) => file.problems);
  if (problems.length > 0 && !options.partly) throw new StudioError('data-set-invalid/not-placed', { problems: problemList(problems, LISTED_PROBLEMS) });
  return db.transaction(() => {
    const imported = files.flatMap(({ name, video, placed }) => placed.map((labels) => addToLayer(db, video.id, name, labels)));
    const sum = (of: (each: (typeof imported)[number]) => number): number => imported.reduce((total, each) => total + of(each), 0);
    return {
      labels: sum(({ labels }) => labels),
      peaks: sum(({ peaks }) => peaks),
      known: sum(({ known }) => known),
      problems,
      notes: noticesOf((file) => file.notes),
      edits: imported.flatMap(({ coderId, edit }) => (edit === null ? [] : [{ coderId, edit }])),
    };
  });
}

interface CheckedFile {
  readonly name: string;
  readonly video: VideoRow;
  readonly placed: readonly PlacedLabels[];
  readonly problems: readonly Notice[];
  readonly notes: readonly Notice[];
}

/** Reads the chosen layers of a file, and fits their labels into the video. */
async function readAndCheck(db: ProjectDatabase, placement: LabelPlacement, { coder, mapping }: ImportOptions): Promise<CheckedFile> {
  const name = basename(placement.file);
  const video = findVideo(db, placement.video);
  const { endS, fps } = await clockOf(video);
  const read = await readLabels(placement.file, { givenFps: placement.fps, videoFps: fps }, placement.format);
  const recording = recordingFor(read, video, placement.recording, name);
  const notes: Notice[] = [];
  const rename = renamer(db, mapping, notes);
  const layers = placeLayers(recording.layers, placement.layers, coder, name).map(({ layer, coder: of }) => ({
    coder: of,
    layer: fitLayer(named(layer, rename), { name: video.name, endS }),
  }));
  const placed = Array.from(
    Map.groupBy(layers, (each) => each.coder),
    ([of, own]): PlacedLabels => ({ coder: of, segments: own.flatMap(({ layer }) => layer.segments), peaks: own.flatMap(({ layer }) => layer.peaks) }),
  );
  return { name, video, placed, problems: layers.flatMap(({ layer }) => layer.problems), notes: [...layers.flatMap(({ layer }) => layer.notes), ...notes] };
}

/** @param key name or id @throws StudioError 'video-unknown' */
function findVideo(db: ProjectDatabase, key: string): VideoRow {
  const [video, ...others] = allVideos(db).filter(({ id, name }) => id === key || name === key);
  if (video === undefined) throw new StudioError('video-unknown/name', { name: key });
  if (others.length > 0) throw new StudioError('video-unknown/ambiguous', { name: key });
  return video;
}

/**
 * Returns a function that gives a label its new name; null leaves it out. Without a name in the mapping, a label that differs from
 * one of the project, or from an earlier one of the file, only in case or spaces becomes that one, with a note.
 */
function renamer(db: ProjectDatabase, mapping: ImportOptions['mapping'], notes: Notice[]): (label: string) => string | null {
  const known = listSchemes(db).flatMap(({ labels }) => labels.map(({ name }) => name));
  const byName = new Map(known.map((name) => [normalised(name), name]));
  const mapped = new Map(Object.entries(mapping).map(([name, to]) => [normalised(name), to]));
  const names = new Map<string, string | null>();
  return (label) => {
    const found = names.get(label);
    if (found !== undefined || names.has(label)) return found ?? null;
    const plain = label.trim();
    let to: string | null;
    if (Object.hasOwn(mapping, label)) to = mapping[label] ?? null;
    else if (mapped.has(normalised(label))) to = mapped.get(normalised(label)) ?? null;
    else {
      to = known.includes(plain) ? plain : (byName.get(normalised(label)) ?? plain);
      if (to !== plain) notes.push(notice('import/renamed', { from: plain, label: to }));
      byName.set(normalised(plain), to);
    }
    names.set(label, to);
    return to;
  };
}

/** Names that differ only in case or spaces are the same label. */
const normalised = (name: string): string => name.trim().replaceAll(/\s+/g, ' ').toLowerCase();

function named(layer: ReadLayer, rename: (label: string) => string | null): ReadLayer {
  const renamed = <T extends { readonly label: string }>(rows: readonly T[]): T[] =>
    rows.flatMap((row) => {
      const label = rename(row.label);
      return label === null ? [] : [{ ...row, label }];
    });
  return { ...layer, segments: renamed(layer.segments), peaks: renamed(layer.peaks) };
}

/** Adds labels and peaks of a file to a coder's layer of a video. Creates the coder and the layer if they do not exist. */
function addToLayer(
  db: ProjectDatabase,
  video: string,
  file: string,
  { coder, segments, peaks }: PlacedLabels,
): { coderId: string; labels: number; peaks: number; known: number; edit: AppliedEdit | null } {
  const { id: coderId } = addCoder(db, coder);
  const own = layersOf(db, video).find(({ coder_id }) => coder_id === coderId);
  const [knownSegments, knownPeaks] = [new KnownTimes(), new KnownTimes()];
  if (own !== undefined) {
    const existing = readLayer(db, own.id);
    for (const { face_id, label, start_s, end_s } of existing.segments) knownSegments.add(face_id, label, [start_s, end_s]);
    for (const { face_id, label, apex_s } of existing.peaks) knownPeaks.add(face_id, label, [apex_s]);
  }
  const newSegments = segments.filter(({ face, label, startS, endS }) => !knownSegments.has(face, label, [startS, endS]));
  const newPeaks = peaks.filter(({ face, label, apexS }) => !knownPeaks.has(face, label, [apexS]));
  const count = newSegments.length + newPeaks.length;
  const counts = { coderId, labels: newSegments.length, peaks: newPeaks.length, known: segments.length + peaks.length - count };
  if (count === 0) return { ...counts, edit: null };
  const at = new Date().toISOString();
  const layer = {
    id: own?.id ?? newId(),
    video_id: video,
    kind: 'coder',
    coder_id: coderId,
    run_id: null,
    scheme_id: DEFAULT_SCHEME.id,
    created_at: at,
  } as const;
  const layerEdits: RowEdit[] = own === undefined ? [{ table: 'layer', kind: 'insert', row: layer }] : [];
  const rows = rowsOf(layer.id, newSegments, newPeaks, { name: `${coder}, from ${file}`, at, newId });
  return { ...counts, edit: applyEdit(db, { coderId, step: step('labels.import', { count, file }), rows: [...layerEdits, ...rows] }) };
}

function rowsOf(
  layer: string,
  segments: readonly AnnotatedSegment[],
  peaks: readonly AnnotatedPeak[],
  by: { readonly name: string; readonly at: string; readonly newId: () => string },
): RowEdit[] {
  return [
    ...segments.map((segment) => createSegment(layer, segment.face, segment.label, segment, by, remarksOf(segment))),
    ...peaks.map((peak) => createPeak(layer, peak.face, peak.label, peak, by, remarksOf(peak))),
  ];
}

function remarksOf(each: AnnotatedSegment | AnnotatedPeak) {
  return { confidence: 'confidence' in each ? each.confidence : null, comment: each.comment ?? null, modifiers: each.modifiers ?? null };
}
