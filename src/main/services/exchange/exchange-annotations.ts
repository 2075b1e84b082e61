import { modifierSets } from '../../../shared/annotation/modifiers.ts';
import { mkdir } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { AnnotationDocument, AnnotationLayer, SignalTable } from '../../../shared/annotation/annotation-document.ts';
import { writeError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { joinedByFile, notice } from '../../../shared/app/notices.ts';
import type { AnnotationFormatName } from '../../../shared/domain/export-formats.ts';
import { SERIES, seriesOf } from '../../../shared/domain/timeline-columns.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { filesOf } from '../../formats/annotations/annotation-formats.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { listRuns } from '../../project/recorded-results.ts';
import { inProject } from '../../project/store/open-project.ts';
import { noLabelsError } from './export-labels.ts';
import { ExportProgress } from './export-tables.ts';
import { clockOf } from './video-clock.ts';
import { selectVideos } from '../../project/library.ts';
import { layersOf, exportedLayers, listParticipants, listSchemes, newestRun, readLayer } from '../../project/review.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { faceNumbers, readColumns } from '../../project/tracked-faces.ts';

export interface ExportedAnnotations {
  readonly files: readonly string[];
  /** Data that the format cannot represent, with the names of the videos. */
  readonly losses: readonly Notice[];
}

/**
 * Writes one file in another tool's format for each video that has labels.
 * @param only names of layers: 'model' (the newest run), 'adjudicated' or names of coders. An empty list means all
 * @param videos ids or names of videos. An empty list means all
 * @throws StudioError the errors of openProject; 'wrong-usage' if there is nothing to write
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

/** The same for an open project. @throws StudioError also 'cancelled' if the export was stopped; files that are complete stay */
export async function writeAnnotations(
  db: ProjectDatabase,
  format: AnnotationFormatName,
  only: readonly string[],
  videos: readonly string[],
  out: string,
  progress = new ExportProgress(),
): Promise<ExportedAnnotations> {
  const to = resolve(out);
  await mkdir(to, { recursive: true }).catch((error: unknown) => {
    throw writeError(to, error);
  });
  const [files, losses, taken]: [string[], Notice[], Set<string>] = [[], [], new Set()];
  const documentOf = documentsOf(db, only);
  const chosen = selectVideos(db, videos);
  progress.expect(chosen.length);
  for (const video of chosen) {
    await progress.step();
    const document = await documentOf(video);
    if (document.layers.length === 0) continue;
    const fileName = fileNameFor(video.name, taken);
    const base = join(to, fileName);
    const signals = signalsOf(db, video, document, fileName);
    const written = await filesOf(format, signals === undefined ? document : { ...document, signals });
    for (const { ending, contents } of written.files) {
      await writeAtomically(`${base}${ending}`, [contents]);
      files.push(`${base}${ending}`);
    }
    for (const loss of written.losses) losses.push(notice('in-file', { file: video.name, notice: loss }));
  }
  if (files.length === 0) throw noLabelsError(only);
  return { files, losses: joinedByFile(losses) };
}

/** Returns a function that reads a video with its layers. Data that all videos share is read once. */
function documentsOf(db: ProjectDatabase, only: readonly string[]): (video: VideoRow) => Promise<AnnotationDocument> {
  const layersIn = exportedLayers(db, only);
  const runs = new Map(listRuns(db).map(({ id, record }) => [id, record]));
  const participants = new Map(listParticipants(db).map(({ id, code }) => [id, code]));
  const schemes = new Map(listSchemes(db).map(({ id, labels }) => [id, labels]));
  return async (video) => {
    const { id, path, name, participant_id } = video;
    const layers = layersIn(id);
    // The length of a video that was not analysed is read from its file.
    const { endS, fps } = layers.length === 0 ? { endS: 0, fps: null } : await clockOf(video);
    const record = runs.get(layers.find(({ layer }) => layer.kind === 'model')?.layer.run_id ?? '');
    return {
      video: { path, name, durationS: Number.isFinite(endS) ? endS : 0, fps },
      participant: participants.get(participant_id ?? '') ?? '',
      vocabulary: (schemes.get(layers[0]?.layer.scheme_id ?? '') ?? []).map((label) => ({
        name: label.name,
        description: label.description,
        modifiers: modifierSets(label.modifiers ?? ''),
      })),
      warnings: record?.warnings ?? [],
      layers: layers.map(({ layer, name: layerName }): AnnotationLayer => {
        const { segments, peaks } = readLayer(db, layer.id);
        return {
          name: layerName,
          annotator: layer.kind === 'model' && record !== undefined ? `${record.model.id} (${record.model.sha256.slice(0, 12)})` : layerName,
          segments: segments.map(({ face_id, label, start_s, end_s, confidence, comment, modifiers }) => ({
            face: face_id,
            label,
            startS: start_s,
            endS: end_s,
            confidence,
            comment: comment ?? null,
            modifiers: modifiers ?? null,
          })),
          peaks: peaks.map(({ face_id, label, onset_s, apex_s, offset_s, comment, modifiers }) => ({
            face: face_id,
            label,
            onsetS: onset_s,
            apexS: apex_s,
            offsetS: offset_s,
            comment: comment ?? null,
            modifiers: modifiers ?? null,
          })),
        };
      }),
    };
  };
}

/** The probabilities and mask weights of the newest run, by slot; undefined if the model's layer is not exported. */
function signalsOf(db: ProjectDatabase, { id }: VideoRow, { layers }: AnnotationDocument, fileName: string): AnnotationDocument['signals'] {
  const run = newestRun(layersOf(db, id));
  if (run === null || !layers.some(({ name }) => name === 'model')) return undefined;
  return { fileName, table: () => signalTable(db, run, id) };
}

/** All series except the face boxes. */
const SIGNALS = SERIES.filter((name) => !name.startsWith('box_'));

function signalTable(db: ProjectDatabase, run: string, video: string): SignalTable {
  const faces = faceNumbers(db, run, video).map((face) => ({ face, columns: readColumns(db, run, video, face) }));
  const rows = new Map<number, (number | '')[]>();
  const width = 1 + faces.length * SIGNALS.length;
  faces.forEach(({ columns }, f) => {
    columns.slots.forEach((slot, i) => {
      let row = rows.get(slot);
      const middle = ((columns.times[i] ?? NaN) + (columns.times[columns.slots.length + i] ?? NaN)) / 2;
      if (row === undefined) rows.set(slot, (row = [roundSeconds(middle), ...new Array<''>(width - 1).fill('')]));
      SIGNALS.forEach((name, k) => {
        const value = seriesOf(columns, name)[i] ?? NaN;
        if (!Number.isNaN(value)) row[1 + f * SIGNALS.length + k] = Math.round(1e4 * value) / 1e4;
      });
    });
  });
  return {
    columns: ['time_s', ...faces.flatMap(({ face }) => SIGNALS.map((name) => `face ${face} ${name}`))],
    rows: [...rows].sort(([a], [b]) => a - b).map(([, row]) => row),
  };
}

/**
 * A file name for a video: without the extension and without characters that an operating system forbids.
 * @param taken lower-case names in use; the new name is added
 */
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
