import { stringify } from 'csv-stringify/sync';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import type { TimelineRow } from '../../shared/domain/timeline.ts';
import { clockText } from './clock.ts';

/** One video's frames with what was read of its faces, for logs in other programs' layouts. */
export interface FrameLog {
  readonly video: string;
  readonly path: string;
  readonly fps: number | null;
  /** Presentation time of every frame, in seconds. */
  readonly pts: Float64Array;
  /** Rows of one face, in time order. */
  readonly face: number;
  readonly rows: readonly TimelineRow[];
}

/** The row that holds at each frame; undefined between and outside of slots. */
export function* framesOf({ pts, rows }: FrameLog): Generator<{ frame: number; seconds: number; row: TimelineRow | undefined }> {
  let at = 0;
  for (let frame = 0; frame < pts.length; frame++) {
    while (at < rows.length && rows[at]!.endFrame <= frame) at++;
    const row = rows[at];
    yield { frame, seconds: pts[frame]!, row: row !== undefined && row.startFrame <= frame ? row : undefined };
  }
}

/**
 * A CSV with the columns of OpenFace's that we have: frame (from 1), face_id (from 0), timestamp, confidence, success. Boxes
 * and probabilities follow under names of our own; there are no landmarks, no gaze and no action units to give. Readers
 * strip the blanks that OpenFace puts after its commas; here are none.
 */
export function openFaceText(log: FrameLog): string {
  const columns = ['frame', 'face_id', 'timestamp', 'confidence', 'success', 'box_x', 'box_y', 'box_w', 'box_h', ...EXPRESSIONS.map((name) => `p_${name}`)];
  const rows = Array.from(framesOf(log), ({ frame, seconds, row }) => {
    const reading = row?.reading ?? null;
    const box = row?.box ?? null;
    return [
      ...[frame + 1, log.face - 1, seconds.toFixed(3), (row?.faceConfidence ?? 0).toFixed(2), reading === null ? 0 : 1],
      ...(box === null ? ['', '', '', ''] : [box.x, box.y, box.width, box.height].map((value) => value.toFixed(1))),
      ...EXPRESSIONS.map((_, i) => (reading === null ? '' : reading.probabilities[i]!.toFixed(4))),
    ];
  });
  return stringify([columns, ...rows]);
}

/** FaceReader's names, in its order. */
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

/** Hours, minutes, seconds, and milliseconds cut off, as FaceReader writes them. */
const clock = (seconds: number): string => clockText(Math.floor(1000 * seconds + 1e-6), '.');

/** A log in the layout of FaceReader's detailed one: tab-separated, header on line 11, a row a frame; no valence, no action units. */
export function faceReaderDetailedText(log: FrameLog, model: string, start: string): string {
  const lines = Array.from(framesOf(log), ({ seconds, row }) => {
    const reading = row?.reading ?? null;
    const cells = FACE_READER.map(([, name]) => (reading === null ? NO_FACE : reading.probabilities[EXPRESSIONS.indexOf(name)]!.toFixed(6)));
    return [clock(seconds), ...cells].join('\t');
  });
  return [...faceReaderHead('detailed', log, model, start), ['Video Time', ...FACE_READER.map(([name]) => name)].join('\t'), ...lines, ''].join('\r\n');
}

/** The same as FaceReader's state log: a row at each change of the strongest expression; 'Unknown' where there is no face. */
export function faceReaderStateText(log: FrameLog, model: string, start: string): string {
  const names = new Map<string, string>(FACE_READER.map(([theirs, ours]) => [ours, theirs]));
  const lines: string[] = [];
  let last = '';
  for (const { seconds, row } of framesOf(log)) {
    const state = row?.reading === null || row === undefined ? 'Unknown' : names.get(row.reading.label)!;
    if (state !== last) lines.push(`${clock(seconds)}\t${state}`);
    last = state;
  }
  return [...faceReaderHead('state', log, model, start), 'Video Time\tDominant Expression', ...lines, ''].join('\r\n');
}
