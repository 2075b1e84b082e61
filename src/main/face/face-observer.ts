import type { Picture } from '../../shared/domain/picture.ts';
import type { FaceStatus, PictureBox } from '../../shared/domain/timeline.ts';
import type { FacePlace } from './alignment.ts';
import { cropPlacement, placeOf, smoothedPlace } from './alignment.ts';
import type { DetectorSessions } from './detector.ts';
import { FaceDetector, joinOverlapping, NEAR_SIDE, SAME_FACE_OVERLAP, SEARCH_SIDE } from './detector.ts';
import type { Detection } from './face-geometry.ts';
import { overlap } from './face-geometry.ts';
import { resampleRgb } from './resample.ts';
import { nearLook, SearchPlan } from './search-plan.ts';
import type { Track } from './tracker.ts';
import { CONTINUE_SCORE, FaceTracker } from './tracker.ts';

export interface FaceOptions {
  /** Score from which a detection may begin a track, 0..1. */
  readonly beginScore: number;
  /** Mean score over its first looks that a track needs to be believed, 0..1; faces under 40 px need less (tracker.ts). */
  readonly believedScore: number;
  /** A face scored lower is marked low_confidence, 0..1. */
  readonly confidentScore: number;
  /** A face narrower than this is marked low_confidence, in pixels of the video. */
  readonly confidentWidth: number;
  /** Width in pixels of the smallest face to search for. */
  readonly smallestFace: number;
  /** A face that is away for longer than this gets a new id, in seconds. */
  readonly longestGap: number;
  /** Search for faces in every n-th sample; between two searches a face's place lies on the line through them. */
  readonly searchEvery: number;
}

/** One search a time slot (two samples): the finest time at which a timeline says whether there is a face. */
export const DEFAULT_FACE_OPTIONS: FaceOptions = {
  beginScore: 0.5,
  believedScore: 0.7,
  confidentScore: 0.6,
  confidentWidth: 40,
  smallestFace: 12,
  longestGap: 2,
  searchEvery: 2,
};

/** One face in one sample. `crop` is [side, side, 3] RGB; it and the box are null where the face is away. */
export interface FaceObservation {
  readonly faceId: number;
  readonly sample: number;
  readonly status: FaceStatus;
  readonly score: number | null;
  readonly box: PictureBox | null;
  readonly crop: Uint8Array | null;
  /** Where the crop lies in the picture. */
  readonly place?: FacePlace | null;
}

/** A picture on its way through the observer; it is handed back as soon as it is not needed. */
export interface ObservablePicture {
  readonly sample: number;
  readonly picture: Picture;
  release(): void;
}

/** Samples by which observations follow the pictures: alignment looks as far ahead as behind. */
const LOOK_AHEAD = 6;
/** A near look that scores lower has not seen the face: the whole picture is searched too. */
const SURE_SCORE = 0.5;
/** A detector that blinks for so many looks has not lost the face: its place lies between its neighbours. */
const LONGEST_BLINK = 1;

/**
 * From sampled pictures to aligned faces over time: detection, tracking, smoothed alignment, crops from the full
 * picture. Pictures go in with `see`, in order; observations come out a few samples later, in order for each face.
 */
export class FaceObserver {
  readonly #search: FaceDetector;
  readonly #near: FaceDetector;
  readonly #plan: SearchPlan;
  readonly #options: FaceOptions;
  readonly #tracker: FaceTracker;
  readonly #cropSide: number;
  readonly #waiting: ObservablePicture[] = [];
  /** Samples in which a face was away and that are told once it is back. */
  readonly #away = new Map<Track, number[]>();
  /** Milliseconds spent on cutting out crops. */
  cropMilliseconds = 0;

  constructor(
    detectors: DetectorSessions,
    size: { readonly width: number; readonly height: number },
    sampleRate: number,
    cropSide: number,
    options: FaceOptions,
  ) {
    this.#search = new FaceDetector(detectors.search, SEARCH_SIDE);
    this.#near = new FaceDetector(detectors.near, NEAR_SIDE);
    this.#plan = new SearchPlan(size, options.smallestFace);
    this.#options = options;
    this.#cropSide = cropSide;
    this.#tracker = new FaceTracker({
      beginScore: options.beginScore,
      believedScore: options.believedScore,
      longestGap: Math.max(LOOK_AHEAD + 1, Math.round(options.longestGap * sampleRate)),
      probation: LOOK_AHEAD + 1,
    });
  }

  /**
   * Takes in the next picture.
   * @returns observations of an earlier sample, and the ids of faces that have gone for good
   */
  async see(seen: ObservablePicture): Promise<{ observations: FaceObservation[]; gone: number[] }> {
    const ended = this.#looksAt(seen.sample) ? this.#tracker.step(seen.sample, await this.#look(seen)) : [];
    this.#waiting.push(seen);
    for (const track of ended) this.#away.delete(track);
    const observations = this.#waiting.length > LOOK_AHEAD ? this.#observeOldest() : [];
    return { observations, gone: ended.map(({ id }) => id) };
  }

  #looksAt(sample: number): boolean {
    return sample % this.#options.searchEvery === 0;
  }

  /** Near looks at the known faces, then searches where they are due. */
  async #look({ sample, picture }: ObservablePicture): Promise<Detection[]> {
    const tracks = this.#tracker.candidates;
    const near = (await Promise.all(tracks.map((track) => this.#near.detect(picture, nearLook(track), CONTINUE_SCORE)))).flat();
    const sure = joinOverlapping(near.filter(({ score }) => score >= SURE_SCORE));
    const isSeen = ({ latest }: Track): boolean => sure.some(({ box }) => overlap(box, latest.box) > 0);
    const regions = this.#plan.regionsFor(sample / this.#options.searchEvery, !(tracks.length > 0 && tracks.every(isSeen)));
    const found = await Promise.all(regions.map((region) => this.#search.detect(picture, region, CONTINUE_SCORE)));
    // What was seen well from near is not averaged with the other model's answer: its points lie a little differently,
    // and a face would twitch at every search.
    const doubtful = [...near, ...found.flat()].filter(({ box }) => sure.every((face) => overlap(face.box, box) <= SAME_FACE_OVERLAP));
    return [...sure, ...joinOverlapping(doubtful)];
  }

  /** After the last picture: the observations that are still due. */
  finish(): FaceObservation[] {
    const last = this.#waiting.at(-1);
    if (last !== undefined) this.#tracker.finish(last.sample);
    const rest: FaceObservation[] = [];
    while (this.#waiting.length > 0) rest.push(...this.#observeOldest());
    return rest;
  }

  #observeOldest(): FaceObservation[] {
    const seen = this.#waiting.shift()!;
    const observations: FaceObservation[] = [];
    for (const track of this.#tracker.believed) {
      if (track.first <= seen.sample) observations.push(...this.#observe(track, seen));
      track.forgetBefore(seen.sample - LOOK_AHEAD);
    }
    seen.release();
    return observations;
  }

  #observe(track: Track, { sample, picture }: ObservablePicture): FaceObservation[] {
    const detection = track.detections.get(sample);
    const away = this.#away.get(track) ?? [];
    const between = detection === undefined ? neighbours(track, sample, (LONGEST_BLINK + 1) * this.#options.searchEvery) : [];
    if (detection === undefined && between.length === 0) {
      this.#away.set(track, [...away, sample]);
      return [];
    }
    this.#away.delete(track);
    const told = away.map((missed): FaceObservation => ({ faceId: track.id, sample: missed, status: 'no_face', score: null, box: null, crop: null }));
    const { crop, place } = this.#cutOut(track, sample, picture);
    return [
      ...told,
      detection === undefined
        ? { ...this.#interpolated(track, sample, between, crop), place }
        : { faceId: track.id, sample, status: this.#statusOf(detection), score: detection.score, box: detection.box, crop, place },
    ];
  }

  /** A face between two looks, or while the detector blinked: no surer than the detections on both sides. */
  #interpolated(track: Track, sample: number, between: readonly Detection[], crop: Uint8Array): FaceObservation {
    const due = !this.#looksAt(sample) && between.every((detection) => this.#statusOf(detection) === 'ok');
    return { faceId: track.id, sample, status: due ? 'ok' : 'low_confidence', score: null, box: null, crop };
  }

  #statusOf({ score, box }: Detection): FaceStatus {
    return score >= this.#options.confidentScore && box.width >= this.#options.confidentWidth ? 'ok' : 'low_confidence';
  }

  #cutOut(track: Track, sample: number, picture: Picture): { crop: Uint8Array; place: FacePlace } {
    const start = performance.now();
    const around = new Map<number, FacePlace>();
    for (const [key, { points }] of track.detections) if (Math.abs(key - sample) <= LOOK_AHEAD) around.set(key, placeOf(points));
    const crop = new Uint8Array(this.#cropSide * this.#cropSide * 3);
    const place = smoothedPlace(sample, around);
    resampleRgb(picture, cropPlacement(place, this.#cropSide), this.#cropSide, this.#cropSide, crop, 'edge');
    this.cropMilliseconds += performance.now() - start;
    return { crop, place };
  }
}

/** The detections before and after a sample where both are there and no farther apart than `reach`; else none. */
function neighbours(track: Track, sample: number, reach: number): Detection[] {
  let before = -Infinity;
  let after = Infinity;
  for (const key of track.detections.keys()) {
    if (key < sample) before = Math.max(before, key);
    else after = Math.min(after, key);
  }
  return after - before <= reach ? [track.detections.get(before)!, track.detections.get(after)!] : [];
}
