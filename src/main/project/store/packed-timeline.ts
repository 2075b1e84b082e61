import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import { bitsOf, reasonsOf } from '../../../shared/statistics/doubt.ts';
import { entropyOf, EXPRESSIONS, intensityOf, NEUTRAL_INDEX, strongest } from '../../../shared/domain/expressions.ts';
import type { Expression, PerExpression } from '../../../shared/domain/expressions.ts';
import { required } from '../../../shared/basics/required.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { TimelineColumns } from '../../../shared/domain/timeline-columns.ts';
import { SERIES } from '../../../shared/domain/timeline-columns.ts';
import type { FaceStatus, TimelineRow } from '../../../shared/domain/timeline.ts';

/**
 * The timeline of one face as compressed columns. An hour needs about 300 kB, a tenth of the size of rows. Shares have a
 * resolution of 1e-6 and boxes of 0.1 px. Like the seconds, this is the precision of the tables, so that tables from the
 * database equal the tables of the analysis.
 *
 * Format (deflated, little-endian): version (1 byte), number of rows (4 bytes), number of action units (1 byte), then the columns:
 * Float64 for seconds, Int32 for all others. Version 1 has neither the number of units nor the columns of pose, unusual faces
 * and units; migration 190 introduced version 2.
 */
const VERSION = 2;
const HEADERS: Readonly<Record<number, number>> = { 1: 5, [VERSION]: 6 };
const STATUSES: readonly FaceStatus[] = ['ok', 'low_confidence', 'no_face'];
const MISSING = -0x80000000;
const SHARE = 1e6;
const PIXEL = 10;
const DEGREE = 10;

const TIMES = ['startS', 'endS'] as const;
const WHOLE = ['slot', 'startFrame', 'endFrame'] as const;
const BOX = ['x', 'y', 'width', 'height'] as const;
const MASKS = ['classAgnostic', 'classSemantic', 'final'] as const;
const POSE = ['yaw', 'pitch', 'roll'] as const;
/** Number of integer columns of version 1: slot and frames, status, confidence, box, probabilities, masks. */
const FIRST_INTEGERS = WHOLE.length + 2 + BOX.length + EXPRESSIONS.length + MASKS.length;
/** Version 2 has the pose, the bits of the reasons why a face is unusual, and the action units. */
const UNUSUAL_AT = FIRST_INTEGERS + POSE.length;
const UNITS_AT = UNUSUAL_AT + 1;

/** @param rows of one face, in time order */
export function packTimeline(rows: readonly TimelineRow[]): Uint8Array {
  const count = rows.length;
  const units = rows.some(({ reading }) => reading?.actionUnits !== undefined) ? ACTION_UNITS.length : 0;
  const header = HEADERS[VERSION]!;
  const bytes = new DataView(new ArrayBuffer(header + count * (8 * TIMES.length + 4 * (UNITS_AT + units))));
  bytes.setUint8(0, VERSION);
  bytes.setUint32(1, count, true);
  bytes.setUint8(5, units);
  let at = header;
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
  for (const name of POSE) column(({ pose }) => pose?.[name], DEGREE);
  column(({ unusual }) => (unusual === null || unusual === undefined ? null : bitsOf(unusual)));
  for (let unit = 0; unit < units; unit++) column(({ reading }) => reading?.actionUnits?.[unit], SHARE);
  return deflateRawSync(new Uint8Array(bytes.buffer), { level: 6 });
}

/** The columns of a timeline. */
interface Inflated {
  readonly bytes: DataView;
  /** Number of rows. */
  readonly count: number;
  /** Where the first column begins. */
  readonly header: number;
  /** Whether there are pose and unusual faces. */
  readonly hasPose: boolean;
  /** Number of action units: 0 or that of ACTION_UNITS. */
  readonly units: number;
}

/** @throws RangeError for other data */
function inflated(packed: Uint8Array): Inflated {
  const plain = inflateRawSync(packed);
  const bytes = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const version = bytes.getUint8(0);
  const header = HEADERS[version];
  if (header === undefined) throw new RangeError(`a timeline of version ${version} cannot be read`);
  const count = bytes.getUint32(1, true);
  const hasPose = version === VERSION;
  const units = hasPose ? bytes.getUint8(5) : 0;
  const integers = hasPose ? UNITS_AT + units : FIRST_INTEGERS;
  if (bytes.byteLength !== header + count * (8 * TIMES.length + 4 * integers)) throw new RangeError('a timeline is cut off');
  if (units !== 0 && units !== ACTION_UNITS.length) throw new RangeError(`a timeline with ${units} action units cannot be read`);
  return { bytes, count, header, hasPose, units };
}

const SHARES_AT = WHOLE.length + 2 + BOX.length;
/** The integer column of each series. Intensity is computed from the column of neutral; entropy from all probabilities. */
const SERIES_COLUMNS: Readonly<Record<Exclude<(typeof SERIES)[number], 'entropy'>, { readonly column: number; readonly scale: number }>> = {
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
  yaw_deg: { column: FIRST_INTEGERS, scale: DEGREE },
  pitch_deg: { column: FIRST_INTEGERS + 1, scale: DEGREE },
  roll_deg: { column: FIRST_INTEGERS + 2, scale: DEGREE },
  unusual: { column: UNUSUAL_AT, scale: 1 },
};

/** The same as unpackTimeline and columnsOf, but fast: it makes no objects for rows. */
export function unpackColumns(packed: Uint8Array): TimelineColumns {
  const { bytes, count, header, hasPose, units } = inflated(packed);
  const integersAt = header + 8 * TIMES.length * count;
  const times = new Float64Array(2 * count);
  for (let i = 0; i < 2 * count; i++) times[i] = bytes.getFloat64(header + 8 * i, true);
  const slots = new Int32Array(count);
  for (let i = 0; i < count; i++) slots[i] = bytes.getInt32(integersAt + 4 * i, true);
  const values = new Float32Array((SERIES.length + units) * count).fill(NaN);
  const fill = (k: number, column: number, valueOf: (whole: number) => number): void => {
    if (column >= FIRST_INTEGERS && !hasPose) return;
    const at = integersAt + 4 * column * count;
    for (let i = 0; i < count; i++) {
      const whole = bytes.getInt32(at + 4 * i, true);
      values[k * count + i] = whole === MISSING ? NaN : valueOf(whole);
    }
  };
  SERIES.forEach((name, k) => {
    if (name === 'entropy') return;
    const { column, scale } = SERIES_COLUMNS[name];
    fill(k, column, name === 'intensity' ? (whole) => 1 - whole / scale : name === 'unusual' ? (whole) => Number(whole > 0) : (whole) => whole / scale);
  });
  for (let unit = 0; unit < units; unit++) fill(SERIES.length + unit, UNITS_AT + unit, (whole) => whole / SHARE);
  fillEntropy(values, count);
  return { times, slots, values };
}

/** @param values [SERIES, rows], with the probabilities first */
function fillEntropy(values: Float32Array, count: number): void {
  const at = SERIES.indexOf('entropy') * count;
  for (let i = 0; i < count; i++) {
    if (!Number.isNaN(values[i]!)) values[at + i] = entropyOf(EXPRESSIONS.map((_, c) => values[c * count + i]!));
  }
}

/** @throws RangeError for other data */
export function unpackTimeline(packed: Uint8Array, faceId: number): TimelineRow[] {
  const { bytes, count, header, hasPose, units } = inflated(packed);
  const integersAt = header + 8 * TIMES.length * count;
  const time = (column: number, row: number): number => bytes.getFloat64(header + 8 * (column * count + row), true);
  const integer = (column: number, row: number): number => bytes.getInt32(integersAt + 4 * (column * count + row), true);
  const value = (column: number, row: number, scale: number): number | null => {
    const whole = integer(column, row);
    return whole === MISSING ? null : whole / scale;
  };
  const [statusAt, confidenceAt] = [WHOLE.length, WHOLE.length + 1];
  const boxAt = confidenceAt + 1;
  const sharesAt = boxAt + BOX.length;
  const masksAt = sharesAt + EXPRESSIONS.length;
  const hasUnits = (row: number): boolean => ACTION_UNITS.some((_, unit) => integer(UNITS_AT + unit, row) !== MISSING);
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
            ...(units === 0 || !hasUnits(row) ? {} : { actionUnits: ACTION_UNITS.map((__, unit) => value(UNITS_AT + unit, row, SHARE)) }),
          }
        : null,
      ...(hasPose ? poseAndDoubt(value, row) : {}),
    };
  });
}

function poseAndDoubt(value: (column: number, row: number, scale: number) => number | null, row: number): Pick<TimelineRow, 'pose' | 'unusual'> {
  const angle = (name: (typeof POSE)[number]): number | null => value(FIRST_INTEGERS + POSE.indexOf(name), row, DEGREE);
  const [yaw, pitch, roll] = [angle('yaw'), angle('pitch'), angle('roll')];
  const bits = value(UNUSUAL_AT, row, 1);
  const pose = yaw === null || pitch === null || roll === null ? null : { yaw, pitch, roll };
  return { pose, unusual: bits === null ? null : reasonsOf(bits) };
}
