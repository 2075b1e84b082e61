/**
 * Layouts of time series: those of programs that measure faces, recognised by their headers, and the general one. Of the former, the
 * measured series are taken: action units, emotions, valence, arousal, head pose and gaze; not landmarks and embeddings.
 */
export interface SeriesLayout {
  readonly name: 'OpenFace' | 'Py-Feat' | 'FaceReader' | null;
  /** Column with the times; null if none is known. */
  readonly time: string | null;
  /** frames: the times are numbers of frames of the video, of which the presentation times count. */
  readonly timeKind: 'seconds' | 'frames';
  /** Whether a series of a column is taken without being named. */
  readonly isMeasured: ((column: string) => boolean) | null;
  readonly unitOf: (column: string) => string;
  /** Column that tells the faces of one picture apart. */
  readonly face: string | null;
  /** Column that is 0 in rows without a face, which the program fills with zeros. */
  readonly success: string | null;
  /** Values that are written with letters. */
  readonly levels: Readonly<Record<string, number>>;
}

const NAMES_OF_TIME = ['time_s', 'time', 'timestamp', 'seconds', 't', 'time_ms', 'timestamp_ms'];

/** Intensities of FACS, as FaceReader writes them. */
const FACS_LEVELS = { NotActive: 0, A: 1, B: 2, C: 3, D: 4, E: 5 } as const;

const OPENFACE: SeriesLayout = {
  ...{ name: 'OpenFace', time: 'timestamp', timeKind: 'seconds', face: 'face_id', success: 'success', levels: {} },
  isMeasured: (column) => /^(?:AU\d\d_[rc]|pose_[TR][xyz]|gaze_(?:[01]_[xyz]|angle_[xy]))$/.test(column),
  unitOf: (column) => (/^pose_T/.test(column) ? 'mm' : /^(?:pose_R|gaze_angle)/.test(column) ? 'rad' : ''),
};

const PY_FEAT: SeriesLayout = {
  ...{ name: 'Py-Feat', time: 'frame', timeKind: 'frames', face: 'Identity', success: null, levels: {} },
  isMeasured: (column) =>
    /^(?:AU\d\d|Pitch|Roll|Yaw|[XYZ]|valence|arousal|gaze_(?:pitch|yaw|angle))$/.test(column) ||
    /^(?:neutral|happy|happiness|sad|sadness|surprise|fear|disgust|anger)$/i.test(column),
  unitOf: () => '',
};

const FACEREADER: SeriesLayout = {
  ...{ name: 'FaceReader', time: 'Video Time', timeKind: 'seconds', face: null, success: null, levels: FACS_LEVELS },
  isMeasured: (column) =>
    /^(?:Neutral|Happy|Sad|Angry|Surprised|Scared|Disgusted|Contempt|Valence|Arousal|Heart Rate|[XYZ] - Head Orientation)$/.test(column) ||
    column.startsWith('Action Unit'),
  unitOf: (column) => (column.endsWith('Head Orientation') ? '°' : column === 'Heart Rate' ? 'bpm' : ''),
};

/** The layout of a header. @param lead the first line of the file */
export function layoutOf(columns: readonly string[], lead: string): SeriesLayout {
  const has = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name));
  if (/^\W*video analysis detailed log/i.test(lead) && has('Video Time')) return FACEREADER;
  if (has('frame', 'timestamp', 'confidence', 'success')) return OPENFACE;
  if (has('frame') && (has('FaceRectX') || has('FaceScore') || has('approx_time'))) return PY_FEAT;
  const time = NAMES_OF_TIME.map((name) => columns.find((column) => column.toLowerCase().replace(/\s*[([].*/, '') === name)).find((each) => each !== undefined);
  const general = { name: null, timeKind: 'seconds', face: null, success: null, levels: {}, isMeasured: null } as const;
  return { ...general, time: time ?? null, unitOf: (column) => /[([](?<unit>[^)\]]+)[)\]]\s*$/.exec(column)?.groups?.['unit'] ?? '' };
}

/** Whether a column of times is in milliseconds by its name: time_ms, Time (ms), milliseconds. */
export const isInMilliseconds = (column: string): boolean => /(?:^|[^a-z])ms\W*$|millisec/i.test(column);

/** Values that programs write where nothing was measured. */
const MISSING = new Set(['', 'nan', '-nan', '-nan(ind)', 'na', 'n/a', 'null', 'none', 'find_failed', 'fit_failed']);
const NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/i;

/** The number in a cell, also with a decimal comma; NaN for a missing value, null for another text. */
export function readingOf(cell: string, levels: SeriesLayout['levels'] = {}): number | null {
  if (NUMBER.test(cell)) return Number(cell.includes(',') ? cell.replace(',', '.') : cell);
  const text = cell.trim();
  if (text !== cell && NUMBER.test(text)) return Number(text.replace(',', '.'));
  return MISSING.has(text.toLowerCase()) ? NaN : (levels[text] ?? null);
}

/** Seconds of a cell: a number, or a clock such as 00:01:02.500; null for another text. */
export function secondsOf(cell: string, isMilliseconds: boolean): number | null {
  const clock = /^\s*(?:(?<hours>\d+):)?(?<minutes>\d{1,2}):(?<seconds>\d{1,2}(?:[.,]\d+)?)\s*$/.exec(cell)?.groups;
  if (clock !== undefined) return Number(clock['hours'] ?? 0) * 3600 + Number(clock['minutes']) * 60 + Number(clock['seconds']?.replace(',', '.'));
  const value = readingOf(cell);
  return value === null || Number.isNaN(value) ? null : isMilliseconds ? value / 1000 : value;
}
