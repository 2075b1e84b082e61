import { stringify } from 'csv-stringify/sync';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import type { TimelineRow } from '../../shared/domain/timeline.ts';
import { clockText } from './clock.ts';

/** The frames of a video with the results for one face, for logs in the layouts of other programs. */
export interface FrameLog {
  readonly video: string;
  readonly path: string;
  readonly fps: number | null;
  /** Presentation time of every frame, in seconds. */
  readonly pts: Float64Array;
  readonly face: number;
  /** Rows of the face in time order. */
  readonly rows: readonly TimelineRow[];
}

/** The row of each frame; undefined outside the slots. */
export function* framesOf({ pts, rows }: FrameLog): Generator<{ frame: number; seconds: number; row: TimelineRow | undefined }> {
  let [row] = rows;
  let next = 1;
  for (const [frame, seconds] of pts.entries()) {
    while (row !== undefined && row.endFrame <= frame) row = rows[next++];
    yield { frame, seconds, row: row !== undefined && row.startFrame <= frame ? row : undefined };
  }
}

/**
 * A CSV with the known columns of OpenFace: frame (from 1), face_id (from 0), timestamp, confidence, success. Boxes and
 * probabilities follow in columns that OpenFace does not have. Landmarks, gaze and action units are missing. Unlike OpenFace,
 * there are no blanks after the commas; readers of such files ignore them anyway.
 */
export function openFaceText(log: FrameLog): string {
  const columns = ['frame', 'face_id', 'timestamp', 'confidence', 'success', 'box_x', 'box_y', 'box_w', 'box_h', ...EXPRESSIONS.map((name) => `p_${name}`)];
  const rows = Array.from(framesOf(log), ({ frame, seconds, row }) => {
    const reading = row?.reading ?? null;
    const box = row?.box ?? null;
    return [
      ...[frame + 1, log.face - 1, seconds.toFixed(3), (row?.faceConfidence ?? 0).toFixed(2), reading === null ? 0 : 1],
      ...(box === null ? ['', '', '', ''] : [box.x, box.y, box.width, box.height].map((value) => value.toFixed(1))),
      ...(reading === null ? EXPRESSIONS.map(() => '') : reading.probabilities.map((value) => value.toFixed(4))),
    ];
  });
  return stringify([columns, ...rows]);
}

/** The expressions of FaceReader in its order, with the corresponding classes. */
const FACE_READER = [
  ['Neutral', 'neutral'],
  ['Happy', 'happiness'],
  ['Sad', 'sadness'],
  ['Angry', 'anger'],
  ['Surprised', 'surprise'],
  ['Scared', 'fear'],
  ['Disgusted', 'disgust'],
] as const;
const NO_FACE = 'FIND_FAILED';

function faceReaderHead(kind: 'detailed' | 'state', { path, fps }: FrameLog, model: string, start: string): string[] {
  return [
    `Video analysis ${kind} log`,
    ...['', `Face Model\t${model}`, 'Calibration\t-', `Start time\t${start}`, `Filename\t${path}`, `Frame rate\t${(fps ?? 0).toFixed(9)}`, '', '', ''],
  ];
}

/** hh:mm:ss.mmm with truncated milliseconds, like FaceReader. */
const clock = (seconds: number): string => clockText(Math.floor(1000 * seconds + 1e-6), '.');

/** The layout of FaceReader's detailed log: tab-separated, header on line 11, a row per frame. Valence and action units are missing. */
export function faceReaderDetailedText(log: FrameLog, model: string, start: string): string {
  const lines = Array.from(framesOf(log), ({ seconds, row }) => {
    const reading = row?.reading ?? null;
    const cells = FACE_READER.map(([, name]) => reading?.probabilities[EXPRESSIONS.indexOf(name)]?.toFixed(6) ?? NO_FACE);
    return [clock(seconds), ...cells].join('\t');
  });
  return [...faceReaderHead('detailed', log, model, start), ['Video Time', ...FACE_READER.map(([name]) => name)].join('\t'), ...lines, ''].join('\r\n');
}

/** The layout of FaceReader's state log: a row at each change of the strongest expression; 'Unknown' without a face. */
export function faceReaderStateText(log: FrameLog, model: string, start: string): string {
  const names = new Map<string, string>(FACE_READER.map(([faceReaderName, name]) => [name, faceReaderName]));
  const lines: string[] = [];
  let last = '';
  for (const { seconds, row } of framesOf(log)) {
    const state = names.get(row?.reading?.label ?? '') ?? 'Unknown';
    if (state !== last) lines.push(`${clock(seconds)}\t${state}`);
    last = state;
  }
  return [...faceReaderHead('state', log, model, start), 'Video Time\tDominant Expression', ...lines, ''].join('\r\n');
}
