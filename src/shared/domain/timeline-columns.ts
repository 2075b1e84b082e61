import type { UnitColumn } from './action-units.ts';
import { UNIT_COLUMNS } from './action-units.ts';
import { entropyOf, EXPRESSIONS } from './expressions.ts';
import type { TimelineRow } from './timeline.ts';

/** The series of a face, in the order of their columns. 'unusual' is 1 for an unusual face, 0 for others. */
export const SERIES = [
  ...EXPRESSIONS,
  ...(['intensity', 'mask_class_agnostic', 'mask_class_semantic', 'mask_final', 'face_confidence', 'box_x', 'box_y', 'box_w', 'box_h'] as const),
  ...(['yaw_deg', 'pitch_deg', 'roll_deg', 'entropy', 'unusual'] as const),
] as const;
/** The series of action units come after the others. Timelines of models without action units have none. */
export type SeriesName = (typeof SERIES)[number] | UnitColumn;

/**
 * The timeline of one face by columns, for the transfer to a window: an hour takes 1.4 MB, six times less than as rows. A
 * missing value is NaN.
 */
export interface TimelineColumns {
  /** [2, slots] starts, then ends, in seconds. */
  readonly times: Float64Array;
  /** [slots] indices of the slots. */
  readonly slots: Int32Array;
  /** [SERIES, slots] or, with action units, [SERIES and UNIT_COLUMNS, slots] */
  readonly values: Float32Array;
}

/** Converts rows to columns. @param rows the rows of one face, in order of time */
export function columnsOf(rows: readonly TimelineRow[]): TimelineColumns {
  const count = rows.length;
  const times = new Float64Array(2 * count);
  const hasUnits = rows.some(({ reading }) => reading?.actionUnits !== undefined);
  const values = new Float32Array((SERIES.length + (hasUnits ? UNIT_COLUMNS.length : 0)) * count).fill(NaN);
  rows.forEach(({ startS, endS, reading, faceConfidence, box, pose, unusual }, i) => {
    times[i] = startS;
    times[count + i] = endS;
    const row = [
      ...(reading === null
        ? new Array<number>(EXPRESSIONS.length + 4).fill(NaN)
        : [...reading.probabilities, reading.intensity, reading.classAgnostic, reading.classSemantic, reading.final]),
      faceConfidence ?? NaN,
      ...(box === null ? [NaN, NaN, NaN, NaN] : [box.x, box.y, box.width, box.height]),
      ...[pose?.yaw ?? NaN, pose?.pitch ?? NaN, pose?.roll ?? NaN, reading === null ? NaN : entropyOf(reading.probabilities)],
      unusual === null || unusual === undefined ? NaN : Number(unusual.length > 0),
      ...(reading?.actionUnits ?? []).map((value) => value ?? NaN),
    ];
    row.forEach((value, k) => (values[k * count + i] = value));
  });
  return { times, values, slots: Int32Array.from(rows, ({ slot }) => slot) };
}

const COLUMN_OF: ReadonlyMap<SeriesName, number> = new Map([...SERIES, ...UNIT_COLUMNS].map((name, i) => [name, i]));
const missing = new WeakMap<TimelineColumns, Float32Array>();

export const hasUnits = ({ slots, values }: TimelineColumns): boolean => values.length > SERIES.length * slots.length;

/** One series of a face, [slots], as a view without copying; all NaN for an action unit that the model does not have. */
export function seriesOf(columns: TimelineColumns, name: SeriesName): Float32Array {
  const { slots, values } = columns;
  const column = COLUMN_OF.get(name) ?? 0;
  const series = values.subarray(column * slots.length, (column + 1) * slots.length);
  if (series.length === slots.length) return series;
  let none = missing.get(columns);
  if (none === undefined) missing.set(columns, (none = new Float32Array(slots.length).fill(NaN)));
  return none;
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
    values: Float32Array.from(
      Array.from({ length: columns.values.length / count }, (_, column) => column).flatMap((column) =>
        rows.map((row) => (row === null ? NaN : valueAt(columns.values, column, row))),
      ),
    ),
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
