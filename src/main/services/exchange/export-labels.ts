import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { lanesOf } from '../../../shared/annotation/annotation-document.ts';
import { required } from '../../../shared/basics/required.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { LabelTrack } from '../../formats/label-tables.ts';
import {
  DECISION_COLUMNS,
  firstAtOrAfter,
  LABEL_COLUMNS,
  LABEL_PEAK_COLUMNS,
  LONG_FRAME_COLUMNS,
  longFrames,
  NOTE_COLUMNS,
  wideColumn,
  WIDE_FRAME_COLUMNS,
  wideFrames,
} from '../../formats/label-tables.ts';
import type { Cell, ExportTable } from '../../formats/tables.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { selectVideos } from '../../project/library.ts';
import { readTiming } from '../../project/recorded-results.ts';
import { decisionsOf, exportedLayers, listCoders, notesOf, readLayer } from '../../project/review.ts';
import { subjectsOf } from '../../project/subjects.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import type { ExportProgress, TableSet } from './export-tables.ts';

/** The error for an export without labels. @param only names of layers; an empty list means all */
export function noLabelsError(only: readonly string[]): StudioError {
  return only.length === 0 ? new StudioError('wrong-usage/no-labels', {}) : new StudioError('wrong-usage/no-labels-of', { layers: [...only] });
}

export function checkNotEmpty(count: number, only: readonly string[]): void {
  if (count === 0) throw noLabelsError(only);
}

/** labels.csv and label_peaks.csv: every label of the layers with its origin; notes.csv and decisions.csv of the coders, if there are any. */
export async function labelTables(db: ProjectDatabase, only: readonly string[], videos: readonly string[], progress: ExportProgress): Promise<TableSet> {
  const layersIn = exportedLayers(db, only);
  const subjectOf = subjectsOf(db);
  const [labels, peaks]: [Cell[][], Cell[][]] = [[], []];
  const untimed: string[] = [];
  let layers = 0;
  const chosen = selectVideos(db, videos);
  progress.expect(chosen.length);
  for (const video of chosen) {
    await progress.step();
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
  const tables: ExportTable[] = [
    { file: 'labels.csv', columns: LABEL_COLUMNS, rows: () => labels },
    { file: 'label_peaks.csv', columns: LABEL_PEAK_COLUMNS, rows: () => peaks },
    ...remarkTables(db, only, chosen),
  ];
  return { tables, losses: untimed.length === 0 ? [] : [notice('export/no-frames', { videos: [...new Set(untimed)] })] };
}

/** Notes, and decisions that make no label (rejected proposals, "nothing is labelled here"), of the chosen coders. Empty tables are left out. */
function remarkTables(db: ProjectDatabase, only: readonly string[], videos: readonly VideoRow[]): ExportTable[] {
  const coders = new Map(listCoders(db).map(({ id, name }) => [id, name]));
  const subjectOf = subjectsOf(db);
  const isChosen = (coder: string): boolean => only.length === 0 || only.includes(coder);
  const notes = videos.flatMap((video) =>
    notesOf(db, video.id).flatMap(({ coder_id, at_s, text, made_at }): Cell[][] => {
      const coder = coders.get(coder_id ?? '') ?? '';
      return isChosen(coder) ? [[video.name, coder, at_s === null ? null : roundSeconds(at_s), text, made_at, video.id, video.path]] : [];
    }),
  );
  const decisions = videos.flatMap((video) =>
    decisionsOf(db, video.id).flatMap((row): Cell[][] => {
      const coder = coders.get(row.coder_id) ?? '';
      if (!isChosen(coder)) return [];
      const { participant, condition, session } = subjectOf(video, row.face_id);
      const span = [roundSeconds(row.start_s), roundSeconds(row.end_s)];
      return [
        [
          ...[video.name, participant, condition, session, coder, row.kind, row.face_id, row.label, ...span],
          ...[row.made_at, row.proposal_id, video.id, video.path],
        ],
      ];
    }),
  );
  return [
    { file: 'notes.csv', columns: NOTE_COLUMNS, rows: () => notes, count: notes.length },
    { file: 'decisions.csv', columns: DECISION_COLUMNS, rows: () => decisions, count: decisions.length },
  ].filter(({ count }) => count > 0);
}

/** frames_long.csv (a row per frame, layer and face) and frames_wide.csv (a column per layer and face). */
export async function frameTables(db: ProjectDatabase, only: readonly string[], some: readonly string[], progress: ExportProgress): Promise<TableSet> {
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
  const chosen = selectVideos(db, some);
  progress.expect(3 * chosen.length);
  for (const video of chosen) {
    await progress.step();
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
  async function* rowsOfVideos(rows: (video: VideoRow, pts: Float64Array) => Cell[][]): AsyncGenerator<Cell[]> {
    for (const video of videos) {
      await progress.step();
      yield* rows(video, required(readTiming(db, video.id), 'a timing table').pts);
    }
  }
  const tables: ExportTable[] = [
    { file: 'frames_long.csv', columns: LONG_FRAME_COLUMNS, rows: () => rowsOfVideos((video, pts) => longFrames(video, pts, tracksOf(video))) },
    { file: 'frames_wide.csv', columns: wideColumns, rows: () => rowsOfVideos((video, pts) => wideFrames(video, pts, tracksOf(video), columns)) },
  ];
  return { tables, losses };
}
