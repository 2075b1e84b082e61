import { mkdir, readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { AnnotationDocument, AnnotationLayer, SignalTable } from '../../shared/annotation-document.ts';
import type { RowEdit } from '../../shared/editable-rows.ts';
import { StudioError, writeError } from '../../shared/errors.ts';
import type { AnnotationFormatName } from '../../shared/export-formats.ts';
import { ANNOTATION_FORMAT_NAMES } from '../../shared/export-formats.ts';
import { SERIES, seriesOf } from '../../shared/timeline-columns.ts';
import { roundSeconds } from '../../shared/time.ts';
import { createSegment } from '../../shared/segment-edits.ts';
import { filesOf, readerOf } from '../formats/annotation-formats.ts';
import { writeAtomically } from '../formats/atomic-file.ts';
import type { ProjectDatabase } from '../project/database.ts';
import { applyEdit, newId } from '../project/edits.ts';
import { listRuns, readColumns } from '../project/recorded-results.ts';
import { inProject } from '../project/open-project.ts';
import { allVideos, someVideos } from '../project/library.ts';
import { addCoder, facesOf, layersOf, leavingLayers, listParticipants, listSchemes, newestRun, readLayer } from '../project/review.ts';
import type { VideoRow } from '../project/schema.ts';

/** Formats that can be read. */
export const READABLE_FORMATS = ANNOTATION_FORMAT_NAMES.filter((name) => readerOf(name) !== undefined);

export interface ExportedAnnotations {
  readonly files: readonly string[];
  /** What the format could not hold, with the video's name. */
  readonly losses: readonly string[];
}

/**
 * Writes a file in another tool's format for each video that has labels.
 * @param only names of layers ('model', coders' names, 'adjudicated'); all of them where there are none. Of several runs the newest counts
 * @param videos ids or names; all of them where there are none
 * @throws StudioError as openProject does; 'wrong-usage' where there is nothing to write
 */
export function exportAnnotations(
  folder: string,
  format: AnnotationFormatName,
  only: readonly string[],
  videos: readonly string[],
  out: string,
): Promise<ExportedAnnotations> {
  return inProject(folder, (db) => writeAnnotations(db, format, only, videos, out));
}

/** The same from a project that is open. */
export async function writeAnnotations(
  db: ProjectDatabase,
  format: AnnotationFormatName,
  only: readonly string[],
  videos: readonly string[],
  out: string,
): Promise<ExportedAnnotations> {
  const to = resolve(out);
  await mkdir(to, { recursive: true }).catch((error: unknown) => {
    throw writeError(to, error);
  });
  const [files, losses, taken]: [string[], string[], Set<string>] = [[], [], new Set()];
  const documentOf = documentsOf(db, only);
  for (const video of someVideos(db, videos)) {
    const document = documentOf(video);
    if (document.layers.length === 0) continue;
    const fileName = fileNameFor(video.name, taken);
    const base = join(to, fileName);
    const signals = signalsOf(db, video, document, fileName);
    const written = await filesOf(format, signals === undefined ? document : { ...document, signals });
    for (const { ending, contents } of written.files) {
      await writeAtomically(`${base}${ending}`, [contents]);
      files.push(`${base}${ending}`);
    }
    losses.push(...written.losses.map((loss) => `${video.name}: ${loss}`));
  }
  if (files.length === 0)
    throw new StudioError(
      'wrong-usage',
      `No video has labels${only.length > 0 ? ` of ${only.join(', ')}` : ''}.`,
      'Analyse some videos, or label some, first.',
    );
  return { files, losses };
}

/** Gives a video with its layers as other tools are given them; what all videos share is read once. */
function documentsOf(db: ProjectDatabase, only: readonly string[]): (video: VideoRow) => AnnotationDocument {
  const layersIn = leavingLayers(db, only);
  const runs = new Map(listRuns(db).map(({ id, record }) => [id, record]));
  const participants = new Map(listParticipants(db).map(({ id, code }) => [id, code]));
  const schemes = new Map(listSchemes(db).map(({ id, labels }) => [id, labels]));
  return ({ id, path, name, fps, duration_s, participant_id }) => {
    const wanted = layersIn(id);
    const record = runs.get(wanted.find(({ layer }) => layer.kind === 'model')?.layer.run_id ?? '');
    return {
      video: { path, name, durationS: duration_s ?? 0, fps },
      participant: participants.get(participant_id ?? '') ?? '',
      vocabulary: (schemes.get(wanted[0]?.layer.scheme_id ?? '') ?? []).map((label) => ({ name: label.name, description: label.description })),
      warnings: record?.warnings ?? [],
      layers: wanted.map(({ layer, name: whose }): AnnotationLayer => {
        const { segments, peaks } = readLayer(db, layer.id);
        return {
          name: whose,
          annotator: layer.kind === 'model' && record !== undefined ? `${record.model.id} (${record.model.sha256.slice(0, 12)})` : whose,
          segments: segments.map(({ face_id, label, start_s, end_s, confidence }) => ({ face: face_id, label, startS: start_s, endS: end_s, confidence })),
          peaks: peaks.map(({ face_id, label, onset_s, apex_s, offset_s }) => ({ face: face_id, label, onsetS: onset_s, apexS: apex_s, offsetS: offset_s })),
        };
      }),
    };
  };
}

/** The newest run's probabilities and mask weights, slot by slot, where the model's layer is among those that leave. */
function signalsOf(db: ProjectDatabase, { id }: VideoRow, { layers }: AnnotationDocument, fileName: string): AnnotationDocument['signals'] {
  const run = newestRun(layersOf(db, id));
  if (run === null || !layers.some(({ name }) => name === 'model')) return undefined;
  return { fileName, table: () => signalTable(db, run, id) };
}

/** Series that are curves and not boxes. */
const SIGNALS = SERIES.filter((name) => !name.startsWith('box_'));

function signalTable(db: ProjectDatabase, run: string, video: string): SignalTable {
  const faces = facesOf(db, run, video).flatMap(({ face }) => (face > 0 ? [{ face, columns: readColumns(db, run, video, face) }] : []));
  const rows = new Map<number, (number | '')[]>();
  const width = 1 + faces.length * SIGNALS.length;
  faces.forEach(({ columns }, f) => {
    columns.slots.forEach((slot, i) => {
      let row = rows.get(slot);
      const middle = (columns.times[i]! + columns.times[columns.slots.length + i]!) / 2;
      if (row === undefined) rows.set(slot, (row = [roundSeconds(middle), ...new Array<''>(width - 1).fill('')]));
      SIGNALS.forEach((name, k) => {
        const value = seriesOf(columns, name)[i]!;
        if (!Number.isNaN(value)) row[1 + f * SIGNALS.length + k] = Math.round(1e4 * value) / 1e4;
      });
    });
  });
  return {
    columns: ['time_s', ...faces.flatMap(({ face }) => SIGNALS.map((name) => `face ${face} ${name}`))],
    rows: [...rows].sort(([a], [b]) => a - b).map(([, row]) => row),
  };
}

/** A video's name as a file's: without its ending and what some system forbids; each once, whatever its case. */
export function fileNameFor(name: string, taken: Set<string>): string {
  const plain =
    name
      .slice(0, name.length - extname(name).length)
      .replaceAll(/[<>:"/\\|?*\u0000-\u001F]/g, '_')
      .replace(/[. ]+$/, '')
      .slice(0, 150) || 'video';
  let candidate = plain;
  for (let i = 2; taken.has(candidate.toLowerCase()); i++) candidate = `${plain} (${i})`;
  taken.add(candidate.toLowerCase());
  return candidate;
}

export interface ImportRequest {
  readonly file: string;
  readonly project: string;
  /** Name or id of the video in the library. */
  readonly video: string;
  /** Whose labels they become. */
  readonly coder: string;
  /** Format; by the file's ending where it is null. */
  readonly format: AnnotationFormatName | null;
  /** Which of the file's layers; all of them where it is null. */
  readonly layer: string | null;
  /** Takes what can be placed where something cannot. */
  readonly partly: boolean;
}

/**
 * Reads another tool's labels into a coder's layer, as one step that can be undone. Where something cannot be placed
 * nothing is changed, unless that is wished.
 * @throws StudioError 'data-set-invalid' for a file that cannot be read or not wholly be placed, 'video-unknown'
 */
export async function importAnnotations(request: ImportRequest): Promise<{ labels: number; problems: readonly string[] }> {
  const format = request.format ?? READABLE_FORMATS.find((name) => request.file.toLowerCase().endsWith(readerOf(name)!.ending.toLowerCase()));
  const read = format === undefined ? undefined : readerOf(format)?.read;
  if (read === undefined)
    throw new StudioError('wrong-usage', `It is not known what ${basename(request.file)} is.`, `Name its format, one of: ${READABLE_FORMATS.join(', ')}.`);
  const text = await readFile(request.file, 'utf8').catch((error: unknown) => {
    throw new StudioError('file-unreadable', `${request.file} cannot be read.`, 'Check its name.', error);
  });
  const { layers, problems } = read(text, basename(request.file));
  if (problems.length > 0 && !request.partly)
    throw new StudioError(
      'data-set-invalid',
      `Nothing was imported, since this cannot be placed: ${problems.slice(0, 5).join(' ')}${problems.length > 5 ? ` … (${problems.length} in all)` : ''}`,
      'Mend the file, or import the rest alone (--partly).',
    );
  const segments = layers.filter(({ name }) => request.layer === null || name === request.layer).flatMap((layer) => layer.segments);
  if (segments.length === 0)
    throw new StudioError(
      'wrong-usage',
      `${basename(request.file)} holds no labels${request.layer === null ? '' : ` in a layer «${request.layer}»`}.`,
      `It has: ${layers.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  return inProject(request.project, (db) => {
    const found = allVideos(db).filter(({ id, name }) => id === request.video || name === request.video);
    if (found.length !== 1)
      throw new StudioError(
        'video-unknown',
        `${found.length === 0 ? 'No video' : 'More than one video'} of the library is called ${request.video}.`,
        'See `adatosk project videos`.',
      );
    const coder = addCoder(db, request.coder);
    const own = layersOf(db, found[0]!.id).find((layer) => layer.coder_id === coder.id);
    const layer = own?.id ?? newId();
    const made_at = new Date().toISOString();
    const making: RowEdit[] =
      own === undefined
        ? [
            {
              table: 'layer',
              kind: 'insert',
              row: { id: layer, video_id: found[0]!.id, kind: 'coder', coder_id: coder.id, run_id: null, scheme_id: 'seven-expressions', created_at: made_at },
            },
          ]
        : [];
    const by = { name: `${request.coder}, from ${basename(request.file)}`, at: made_at, newId };
    const rows = segments.map(({ face, label, startS, endS }) => createSegment(layer, face, label, { startS, endS }, by));
    applyEdit(db, {
      coderId: coder.id,
      code: 'labels.import',
      label: `Import ${rows.length} labels from ${basename(request.file)}`,
      rows: [...making, ...rows],
    });
    return { labels: rows.length, problems };
  });
}
