import type { TimeSpan, TrackEdits } from '../../shared/domain/face-tracks.ts';
import { changeTimes, shownAs, sourcesOf } from '../../shared/domain/face-tracks.ts';
import type { ProjectDatabase } from './store/database.ts';
import { detectedNumbers, isVisible, readSlots } from './tracked-faces.ts';

/** The slots in which a face is visible, joined while they are of one detected face. */
interface VisiblePart extends TimeSpan {
  readonly detected: number;
}

/** Finds the detected faces behind the faces that are shown, for one video in one run. Timelines are read when they are needed. */
export class FaceSources {
  readonly #db: ProjectDatabase;
  readonly #run: string;
  readonly #video: string;
  readonly #edits: TrackEdits;
  readonly #detected: readonly number[];
  readonly #sources = new Map<number, readonly number[]>();
  readonly #parts = new Map<number, readonly VisiblePart[]>();

  constructor(db: ProjectDatabase, run: string, video: string, edits: TrackEdits) {
    this.#db = db;
    this.#run = run;
    this.#video = video;
    this.#edits = edits;
    this.#detected = detectedNumbers(db, run, video);
  }

  /** The detected faces that are shown as a face at some time. */
  of(face: number): readonly number[] {
    const known = this.#sources.get(face) ?? sourcesOf(this.#edits, face, this.#detected);
    this.#sources.set(face, known);
    return known;
  }

  /**
   * The detected face that a face is of at a time: of several the visible one, else the one that was visible last, else the next one.
   * @returns `isShown` is false if no detected face is shown as this face then; undefined for a face that no track has
   */
  at(face: number, atS: number): { readonly detected: number; readonly isShown: boolean } | undefined {
    const sources = this.of(face);
    const shown = sources.filter((each) => shownAs(this.#edits, each, atS) === face);
    const [first] = shown.length > 0 ? shown : sources;
    if (first === undefined) return undefined;
    const isShown = shown.length > 0;
    const possible = isShown ? shown : sources;
    if (possible.length === 1) return { detected: first, isShown };
    const parts = this.#partsOf(face).filter(({ detected }) => possible.includes(detected));
    const part = parts.findLast(({ startS }) => startS <= atS) ?? parts[0];
    return { detected: part?.detected ?? first, isShown };
  }

  /** The times at which another detected face may be behind a face. */
  boundaries(face: number): number[] {
    const sources = this.of(face);
    const changes = sources.flatMap((each) => changeTimes(this.#edits, each));
    return sources.length < 2 ? changes : [...changes, ...this.#partsOf(face).map(({ startS }) => startS)];
  }

  #partsOf(face: number): readonly VisiblePart[] {
    const known = this.#parts.get(face);
    if (known !== undefined) return known;
    const parts: { startS: number; endS: number; detected: number }[] = [];
    for (const { row, detected } of readSlots(this.#db, this.#run, this.#video, face, this.#edits)) {
      if (!isVisible(row)) continue;
      const last = parts.at(-1);
      if (last?.detected === detected) last.endS = row.endS;
      else parts.push({ startS: row.startS, endS: row.endS, detected });
    }
    this.#parts.set(face, parts);
    return parts;
  }
}
