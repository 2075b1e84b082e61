import { z } from 'zod';

/**
 * Edits of face tracks by hand. The analysis stays as it was: an edit says as which face a detected face is shown, and from when.
 * So a face that is shown can have parts of several detected faces, and a detected face can be shown as several faces.
 */
export interface TrackChange {
  /** The number that the analysis gave. */
  readonly face: number;
  /** Seconds on the video's clock; null for the start. The change applies until the next one of the same detected face. */
  readonly fromS: number | null;
  /** The number under which the face is shown. */
  readonly to: number;
}

/** The changes of one video in one run, by face and time. A detected face without changes is shown under its own number. */
export type TrackEdits = readonly TrackChange[];
export const NO_TRACK_EDITS: TrackEdits = [];

/** Half-open. */
export interface TimeSpan {
  readonly startS: number;
  readonly endS: number;
}
export const ALWAYS: TimeSpan = { startS: -Infinity, endS: Infinity };

const face = z.int().positive();
const editsSchema = z.array(z.strictObject({ face, fromS: z.number().nullable(), to: face }));

/** Reads stored edits. A project comes from elsewhere: what is not a list of edits changes no face. */
export function parseTrackEdits(stored: string): TrackEdits {
  try {
    const { success, data } = editsSchema.safeParse(JSON.parse(stored));
    return success ? inOrder(data) : NO_TRACK_EDITS;
  } catch {
    return NO_TRACK_EDITS;
  }
}

/** Edits as they are stored. Equal edits have equal texts. */
export const storedTrackEdits = (edits: TrackEdits): string => JSON.stringify(edits.map(({ face: of, fromS, to }) => ({ face: of, fromS, to })));

const fromOf = ({ fromS }: TrackChange): number => fromS ?? -Infinity;
const inOrder = (edits: TrackEdits): TrackChange[] => edits.toSorted((a, b) => a.face - b.face || (fromOf(a) < fromOf(b) ? -1 : 1));

/** The face as which a detected face is shown at a time. */
export function shownAs(edits: TrackEdits, detected: number, atS: number): number {
  let shown = detected;
  for (const change of edits) if (change.face === detected && fromOf(change) <= atS) shown = change.to;
  return shown;
}

/** All faces as which a detected face is shown at some time. */
export function facesOfDetected(edits: TrackEdits, detected: number): number[] {
  const own = edits.filter((change) => change.face === detected);
  return [...new Set([...(own.some(({ fromS }) => fromS === null) ? [] : [detected]), ...own.map(({ to }) => to)])];
}

/** The faces that are shown, in ascending order. @param detected the faces of the analysis */
export function facesShown(edits: TrackEdits, detected: readonly number[]): number[] {
  return [...new Set(detected.flatMap((each) => facesOfDetected(edits, each)))].sort((a, b) => a - b);
}

/** The detected faces that are shown as a face at some time. */
export function sourcesOf(edits: TrackEdits, shown: number, detected: readonly number[]): number[] {
  return detected.filter((each) => facesOfDetected(edits, each).includes(shown));
}

/** Whether exactly the whole detected face of this number is shown as a face. */
export function isUntouched(edits: TrackEdits, shown: number): boolean {
  return edits.every((change) => change.face !== shown && change.to !== shown);
}

/** The edits after what is shown as one face in a span is shown as another one. */
export function movedTo(edits: TrackEdits, detected: readonly number[], from: number, { startS, endS }: TimeSpan, to: number): TrackEdits {
  return remapped(edits, detected, [startS, endS], (_, atS, shown) => (shown === from && startS <= atS && atS < endS ? to : shown));
}

/**
 * The edits that show each detected face as `shownOf` says, without changes that change nothing.
 * @param boundaries times, in seconds, at which `shownOf` may change beside those of the edits
 */
export function remapped(
  edits: TrackEdits,
  detected: readonly number[],
  boundaries: readonly number[],
  shownOf: (detected: number, atS: number, shown: number) => number,
): TrackEdits {
  const changes = detected.flatMap((each) => {
    const own = edits.filter((change) => change.face === each).map(fromOf);
    const times = [...new Set([-Infinity, ...own, ...boundaries])].filter((atS) => atS < Infinity).sort((a, b) => (a < b ? -1 : 1));
    let before = each;
    return times.flatMap((atS): TrackChange[] => {
      const to = shownOf(each, atS, shownAs(edits, each, atS));
      if (to === before) return [];
      before = to;
      return [{ face: each, fromS: atS === -Infinity ? null : atS, to }];
    });
  });
  return inOrder(changes);
}

/** The times at which a detected face begins to be shown as another one, without its start. */
export const changeTimes = (edits: TrackEdits, detected: number): number[] =>
  edits.flatMap(({ face: of, fromS }) => (of === detected && fromS !== null ? [fromS] : []));
