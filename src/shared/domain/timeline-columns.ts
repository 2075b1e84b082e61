import { EXPRESSIONS } from './expressions.ts';
import type { TimelineRow } from './timeline.ts';

/** The series of a face, in the order of their columns. */
export const SERIES = [
  ...EXPRESSIONS,
  ...(['intensity', 'mask_class_agnostic', 'mask_class_semantic', 'mask_final', 'face_confidence', 'box_x', 'box_y', 'box_w', 'box_h'] as const),
] as const;
export type SeriesName = (typeof SERIES)[number];

/**
 * The timeline of one face by columns, for the transfer to a window: an hour takes 1.4 MB, six times less than as rows. A
 * missing value is NaN.
 */
export interface TimelineColumns {
  /** [2, slots] starts, then ends, in seconds. */
  readonly times: Float64Array;
  /** [slots] indices of the slots. */
  readonly slots: Int32Array;
  /** [SERIES, slots] */
  readonly values: Float32Array;
}

/** Converts rows to columns. @param rows the rows of one face, in order of time */
export function columnsOf(rows: readonly TimelineRow[]): TimelineColumns {
  const count = rows.length;
  const times = new Float64Array(2 * count);
  const values = new Float32Array(SERIES.length * count).fill(NaN);
  rows.forEach(({ startS, endS, reading, faceConfidence, box }, i) => {
    times[i] = startS;
    times[count + i] = endS;
    const row = [
      ...(reading === null
        ? new Array<number>(EXPRESSIONS.length + 4).fill(NaN)
        : [...reading.probabilities, reading.intensity, reading.classAgnostic, reading.classSemantic, reading.final]),
      faceConfidence ?? NaN,
      ...(box === null ? [NaN, NaN, NaN, NaN] : [box.x, box.y, box.width, box.height]),
    ];
    row.forEach((value, k) => (values[k * count + i] = value));
  });
  return { times, values, slots: Int32Array.from(rows, ({ slot }) => slot) };
}

/** One series of a face, [slots], as a view without copying. */
export function seriesOf({ slots, values }: TimelineColumns, name: SeriesName): Float32Array {
  const column = SERIES.indexOf(name);
  return values.subarray(column * slots.length, (column + 1) * slots.length);
}

/**
 * The same with an empty row for each gap between slots, from the end of the slot before to the start of the next one. A face that was merged from
 * several tracks has no slots between them; lines are not drawn across an empty row.
 */
export function withGaps(columns: TimelineColumns): TimelineColumns {
  const { slots, times } = columns;
  const before = Array.from(slots, (_, i) => i).filter((i) => i > 0 && (slots[i] ?? 0) - (slots[i - 1] ?? 0) > 1);
  if (before.length === 0) return columns;
  const isGap = new Set(before);
  /** Indices of rows; null for a gap before the next one. */
  const rows = Array.from(slots, (_, i) => (isGap.has(i) ? [null, i] : [i])).flat();
  const count = slots.length;
  const valueAt = (values: Float64Array | Float32Array | Int32Array, column: number, i: number): number => values[column * count + i] ?? NaN;
  const next = (i: number): number => rows[i + 1] ?? 0;
  const starts = rows.map((row, i) => (row === null ? valueAt(times, 1, next(i) - 1) : valueAt(times, 0, row)));
  const ends = rows.map((row, i) => (row === null ? valueAt(times, 0, next(i)) : valueAt(times, 1, row)));
  return {
    times: Float64Array.from([...starts, ...ends]),
    slots: Int32Array.from(rows, (row, i) => (row === null ? valueAt(slots, 0, next(i) - 1) + 1 : valueAt(slots, 0, row))),
    values: Float32Array.from(SERIES.flatMap((_, column) => rows.map((row) => (row === null ? NaN : valueAt(columns.values, column, row))))),
  };
}

/** Whether the face is visible before and after a moment: only there can it be split into two. A slot belongs to the side on which its middle is. */
export function isSplitBy(columns: TimelineColumns, atS: number): boolean {
  const { slots, times } = columns;
  const boxes = seriesOf(columns, 'box_x');
  let [isBefore, isAfter] = [false, false];
  for (let i = 0; i < slots.length; i++) {
    if (Number.isNaN(boxes[i]!)) continue;
    if ((times[i]! + times[slots.length + i]!) / 2 >= atS) isAfter = true;
    else isBefore = true;
  }
  return isBefore && isAfter;
}
