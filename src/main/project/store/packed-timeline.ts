import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { EXPRESSIONS, intensityOf, NEUTRAL_INDEX, strongest } from '../../../shared/domain/expressions.ts';
import type { Expression, PerExpression } from '../../../shared/domain/expressions.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { SeriesName, TimelineColumns } from '../../../shared/domain/timeline-columns.ts';
import { SERIES } from '../../../shared/domain/timeline-columns.ts';
import type { FaceStatus, TimelineRow } from '../../../shared/domain/timeline.ts';

/**
 * One face's timeline as columns of whole numbers, deflated: an hour takes some 300 kB where rows would take ten times
 * as much. Shares are kept to a millionth and boxes to a tenth of a pixel, which is what the tables print; seconds are
 * kept as they are printed too. So a table written from the store is the table that was written by the analysis.
 *
 * version (1 byte), rows (4 bytes), then each column: Float64 for seconds, Int32 for all others, little-endian.
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
/** slot and frames, status, confidence, box, probabilities, masks. */
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

/** The bytes of a timeline and how many rows they hold. @throws RangeError for bytes that are none of ours */
function inflated(packed: Uint8Array): { bytes: DataView; count: number } {
  const plain = inflateRawSync(packed);
  const bytes = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  if (bytes.getUint8(0) !== VERSION) throw new RangeError(`a timeline of version ${bytes.getUint8(0)} cannot be read`);
  const count = bytes.getUint32(1, true);
  if (bytes.byteLength !== HEADER + count * (8 * TIMES.length + 4 * INTEGERS)) throw new RangeError('a timeline is cut off');
  return { bytes, count };
}

/** Columns of the integers that are one of SERIES each, in its order; intensity is worked out from neutral. */
const SHARES_AT = WHOLE.length + 2 + BOX.length;
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

/** The same as unpackTimeline and columnsOf, without a row's object for each slot: two hours take a window no time. */
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

/** @throws RangeError for bytes that are none of ours */
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
      ...{ slot: integer(0, row), startS: time(0, row), endS: time(1, row), startFrame: integer(1, row), endFrame: integer(2, row) },
      faceId,
      status: STATUSES[integer(statusAt, row)]!,
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
