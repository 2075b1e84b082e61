import { EXPRESSIONS } from './expressions.ts';
import type { TimelineRow } from './timeline.ts';

/** The series of a face, in the order in which their columns lie. */
export const SERIES = [
  ...EXPRESSIONS,
  ...(['intensity', 'mask_class_agnostic', 'mask_class_semantic', 'mask_final', 'face_confidence', 'box_x', 'box_y', 'box_w', 'box_h'] as const),
] as const;
export type SeriesName = (typeof SERIES)[number];

/**
 * One face's timeline by columns, as it travels to a window: an hour's slots are 1.4 MB so, and six times as much as rows.
 * A missing value is NaN.
 */
export interface TimelineColumns {
  /** [2, slots]: starts, then ends, in seconds. */
  readonly times: Float64Array;
  /** [slots] numbers of the slots. */
  readonly slots: Int32Array;
  /** [SERIES, slots] */
  readonly values: Float32Array;
}

/** @param rows of one face, in time order */
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

/** One series of a face, [slots]: a view, nothing is copied. */
export function seriesOf({ slots, values }: TimelineColumns, name: SeriesName): Float32Array {
  const column = SERIES.indexOf(name);
  return values.subarray(column * slots.length, (column + 1) * slots.length);
}
