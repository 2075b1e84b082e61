import { stringify } from 'csv-stringify/sync';
import { sentenceOfFact } from '../../shared/app/facts.ts';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import type { VideoResult } from '../../shared/domain/results.ts';
import { roundSeconds } from '../../shared/domain/time.ts';

export type Cell = string | number | boolean | null;

/** A CSV table: UTF-8, comma, '.' decimals, header, RFC 4180. Times in seconds, frames by index, intervals half-open. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  rows(result: VideoResult): Iterable<readonly Cell[]>;
}

/** Six digits: more than a probability of a network in single precision holds. */
function rounded(value: number | null | undefined, digits = 6): number | null {
  if (value === null || value === undefined) return null;
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

const pixels = (value: number | undefined): number | null => rounded(value, 1);

export const TIMELINE: Table = {
  file: 'timeline.csv',
  columns: [
    ...['video', 'face_id', 'slot', 'start_s', 'end_s', 'start_frame', 'end_frame', 'status', 'face_confidence'],
    ...['box_x', 'box_y', 'box_w', 'box_h', ...EXPRESSIONS, 'label', 'intensity'],
    ...['mask_class_agnostic', 'mask_class_semantic', 'mask_final'],
  ],
  *rows({ summary, rows }) {
    for (const row of rows) {
      const { reading, box } = row;
      yield [
        ...[summary.video, row.faceId === 0 ? null : row.faceId, row.slot, roundSeconds(row.startS), roundSeconds(row.endS), row.startFrame, row.endFrame],
        ...[row.status, rounded(row.faceConfidence), pixels(box?.x), pixels(box?.y), pixels(box?.width), pixels(box?.height)],
        ...EXPRESSIONS.map((_, i) => rounded(reading?.probabilities[i])),
        ...[reading?.label ?? null, rounded(reading?.intensity), rounded(reading?.classAgnostic), rounded(reading?.classSemantic), rounded(reading?.final)],
      ];
    }
  },
};

export const PEAKS: Table = {
  file: 'peaks.csv',
  columns: ['video', 'face_id', 'peak_id', 'label', 'onset_s', 'apex_s', 'offset_s', 'apex_frame', 'intensity', 'prominence', 'mask_final', 'source'],
  *rows({ summary, peaks }) {
    for (const peak of peaks) {
      yield [
        ...[summary.video, peak.faceId, peak.peakId, peak.label, roundSeconds(peak.onsetS), roundSeconds(peak.apexS), roundSeconds(peak.offsetS)],
        ...[peak.apexFrame, rounded(peak.intensity), rounded(peak.prominence), rounded(peak.final), peak.source],
      ];
    }
  },
};

export const SEGMENTS: Table = {
  file: 'segments.csv',
  columns: ['video', 'face_id', 'segment_id', 'label', 'start_s', 'end_s', 'start_frame', 'end_frame', 'confidence', 'coder', 'source'],
  *rows({ summary, segments }) {
    for (const segment of segments) {
      yield [
        ...[summary.video, segment.faceId, segment.segmentId, segment.label, roundSeconds(segment.startS), roundSeconds(segment.endS)],
        ...[segment.startFrame, segment.endFrame, rounded(segment.confidence), segment.coder, segment.source],
      ];
    }
  },
};

export const SUMMARY: Table = {
  file: 'summary.csv',
  columns: [
    ...['video', 'sha256', 'duration_s', 'frames', 'fps', 'variable_rate', 'faces', 'face_share', 'mean_confidence', 'peaks'],
    ...['seconds_taken', 'times_real_time', 'status', 'error', 'warnings'],
  ],
  *rows({ summary: s }) {
    yield [
      ...[s.video, s.sha256, rounded(s.durationS), s.frames, rounded(s.fps, 3), s.variableRate, s.faces, rounded(s.faceShare, 4)],
      ...[rounded(s.meanConfidence, 4), s.peaks, rounded(s.secondsTaken, 3), rounded(s.timesRealTime, 2), s.status],
      ...[s.failure === null ? '' : sentenceOfFact(s.failure), s.warnings.map(({ id }) => id).join('; ')],
    ];
  },
};

/** The tables of an analysis, in the order in which they are written; summary.csv last, since it says what is done. */
export const TABLES: readonly Table[] = [TIMELINE, PEAKS, SEGMENTS, SUMMARY];

/** Rows that are turned into text at once: a video of hours is not held as text. */
const ROWS_PER_PIECE = 500;

/** A table as text, piece by piece. */
export async function* tableText(table: Table, results: AsyncIterable<VideoResult>): AsyncGenerator<string> {
  yield csvLines([table.columns]);
  for await (const result of results) {
    let piece: (readonly Cell[])[] = [];
    for (const row of table.rows(result)) {
      piece.push(row);
      if (piece.length < ROWS_PER_PIECE) continue;
      yield csvLines(piece);
      piece = [];
    }
    if (piece.length > 0) yield csvLines(piece);
  }
}

/** Lines of a table, as all of ours are written. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    { record_delimiter: 'windows', cast: { boolean: (value) => (value ? 'true' : 'false') } },
  );
}
