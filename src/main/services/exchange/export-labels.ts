import { join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { lanesOf } from '../../../shared/annotation/annotation-document.ts';
import { required } from '../../../shared/domain/required.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import { dictionaryText } from '../../formats/data-dictionary.ts';
import type { LabelTrack } from '../../formats/label-tables.ts';
import {
  firstAtOrAfter,
  LABEL_COLUMNS,
  LABEL_PEAK_COLUMNS,
  LONG_FRAME_COLUMNS,
  longFrames,
  wideColumn,
  WIDE_FRAME_COLUMNS,
  wideFrames,
} from '../../formats/label-tables.ts';
import type { Cell } from '../../formats/tables.ts';
import { csvLines } from '../../formats/tables.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { selectVideos } from '../../project/library.ts';
import { readTiming } from '../../project/recorded-results.ts';
import { exportedLayers, readLayer } from '../../project/review.ts';
import { subjectsOf } from '../../project/subjects.ts';
import type { VideoRow } from '../../project/store/schema.ts';

/** The result of an export. */
export interface WrittenExport {
  readonly files: string[];
  /** Data that was not written. */
  readonly losses: Notice[];
}

const DICTIONARY = 'data-dictionary.csv';

export async function writeDictionary(out: string, tables: Parameters<typeof dictionaryText>[0]): Promise<string> {
  const file = join(out, DICTIONARY);
  await writeAtomically(file, [dictionaryText(tables)]);
  return file;
}

/** The error for an export without labels. @param only names of layers; an empty list means all */
export function noLabelsError(only: readonly string[]): StudioError {
  return only.length === 0 ? new StudioError('wrong-usage/no-labels', {}) : new StudioError('wrong-usage/no-labels-of', { layers: [...only] });
}

export function checkNotEmpty(count: number, only: readonly string[]): void {
  if (count === 0) throw noLabelsError(only);
}

/** Writes labels.csv and label_peaks.csv: every label of the layers with its origin. */
export async function writeLabels(db: ProjectDatabase, only: readonly string[], videos: readonly string[], out: string): Promise<WrittenExport> {
  const layersIn = exportedLayers(db, only);
  const subjectOf = subjectsOf(db);
  const [labels, peaks]: [Cell[][], Cell[][]] = [[[...LABEL_COLUMNS]], [[...LABEL_PEAK_COLUMNS]]];
  const untimed: string[] = [];
  let layers = 0;
  for (const video of selectVideos(db, videos)) {
    const subject = (face: number): Cell[] => {
      const { participant, condition, session } = subjectOf(video, face);
      return [video.name, participant, condition, session];
    };
    const pts = readTiming(db, video.id)?.pts;
    for (const { layer, name } of layersIn(video.id)) {
      layers += 1;
      const read = readLayer(db, layer.id);
      const frame = (seconds: number): number | null => (pts === undefined ? null : firstAtOrAfter(pts, seconds));
      if (pts === undefined && read.segments.length > 0) untimed.push(video.name);
      for (const s of read.segments)
        labels.push([
          ...[...subject(s.face_id), name, s.face_id, s.label, roundSeconds(s.start_s), roundSeconds(s.end_s), frame(s.start_s), frame(s.end_s)],
          ...[s.confidence, s.made_by, s.made_at, s.proposal_id, s.model_sha256, s.comment ?? null, s.modifiers ?? null, video.id, video.path],
        ]);
      for (const p of read.peaks)
        peaks.push([
          ...[...subject(p.face_id), name, p.face_id, p.label, roundSeconds(p.onset_s), roundSeconds(p.apex_s), roundSeconds(p.offset_s)],
          ...[p.intensity, p.prominence, p.mask_final, p.made_by, p.made_at, p.proposal_id, p.model_sha256],
          ...[p.comment ?? null, p.modifiers ?? null, video.id, video.path],
        ]);
    }
  }
  checkNotEmpty(layers, only);
  const [labelsFile, peaksFile] = [join(out, 'labels.csv'), join(out, 'label_peaks.csv')];
  await writeAtomically(labelsFile, [csvLines(labels)]);
  await writeAtomically(peaksFile, [csvLines(peaks)]);
  const tables = [
    { file: 'labels.csv', columns: LABEL_COLUMNS },
    { file: 'label_peaks.csv', columns: LABEL_PEAK_COLUMNS },
  ];
  const files = [labelsFile, peaksFile, await writeDictionary(out, tables)];
  const losses = untimed.length === 0 ? [] : [notice('export/no-frames', { videos: [...new Set(untimed)] })];
  return { files, losses };
}

/** Writes frames_long.csv (a row per frame, layer and face) and frames_wide.csv (a column per layer and face). */
export async function writeFrames(db: ProjectDatabase, only: readonly string[], some: readonly string[], out: string): Promise<WrittenExport> {
  const layersIn = exportedLayers(db, only);
  const losses: Notice[] = [];
  const tracksOf = (video: VideoRow): LabelTrack[] =>
    layersIn(video.id).flatMap(({ layer, name }) => {
      const { segments } = readLayer(db, layer.id);
      const byFace = Map.groupBy(segments, ({ face_id }) => face_id);
      return [...byFace]
        .sort(([a], [b]) => a - b)
        .flatMap(([face, own]) =>
          lanesOf(own.map(({ label, start_s, end_s }) => ({ label, startS: start_s, endS: end_s }))).map((lane, i) => ({
            layer: name,
            face,
            lane: i + 1,
            segments: lane,
          })),
        );
    });
  const columnSet = new Set<string>();
  const videos: VideoRow[] = [];
  for (const video of selectVideos(db, some)) {
    const tracks = tracksOf(video);
    if (tracks.length === 0) continue;
    if (readTiming(db, video.id) === undefined) {
      losses.push(notice('export/no-times', { video: video.name }));
      continue;
    }
    tracks.forEach((track) => columnSet.add(wideColumn(track)));
    videos.push(video);
  }
  checkNotEmpty(videos.length, only);
  const columns = [...columnSet].sort();
  const wideColumns = [...WIDE_FRAME_COLUMNS, ...columns];
  // One video at a time: an hour of frames with four layers has half a million rows.
  function* chunks(head: readonly string[], rows: (video: VideoRow, pts: Float64Array) => Cell[][]): Generator<string> {
    yield csvLines([head]);
    for (const video of videos) yield csvLines(rows(video, required(readTiming(db, video.id), 'a timing table').pts));
  }
  const [longFile, wideFile] = [join(out, 'frames_long.csv'), join(out, 'frames_wide.csv')];
  await writeAtomically(
    longFile,
    chunks(LONG_FRAME_COLUMNS, (video, pts) => longFrames(video, pts, tracksOf(video))),
  );
  await writeAtomically(
    wideFile,
    chunks(wideColumns, (video, pts) => wideFrames(video, pts, tracksOf(video), columns)),
  );
  const tables = [
    { file: 'frames_long.csv', columns: LONG_FRAME_COLUMNS },
    { file: 'frames_wide.csv', columns: wideColumns },
  ];
  return { files: [longFile, wideFile, await writeDictionary(out, tables)], losses };
}
