import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { EXPRESSIONS, intensityOf, NEUTRAL_INDEX, strongest } from '../../../shared/domain/expressions.ts';
import type { Expression, PerExpression } from '../../../shared/domain/expressions.ts';
import { required } from '../../../shared/basics/required.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { SeriesName, TimelineColumns } from '../../../shared/domain/timeline-columns.ts';
import { SERIES } from '../../../shared/domain/timeline-columns.ts';
import type { FaceStatus, TimelineRow } from '../../../shared/domain/timeline.ts';

/**
 * The timeline of one face as compressed columns. An hour needs about 300 kB, a tenth of the size of rows. Shares have a
 * resolution of 1e-6 and boxes of 0.1 px. Like the seconds, this is the precision of the tables, so that tables from the
 * database equal the tables of the analysis.
 *
 * Format (deflated, little-endian): version (1 byte), number of rows (4 bytes), then the columns: Float64 for seconds, Int32
 * for all others.
 */
const VERSION = 1;
const HEADER = 5;
const STATUSES: readonly FaceStatus[] = ['ok', 'low_confidence', 'no_face'];
const MISSING = -0x80000000;
const SHARE = 1e6;
const PIXEL = 10;

const TIMES = ['startS', 'endS'] as const;
const WHOLE = ['slot', 'startFrame', 'endFrame'] as const;
const BOX = ['x', 'y', 'width', 'height'] as const;
const MASKS = ['classAgnostic', 'classSemantic', 'final'] as const;
/** Number of integer columns: slot and frames, status, confidence, box, probabilities, masks. */
const INTEGERS = WHOLE.length + 2 + BOX.length + EXPRESSIONS.length + MASKS.length;

/** @param rows of one face, in time order */
export function packTimeline(rows: readonly TimelineRow[]): Uint8Array {
  const count = rows.length;
  const bytes = new DataView(new ArrayBuffer(HEADER + count * (8 * TIMES.length + 4 * INTEGERS)));
  bytes.setUint8(0, VERSION);
  bytes.setUint32(1, count, true);
  let at = HEADER;
  for (const time of TIMES) {
    for (const row of rows) {
      bytes.setFloat64(at, roundSeconds(row[time]), true);
      at += 8;
    }
  }
  const column = (value: (row: TimelineRow) => number | null | undefined, scale = 1): void => {
    for (const row of rows) {
      const each = value(row);
      bytes.setInt32(at, each === null || each === undefined ? MISSING : Math.round(each * scale), true);
      at += 4;
    }
  };
  for (const name of WHOLE) column((row) => row[name]);
  column(({ status }) => STATUSES.indexOf(status));
  column(({ faceConfidence }) => faceConfidence, SHARE);
  for (const name of BOX) column(({ box }) => box?.[name], PIXEL);
  EXPRESSIONS.forEach((_, i) => column(({ reading }) => reading?.probabilities[i], SHARE));
  for (const name of MASKS) column(({ reading }) => reading?.[name], SHARE);
  return deflateRawSync(new Uint8Array(bytes.buffer), { level: 6 });
}

/** The bytes of a timeline and its number of rows. @throws RangeError for other data */
function inflated(packed: Uint8Array): { bytes: DataView; count: number } {
  const plain = inflateRawSync(packed);
  const bytes = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  if (bytes.getUint8(0) !== VERSION) throw new RangeError(`a timeline of version ${bytes.getUint8(0)} cannot be read`);
  const count = bytes.getUint32(1, true);
  if (bytes.byteLength !== HEADER + count * (8 * TIMES.length + 4 * INTEGERS)) throw new RangeError('a timeline is cut off');
  return { bytes, count };
}

const SHARES_AT = WHOLE.length + 2 + BOX.length;
/** The integer column of each series. Intensity is computed from the column of neutral. */
const SERIES_COLUMNS: Readonly<Record<SeriesName, { readonly column: number; readonly scale: number }>> = {
  ...(Object.fromEntries(EXPRESSIONS.map((name, i) => [name, { column: SHARES_AT + i, scale: SHARE }])) as Record<
    Expression,
    { column: number; scale: number }
  >),
  intensity: { column: SHARES_AT + NEUTRAL_INDEX, scale: SHARE },
  mask_class_agnostic: { column: SHARES_AT + EXPRESSIONS.length, scale: SHARE },
  mask_class_semantic: { column: SHARES_AT + EXPRESSIONS.length + 1, scale: SHARE },
  mask_final: { column: SHARES_AT + EXPRESSIONS.length + 2, scale: SHARE },
  face_confidence: { column: WHOLE.length + 1, scale: SHARE },
  box_x: { column: WHOLE.length + 2, scale: PIXEL },
  box_y: { column: WHOLE.length + 3, scale: PIXEL },
  box_w: { column: WHOLE.length + 4, scale: PIXEL },
  box_h: { column: WHOLE.length + 5, scale: PIXEL },
};

/** The same as unpackTimeline and columnsOf, but fast: it makes no objects for rows. */
export function unpackColumns(packed: Uint8Array): TimelineColumns {
  const { bytes, count } = inflated(packed);
  const integersAt = HEADER + 8 * TIMES.length * count;
  const times = new Float64Array(2 * count);
  for (let i = 0; i < 2 * count; i++) times[i] = bytes.getFloat64(HEADER + 8 * i, true);
  const slots = new Int32Array(count);
  for (let i = 0; i < count; i++) slots[i] = bytes.getInt32(integersAt + 4 * i, true);
  const values = new Float32Array(SERIES.length * count);
  SERIES.forEach((name, k) => {
    const { column, scale } = SERIES_COLUMNS[name];
    const at = integersAt + 4 * column * count;
    for (let i = 0; i < count; i++) {
      const whole = bytes.getInt32(at + 4 * i, true);
      values[k * count + i] = whole === MISSING ? NaN : name === 'intensity' ? 1 - whole / scale : whole / scale;
    }
  });
  return { times, slots, values };
}

/** @throws RangeError for other data */
export function unpackTimeline(packed: Uint8Array, faceId: number): TimelineRow[] {
  const { bytes, count } = inflated(packed);
  const integersAt = HEADER + 8 * TIMES.length * count;
  const time = (column: number, row: number): number => bytes.getFloat64(HEADER + 8 * (column * count + row), true);
  const integer = (column: number, row: number): number => bytes.getInt32(integersAt + 4 * (column * count + row), true);
  const value = (column: number, row: number, scale: number): number | null => {
    const whole = integer(column, row);
    return whole === MISSING ? null : whole / scale;
  };
  const [statusAt, confidenceAt] = [WHOLE.length, WHOLE.length + 1];
  const boxAt = confidenceAt + 1;
  const sharesAt = boxAt + BOX.length;
  const masksAt = sharesAt + EXPRESSIONS.length;
  return Array.from({ length: count }, (_, row) => {
    const hasReading = integer(sharesAt, row) !== MISSING;
    const probabilities = EXPRESSIONS.map((__, i) => value(sharesAt + i, row, SHARE)) as unknown as PerExpression;
    return {
      slot: integer(0, row),
      startS: time(0, row),
      endS: time(1, row),
      startFrame: integer(1, row),
      endFrame: integer(2, row),
      faceId,
      status: required(STATUSES[integer(statusAt, row)], 'a face status'),
      faceConfidence: value(confidenceAt, row, SHARE),
      box:
        integer(boxAt, row) === MISSING
          ? null
          : (Object.fromEntries(BOX.map((name, i) => [name, value(boxAt + i, row, PIXEL)])) as unknown as TimelineRow['box']),
      reading: hasReading
        ? {
            probabilities,
            label: strongest(probabilities),
            intensity: intensityOf(probabilities),
            ...(Object.fromEntries(MASKS.map((name, i) => [name, value(masksAt + i, row, SHARE)])) as Record<(typeof MASKS)[number], number>),
          }
        : null,
    };
  });
}
