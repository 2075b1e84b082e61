import type { Notice } from '../../../shared/app/facts.ts';
import type { Split } from '../../../shared/domain/splits.ts';

/** One clip of a set: a video or a span of a video, with its labels. Times are in seconds of the video. */
export interface ClipRow {
  /** Origin of the row for messages: a line of a table, or the path of the video in a folder of classes. */
  readonly from: string | Notice;
  readonly path: string;
  /** Index into EXPRESSIONS; null for an unlabelled clip. */
  readonly label: number | null;
  readonly startS: number | null;
  readonly endS: number | null;
  readonly onsetS: number | null;
  readonly apexS: number | null;
  readonly offsetS: number | null;
  /** The participant's code; null where the set has none. */
  readonly participant: string | null;
  /** Groups of people for separate figures, for example a skin tone or a gender; several are separated by semicolons. */
  readonly group: string | null;
  readonly split: Split | null;
}

/** A row of which only the video is known. */
export function rowOfVideo(from: ClipRow['from'], path: string): Omit<ClipRow, 'label'> {
  return { from, path, startS: null, endS: null, onsetS: null, apexS: null, offsetS: null, participant: null, group: null, split: null };
}
