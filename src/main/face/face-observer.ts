import type { Picture } from '../../shared/domain/picture.ts';
import type { FaceStatus, HeadPose, PictureBox } from '../../shared/domain/timeline.ts';
import type { FacePlace } from './alignment.ts';
import { cropPlacement, placeOf, smoothedPlace } from './alignment.ts';
import type { DetectionMemory, DetectorSessions, Region } from './detector.ts';
import { FaceDetector, joinOverlapping, NEAR_SIDE, SAME_FACE_OVERLAP, SEARCH_SIDE } from './detector.ts';
import type { Detection } from './face-geometry.ts';
import { overlap } from './face-geometry.ts';
import { headPoseOf } from './head-pose.ts';
import type { PictureCells } from './picture-cells.ts';
import { cellsOf } from './picture-cells.ts';
import { resampleRgb } from './resample.ts';
import { lookOf } from './look.ts';
import { SceneCuts } from './scene-cuts.ts';
import { closeUpOf, SearchPlan } from './search-plan.ts';
import type { Track } from './tracker.ts';
import { CONTINUE_SCORE, FaceTracker } from './tracker.ts';

export interface FaceOptions {
  /** Lowest score of a detection that may begin a track, 0..1. */
  readonly beginScore: number;
  /** Lowest mean score over its probation with which a track is confirmed, 0..1; lower for faces under 40 px (tracker.ts). */
  readonly believedScore: number;
  /** A face with a lower score has the status low_confidence, 0..1. */
  readonly confidentScore: number;
  /** A narrower face has the status low_confidence, in pixels of the video. */
  readonly confidentWidth: number;
  /** Width in pixels of the smallest face to search for. */
  readonly smallestFace: number;
  /** A face that is absent for longer gets a new id, in seconds. */
  readonly longestGap: number;
  /** Faces are detected in every n-th sample. Between two of them, the place of a face is interpolated. */
  readonly searchEvery: number;
}

/** Detection once per slot (two samples), because a timeline row reports for a slot whether a face is present. */
export const DEFAULT_FACE_OPTIONS: FaceOptions = {
  beginScore: 0.5,
  believedScore: 0.7,
  confidentScore: 0.6,
  confidentWidth: 40,
  smallestFace: 12,
  longestGap: 2,
  searchEvery: 2,
};

/** One face in one sample. `crop` is [side, side, 3] RGB bytes. `crop` and `box` are null where the face is absent. */
export interface FaceObservation {
  readonly faceId: number;
  readonly sample: number;
  readonly status: FaceStatus;
  readonly score: number | null;
  readonly box: PictureBox | null;
  readonly crop: Uint8Array | null;
  /** The place of the crop in the picture. */
  readonly place?: FacePlace | null;
  /** Of a detected face; absent between two detections. */
  readonly pose?: HeadPose | null;
  /** Whether the picture changed to another scene, or the recording had a hole, since the face's last observation. */
  readonly isAfterCut?: boolean;
}

/** A sampled picture. The observer calls `release` as soon as it no longer needs the picture. */
export interface ObservablePicture {
  readonly sample: number;
  /** Null where nothing was recorded: every face is absent. */
  readonly picture: Picture | null;
  release(): void;
}

/** A picture with its cells and how much they changed since the picture before; null where there is none. */
interface SeenPicture {
  readonly seen: ObservablePicture;
  readonly cells: PictureCells | null;
  readonly change: number | null;
}

/** Observations are returned this many samples later: alignment uses as many samples after a sample as before it. */
const LOOK_AHEAD = 6;
/** If a close-up detection of a known face has a lower score, the whole picture is searched too. */
const RELIABLE_SCORE = 0.5;
/** The score of a close-up detection below which a face may be upside down. */
const UPRIGHT_SCORE = 0.8;
/** Each track is compared with itself turned over so often at first, and then in every fifth detection with a low score. */
const FIRST_COMPARISONS = 4;
const DETECTIONS_PER_COMPARISON = 5;
/** After so many missed detections in a row the face is not yet absent: its place is interpolated. */
const LONGEST_MISS = 1;

/**
 * Converts sampled pictures to aligned faces over time: detection, tracking, smoothed alignment, crops from the full
 * picture. `see` must get the pictures in order. It returns observations a few samples later, in order for each face.
 */
export class FaceObserver {
  readonly #detectors: Readonly<Record<keyof DetectorSessions, FaceDetector>>;
  readonly #memory: DetectionMemory | null;
  readonly #plan: SearchPlan;
  readonly #options: FaceOptions;
  readonly #tracker: FaceTracker;
  readonly #cropSide: number;
  /** Stands for all crops that are not needed. */
  readonly #noCrop: Uint8Array;
  readonly #waiting: ObservablePicture[] = [];
  /** Whether the oldest waiting picture can be observed: all that its crops depend on is known. */
  #isOldestDue = false;
  readonly #cutFinder = new SceneCuts();
  /** The next picture: whether it begins another scene is known when the one after it has come. */
  #next: SeenPicture | undefined;
  /** The first samples of scenes, and of recordings after a hole. */
  readonly #cuts: number[] = [];
  #wasCut = false;
  #wasHole = false;
  /** The last observed sample of each face. */
  readonly #lastObserved = new Map<Track, number>();
  /** Samples in which a face was absent. They are reported once the face is back. */
  readonly #away = new Map<Track, number[]>();
  /** Time spent on cropping, in milliseconds. */
  cropMilliseconds = 0;

  /** @param memory what an interrupted analysis of the same video has found; null without one */
  constructor(
    detectors: DetectorSessions,
    size: { readonly width: number; readonly height: number },
    sampleRate: number,
    cropSide: number,
    options: FaceOptions,
    memory: DetectionMemory | null = null,
  ) {
    this.#detectors = { search: new FaceDetector(detectors.search, SEARCH_SIDE), near: new FaceDetector(detectors.near, NEAR_SIDE) };
    this.#memory = memory;
    this.#noCrop = new Uint8Array(cropSide * cropSide * 3);
    this.#plan = new SearchPlan(size, options.smallestFace);
    this.#options = options;
    this.#cropSide = cropSide;
    this.#tracker = new FaceTracker({
      beginScore: options.beginScore,
      confirmScore: options.believedScore,
      longestGap: Math.max(LOOK_AHEAD + 1, Math.round(options.longestGap * sampleRate)),
      probation: LOOK_AHEAD + 1,
    });
  }

  /**
   * Processes the next picture.
   * @returns observations of an earlier sample, and the ids of faces whose track has ended
   */
  async see(seen: ObservablePicture): Promise<{ observations: FaceObservation[]; gone: number[] }> {
    if (seen.picture === null) this.#cutFinder.restart();
    const cells = seen.picture === null ? null : cellsOf(seen.picture);
    const change = cells === null ? null : this.#cutFinder.change(cells);
    const before = this.#next;
    this.#next = { seen, cells, change };
    return before === undefined ? { observations: [], gone: [] } : this.#process(before, change);
  }

  async #process({ seen, cells, change }: SeenPicture, nextChange: number | null): Promise<{ observations: FaceObservation[]; gone: number[] }> {
    const isCut = change !== null && this.#cutFinder.isCut(change, nextChange);
    if (isCut) {
      this.#tracker.cut();
      this.#wasCut = true;
    }
    if (isCut || (this.#wasHole && seen.picture !== null)) this.#cuts.push(seen.sample);
    this.#wasHole = seen.picture === null;
    const detecting = this.#isDetectionDue(seen.sample) ? this.#detect(seen, cells) : null;
    // Cropping takes about as long as a detection, which another process makes meanwhile.
    const observations = this.#observeDue();
    const ended = detecting === null ? [] : this.#tracker.step(seen.sample, await detecting);
    this.#waiting.push(seen);
    for (const track of this.#tracker.candidates) if (track.turn !== track.turnRead) await this.#readTurned(track);
    for (const track of ended) {
      this.#away.delete(track);
      this.#lastObserved.delete(track);
    }
    this.#isOldestDue = this.#waiting.length > LOOK_AHEAD;
    return { observations, gone: ended.map(({ id }) => id) };
  }

  /** Searches a region of the picture of a sample, unless the result is known. */
  #find(model: keyof DetectorSessions, sample: number, picture: Picture, region: Region, turn = 0): Promise<Detection[]> {
    const find = (): Promise<Detection[]> => this.#detectors[model].detect(picture, region, CONTINUE_SCORE, turn);
    return this.#memory === null ? find() : this.#memory.detections({ sample, model, region, threshold: CONTINUE_SCORE, turn }, find);
  }

  #isDetectionDue(sample: number): boolean {
    return sample % this.#options.searchEvery === 0;
  }

  /** Detects known faces in close-up regions, then searches the regions that are due. */
  async #detect({ sample, picture }: ObservablePicture, cells: PictureCells | null): Promise<Detection[]> {
    if (picture === null || cells === null) return [];
    const tracks = this.#tracker.candidates;
    const detection = sample / this.#options.searchEvery;
    const near = (await Promise.all(tracks.map((track) => this.#detectNear(track, sample, picture)))).flat();
    const reliable = joinOverlapping(near.filter(({ score }) => score >= RELIABLE_SCORE));
    const isSeen = ({ latest }: Track): boolean => reliable.some(({ box }) => overlap(box, latest.box) > 0);
    const isLost = this.#wasCut || !(tracks.length > 0 && tracks.every(isSeen));
    this.#wasCut = false;
    const regions = this.#plan.regionsFor(detection, { cells, isLost, known: reliable.map(({ box }) => closeUpOf(box)) });
    const found = await Promise.all(regions.map((region) => this.#find('search', sample, picture, region)));
    // A reliable close-up detection is not averaged with detections of the search model: their points differ slightly, and
    // the crop would jump at every search.
    const others = [...near, ...found.flat()].filter(({ box }) => reliable.every((face) => overlap(face.box, box) <= SAME_FACE_OVERLAP));
    return [...reliable, ...joinOverlapping(others)].map((face) => ({ ...face, look: lookOf(picture, face) }));
  }

  /** Searches the close-up of a known face, in its direction; at first, and where it is hardly recognised, also turned over. */
  async #detectNear(track: Track, sample: number, picture: Picture): Promise<Detection[]> {
    const region = closeUpOf(track.latest.box);
    const faces = await this.#find('near', sample, picture, region, track.turn);
    const score = faces[0]?.score ?? 0;
    const isDue = track.comparisons < FIRST_COMPARISONS || (score < UPRIGHT_SCORE && (sample / this.#options.searchEvery) % DETECTIONS_PER_COMPARISON === 0);
    if (!isDue || track.isBeforeCut) return faces;
    const over = await this.#find('near', sample, picture, region, (track.turn + 2) % 4);
    const before = track.turn;
    track.compare(score, over[0]?.score ?? 0);
    return track.turn === before ? faces : over;
  }

  /** Reads a face again in the waiting pictures after its turn has become known: the points of a turned face were inexact. */
  async #readTurned(track: Track): Promise<void> {
    track.turnRead = track.turn;
    for (const { sample, picture } of this.#waiting) {
      const found = track.detections.get(sample);
      if (picture === null || found === undefined) continue;
      const [face] = await this.#find('near', sample, picture, closeUpOf(found.box), track.turn);
      if (face !== undefined) track.replace(sample, { ...face, look: lookOf(picture, face) });
    }
  }

  /** Must be called after the last picture. Returns the remaining observations. */
  async finish(): Promise<FaceObservation[]> {
    const rest: FaceObservation[] = [];
    if (this.#next !== undefined) rest.push(...(await this.#process(this.#next, null)).observations);
    this.#next = undefined;
    rest.push(...this.#observeDue());
    const last = this.#waiting.at(-1);
    if (last !== undefined) this.#tracker.finish(last.sample);
    while (this.#waiting.length > 0) rest.push(...this.#observeOldest());
    return rest;
  }

  #observeDue(): FaceObservation[] {
    if (!this.#isOldestDue) return [];
    this.#isOldestDue = false;
    return this.#observeOldest();
  }

  #observeOldest(): FaceObservation[] {
    const seen = this.#waiting.shift()!;
    const observations: FaceObservation[] = [];
    for (const track of this.#tracker.confirmed) {
      if (track.first <= seen.sample) observations.push(...this.#observe(track, seen));
      track.forgetBefore(seen.sample - LOOK_AHEAD);
    }
    seen.release();
    return observations;
  }

  #observe(track: Track, { sample, picture }: ObservablePicture): FaceObservation[] {
    const detection = track.detections.get(sample);
    const away = this.#away.get(track) ?? [];
    const between = detection === undefined ? this.#neighbours(track, sample) : [];
    if (picture === null || (detection === undefined && between.length === 0)) {
      this.#away.set(track, [...away, sample]);
      return [];
    }
    this.#away.delete(track);
    const absences = away.map((missed): FaceObservation => ({ faceId: track.id, sample: missed, status: 'no_face', score: null, box: null, crop: null }));
    const { crop, place } = this.#cutOut(track, sample, picture);
    const observed: FaceObservation[] = [
      ...absences,
      detection === undefined ? { ...this.#interpolated(track, sample, between, crop), place } : { ...this.#detected(track, sample, detection, crop), place },
    ];
    return observed.map((each) => this.#withCut(track, each));
  }

  /** Marks the first observation of a face after a cut. */
  #withCut(track: Track, observation: FaceObservation): FaceObservation {
    const last = this.#lastObserved.get(track);
    this.#lastObserved.set(track, observation.sample);
    return last === undefined || !this.#isCutBetween(last, observation.sample) ? observation : { ...observation, isAfterCut: true };
  }

  /** Whether a scene begins after sample `a` and not after sample `b`, or the other way round. */
  #isCutBetween(a: number, b: number): boolean {
    return this.#cuts.some((cut) => cut > Math.min(a, b) && cut <= Math.max(a, b));
  }

  /**
   * The detections before and after a sample, where both exist and are near; else none. At a cut, the one on the same side of it is
   * enough.
   */
  #neighbours(track: Track, sample: number): Detection[] {
    const { searchEvery } = this.#options;
    const keys = [...track.detections.keys()].filter((key) => !this.#isCutBetween(key, sample));
    const before = Math.max(...keys.filter((key) => key < sample));
    const after = Math.min(...keys.filter((key) => key > sample));
    if (after - before <= (LONGEST_MISS + 1) * searchEvery) return [track.detections.get(before)!, track.detections.get(after)!];
    if (sample - before < searchEvery && this.#isCutBetween(sample, sample + searchEvery)) return [track.detections.get(before)!];
    if (after - sample < searchEvery && this.#isCutBetween(sample - searchEvery, sample)) return [track.detections.get(after)!];
    return [];
  }

  /** An interpolated face, between two detections or at a missed one. Its status is no better than that of its neighbours. */
  #interpolated(track: Track, sample: number, between: readonly Detection[], crop: Uint8Array): FaceObservation {
    const due = !this.#isDetectionDue(sample) && between.every((detection) => this.#statusOf(detection) === 'ok');
    return { faceId: track.id, sample, status: due ? 'ok' : 'low_confidence', score: null, box: null, crop };
  }

  #detected(track: Track, sample: number, detection: Detection, crop: Uint8Array): FaceObservation {
    const { score, box, points } = detection;
    return { faceId: track.id, sample, status: this.#statusOf(detection), score, box, crop, pose: headPoseOf(points) };
  }

  #statusOf({ score, box }: Detection): FaceStatus {
    return score >= this.#options.confidentScore && box.width >= this.#options.confidentWidth ? 'ok' : 'low_confidence';
  }

  #cutOut(track: Track, sample: number, picture: Picture): { crop: Uint8Array; place: FacePlace } {
    const start = performance.now();
    const around = new Map<number, FacePlace>();
    for (const [key, { points }] of track.detections) {
      if (Math.abs(key - sample) <= LOOK_AHEAD && !this.#isCutBetween(key, sample)) around.set(key, placeOf(points));
    }
    const place = smoothedPlace(sample, around);
    if (sample < (this.#memory?.firstCrop ?? 0)) return { crop: this.#noCrop, place };
    const crop = new Uint8Array(this.#cropSide * this.#cropSide * 3);
    resampleRgb(picture, cropPlacement(place, this.#cropSide), this.#cropSide, this.#cropSide, crop, 'edge');
    this.cropMilliseconds += performance.now() - start;
    return { crop, place };
  }
}
