import { stringify } from 'csv-stringify/sync';
import { sentenceOfFact } from '../../shared/app/facts.ts';
import { ACTION_UNITS, UNIT_COLUMNS } from '../../shared/domain/action-units.ts';
import { entropyOf, EXPRESSIONS } from '../../shared/domain/expressions.ts';
import type { VideoResult } from '../../shared/domain/results.ts';
import { roundSeconds } from '../../shared/domain/time.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { BYTE_ORDER_MARK, hiddenFormula, STANDARD_CSV } from './csv-dialect.ts';
import type { DescribedTable } from './data-dictionary.ts';

export type Cell = string | number | boolean | null;

/** A CSV table: UTF-8, commas, decimal points, header, RFC 4180. Times are seconds, frames are indices, intervals are half-open. */
export interface Table<R extends VideoResult = VideoResult> {
  readonly file: string;
  readonly columns: readonly string[];
  rows(result: R): Iterable<readonly Cell[]>;
}

/** Six digits are sufficient for single-precision probabilities. */
function rounded(value: number | null | undefined, digits = 6): number | null {
  if (value === null || value === undefined) return null;
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

const degrees = (value: number | undefined): number | null => rounded(value, 1);
const pixels = (value: number | undefined): number | null => rounded(value, 1);

export const TIMELINE: Table = {
  file: 'timeline.csv',
  columns: [
    ...['video', 'face_id', 'slot', 'start_s', 'end_s', 'start_frame', 'end_frame', 'status', 'face_confidence'],
    ...['box_x', 'box_y', 'box_w', 'box_h', ...EXPRESSIONS, 'label', 'intensity'],
    ...['mask_class_agnostic', 'mask_class_semantic', 'mask_final'],
    ...['yaw_deg', 'pitch_deg', 'roll_deg', 'entropy', 'unusual', 'unusual_reasons', ...UNIT_COLUMNS],
  ],
  *rows({ summary, rows }) {
    for (const row of rows) {
      const { reading, box, pose, unusual = null } = row;
      yield [
        ...[summary.video, row.faceId === 0 ? null : row.faceId, row.slot, roundSeconds(row.startS), roundSeconds(row.endS), row.startFrame, row.endFrame],
        ...[row.status, rounded(row.faceConfidence), pixels(box?.x), pixels(box?.y), pixels(box?.width), pixels(box?.height)],
        ...EXPRESSIONS.map((_, i) => rounded(reading?.probabilities[i])),
        ...[reading?.label ?? null, rounded(reading?.intensity), rounded(reading?.classAgnostic), rounded(reading?.classSemantic), rounded(reading?.final)],
        ...[degrees(pose?.yaw), degrees(pose?.pitch), degrees(pose?.roll), reading === null ? null : rounded(entropyOf(reading.probabilities))],
        ...[unusual === null ? null : unusual.length > 0, unusual === null ? null : unusual.join('; ')],
        ...ACTION_UNITS.map((_, i) => rounded(reading?.actionUnits?.[i])),
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

/** The tables of an analysis in the order of writing. summary.csv is the last one, because it lists the finished videos. */
export const TABLES: readonly Table[] = [TIMELINE, PEAKS, SEGMENTS, SUMMARY];

/** A result of a project, with the video and the run that it belongs to. */
export interface ProjectResult extends VideoResult {
  readonly origin: { readonly videoId: string; readonly path: string; readonly run: string };
}

/** The same tables of a project. In a project, videos of several folders can have the same name, and be of different runs. */
export const PROJECT_TABLES: readonly Table<ProjectResult>[] = TABLES.map((table) => ({
  file: table.file,
  columns: [...table.columns, 'video_id', 'path', 'run_id'],
  *rows(result) {
    const { videoId, path, run } = result.origin;
    for (const row of table.rows(result)) yield [...row, videoId, path, run];
  },
}));

/** Number of rows per chunk of text, so that the text of a long video is never in memory at once. */
const ROWS_PER_CHUNK = 500;

/** A table of an export. `rows` begins anew with every call. */
export interface ExportTable extends DescribedTable {
  readonly rows: () => Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>;
}

/** The rows of a table for several results, one result after the other. */
export async function* rowsOf<R extends VideoResult>(table: Table<R>, results: AsyncIterable<R>): AsyncGenerator<readonly Cell[]> {
  for await (const result of results) yield* table.rows(result);
}

/** A table as text, in chunks. */
export const tableText = <R extends VideoResult>(table: Table<R>, results: AsyncIterable<R>): AsyncGenerator<string> =>
  csvText(table.columns, rowsOf(table, results));

/** A CSV file with a header, in chunks; without columns, its further rows. */
export async function* csvText(
  columns: readonly string[] | null,
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
  dialect: CsvDialect = STANDARD_CSV,
): AsyncGenerator<string> {
  if (columns !== null) yield `${dialect.hasMark ? BYTE_ORDER_MARK : ''}${csvLines([columns], dialect)}`;
  let chunk: (readonly Cell[])[] = [];
  for await (const row of rows) {
    chunk.push(row);
    if (chunk.length < ROWS_PER_CHUNK) continue;
    yield csvLines(chunk, dialect);
    chunk = [];
  }
  if (chunk.length > 0) yield csvLines(chunk, dialect);
}

/** A text in one line: line breaks and tabs become a blank. */
export const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n\t]+\s*/g, ' ');

/** Lines of a table, by default in the CSV dialect of this program. Cells with any kind of line break are in quotation marks. */
export function csvLines(rows: readonly (readonly Cell[])[], { separator, decimalMark, hidesFormulas }: CsvDialect = STANDARD_CSV): string {
  return stringify(
    rows.map((row) => [...row]),
    {
      delimiter: separator,
      record_delimiter: 'windows',
      quoted_match: /[\r\n]/,
      cast: {
        boolean: (value) => (value ? 'true' : 'false'),
        ...(hidesFormulas && { string: hiddenFormula }),
        ...(decimalMark === '.' ? {} : { number: (value: number) => String(value).replace('.', decimalMark) }),
      },
    },
  );
}
