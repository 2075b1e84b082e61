import { mean } from '../../shared/basics/mean.ts';
import { placeOf } from './alignment.ts';
import type { Detection } from './face-geometry.ts';
import { centreOf, distance, overlap, turnedOver } from './face-geometry.ts';
import type { Look } from './look.ts';
import { SAME_PERSON, similarity } from './look.ts';

export interface TrackingOptions {
  /** Lowest score of a detection that may begin a track, 0..1. */
  readonly beginScore: number;
  /** Lowest mean score over its probation with which a track of a full-sized face is confirmed, 0..1; lower for small faces. */
  readonly confirmScore: number;
  /** Longest gap without a detection within one track, in samples. */
  readonly longestGap: number;
  /** Samples after which a new track is confirmed or dropped. */
  readonly probation: number;
}

/** Lowest score of a detection that may continue a track. */
export const CONTINUE_SCORE = 0.35;
/** A track is confirmed if it was detected in this share of the detector runs of its probation, and at least so often. */
const SHARE_IN_PROBATION = 0.6;
const FEWEST_DETECTIONS = 3;
/** A face is absent (turned away, covered, or a false detection) while its running mean score is below the confirmation score by more than this. */
const LOST_MARGIN = 0.06;
/**
 * On real clips, the back of a head scores 0.56 to 0.68, a face of 40 px or more at least 0.78, but a face of 12 to 20 px
 * only 0.5 to 0.8. The required score is therefore reduced for small faces, linearly from the full width to the small
 * width, by up to `allowance`.
 */
const SMALL_FACE = { allowance: 0.15, fullWidth: 40, smallWidth: 16 } as const;
const SCORE_MEMORY = 0.8;
/** A box with this share of its area inside a larger face is a part of that face. */
const PART_OF_FACE = 0.6;
/** Largest motion of a face from one sample to the next, in widths of the face; then the increase per missed sample and the limit. */
const REACH = 0.6;
const REACH_PER_MISS = 0.25;
const LONGEST_REACH = 1.5;
/** Largest ratio between the widths of two successive boxes of one face; then the increase per missed sample and the limit. */
const SIZE_RATIO = 1.6;
const SIZE_RATIO_PER_MISS = 0.1;
const LARGEST_SIZE_RATIO = 2;
/** A detection that overlaps a known face by this much (intersection over union) is that face, not a part of a larger one. */
const KNOWN_FACE = 0.5;
/** A face is upside down when the detector's score is higher by this much, in the mean, for the face turned over. */
const TURNED_OVER_LEAD = 0.05;
/** Comparisons before a track may be turned over. */
const FEWEST_COMPARISONS = 3;
const QUARTER = Math.PI / 2;

/** One face over time. */
export class Track {
  /** 1, 2, … in the order of first appearance; 0 until the track is confirmed. */
  id = 0;
  readonly first: number;
  /** Last sample with an accepted detection. */
  last: number;
  /** Accepted detections by sample; `forgetBefore` removes old ones. */
  readonly detections = new Map<number, Detection>();
  /** The last detection, accepted or not. The next close-up is centred on it. */
  latest: Detection;
  latestSample: number;
  /** Detector runs since the track began, with and without a detection of this face. */
  detectorRuns = 1;
  /** Running mean of the scores of its detections. */
  meanScore: number;
  /** Quarter turns of the face, clockwise. */
  turn = 0;
  /** The turn with which its stored detections were read. */
  turnRead = 0;
  /** Comparisons of the face with the same turned over, and their sum of differences of the scores. */
  comparisons = 0;
  #turnedOverLead = 0;
  /** The look at the last detection. */
  look: Look | undefined;
  /** Whether there was a cut since the last detection: only a face that plainly looks the same continues the track. */
  isBeforeCut = false;

  constructor(sample: number, detection: Detection) {
    this.first = sample;
    this.last = sample;
    this.latest = detection;
    this.latestSample = sample;
    this.detections.set(sample, detection);
    this.meanScore = detection.score;
    this.look = detection.look;
    this.#turnSideways(detection);
  }

  /** Adds the scores of one picture, read as the track is turned and turned over. Turns the track over if that is clearly better. */
  compare(score: number, turnedOverScore: number): void {
    this.comparisons += 1;
    this.#turnedOverLead += turnedOverScore - score;
    if (this.comparisons < FEWEST_COMPARISONS || this.#turnedOverLead < TURNED_OVER_LEAD * this.comparisons) return;
    this.turn = (this.turn + 2) % 4;
    this.#turnedOverLead *= -1;
    this.latest = turnedOver(this.latest);
    this.look = undefined;
    for (const [sample, detection] of this.detections) this.detections.set(sample, turnedOver(detection));
  }

  /** Replaces a stored detection by one that was read with the track's turn. */
  replace(sample: number, detection: Detection): void {
    if (this.detections.has(sample)) this.detections.set(sample, detection);
    if (sample === this.latestSample) {
      this.latest = detection;
      this.look = detection.look;
    }
  }

  /** Follows a head that lies on its side. The detector finds the points of such a face, but not of one that is upside down. */
  #turnSideways({ points }: Detection): void {
    const turned = placeOf(points).roll - this.turn * QUARTER;
    const away = Math.atan2(Math.sin(turned), Math.cos(turned));
    if (Math.abs(away) > 0.67 * QUARTER && Math.abs(away) < 1.33 * QUARTER) this.turn = (this.turn + (away > 0 ? 1 : 3)) % 4;
  }

  /** A detection in the track's direction. */
  #upright(detection: Detection): Detection {
    const turned = placeOf(detection.points).roll - this.turn * QUARTER;
    return Math.cos(turned) < -0.5 ? turnedOver(detection) : detection;
  }

  /** Adds a detection. It is accepted unless the track is confirmed and its running score is below `lostScore`: then the face is absent. */
  add(sample: number, found: Detection, lostScore: number): void {
    const detection = this.#upright(found);
    this.latest = detection;
    this.isBeforeCut = false;
    this.look = detection.look ?? this.look;
    this.#turnSideways(detection);
    this.latestSample = sample;
    this.meanScore = SCORE_MEMORY * this.meanScore + (1 - SCORE_MEMORY) * detection.score;
    if (this.id > 0 && this.meanScore < lostScore) return;
    this.detections.set(sample, detection);
    this.last = sample;
  }

  forgetBefore(sample: number): void {
    for (const key of this.detections.keys()) if (key < sample && key !== this.last) this.detections.delete(key);
  }
}

/**
 * Joins detections into tracks, so that a person keeps one id. A track begins with a good detection, is confirmed after a
 * probation, bridges gaps (no detections, or only low scores), and ends when its face has been absent for too long.
 */
export class FaceTracker {
  readonly #options: TrackingOptions;
  #tracks: Track[] = [];
  #nextId = 1;

  constructor(options: TrackingOptions) {
    this.#options = options;
  }

  /** Confirmed tracks that have not ended, in the order of their ids. */
  get confirmed(): readonly Track[] {
    return this.#tracks.filter(({ id }) => id > 0);
  }

  /** All tracks that have not ended, confirmed or not. */
  get candidates(): readonly Track[] {
    return this.#tracks;
  }

  /**
   * Adds the detections of one sample. Samples must come in order, each at most once.
   * @returns confirmed tracks that ended because their face was absent for too long
   */
  step(sample: number, detections: readonly Detection[]): Track[] {
    const whole = withoutParts(
      detections,
      this.confirmed.flatMap(({ latest, isBeforeCut }) => (isBeforeCut ? [] : [latest])),
    );
    const free = new Set(whole);
    for (const track of this.#tracks) track.detectorRuns += 1;
    for (const { track, detection } of this.#matches(sample, whole)) {
      track.add(sample, detection, this.#neededScore(track) - LOST_MARGIN);
      free.delete(detection);
    }
    for (const detection of free) {
      const covered = this.#tracks.some((track) => track.latestSample === sample && overlap(track.latest.box, detection.box) > 0.1);
      if (detection.score < this.#options.beginScore || covered) continue;
      const earlier = this.#plainlySame(detection);
      if (earlier === undefined) this.#tracks.push(new Track(sample, detection));
      else earlier.add(sample, detection, this.#neededScore(earlier) - LOST_MARGIN);
    }
    this.#endProbation(sample);
    return this.#endTracks((track) => sample - track.last > this.#options.longestGap);
  }

  /** Must be called where the picture changes to another scene, before its detections are added. */
  cut(): void {
    for (const track of this.#tracks) track.isBeforeCut = true;
  }

  /** Must be called after the last sample. Confirms or drops the tracks that are still on probation. */
  finish(lastSample: number): void {
    this.#endProbation(lastSample, true);
  }

  #neededScore({ latest }: Track): number {
    const { allowance, fullWidth, smallWidth } = SMALL_FACE;
    const smallness = Math.max(0, Math.min(1, (fullWidth - latest.box.width) / (fullWidth - smallWidth)));
    return this.#options.confirmScore - allowance * smallness;
  }

  /** Greedy matching, best pairs first. Each track and each detection is used at most once. */
  #matches(sample: number, detections: readonly Detection[]): { track: Track; detection: Detection }[] {
    const pairs = [];
    for (const track of this.#tracks) {
      for (const detection of detections) {
        const nearness = this.#nearness(track, sample, detection);
        if (nearness > 0) pairs.push({ track, detection, nearness: nearness + (track.id > 0 ? 1 : 0) });
      }
    }
    pairs.sort((a, b) => b.nearness - a.nearness);
    const used = new Set<Track | Detection>();
    return pairs.filter(({ track, detection }) => {
      if (used.has(track) || used.has(detection)) return false;
      used.add(track).add(detection);
      return true;
    });
  }

  /** Greater than 0 where the detection may be the track's face; larger means more likely. */
  #nearness(track: Track, sample: number, detection: Detection): number {
    if (track.isBeforeCut) return 0;
    const before = track.latest.box;
    const width = Math.max(before.width, detection.box.width);
    const missed = sample - track.latestSample - 1;
    const ratio = Math.min(LARGEST_SIZE_RATIO, SIZE_RATIO + SIZE_RATIO_PER_MISS * missed);
    if (width > ratio * Math.min(before.width, detection.box.width)) return 0;
    const reach = Math.min(LONGEST_REACH, REACH + REACH_PER_MISS * missed) * width;
    const away = distance(centreOf(before), centreOf(detection.box));
    return away >= reach ? 0 : 1 - away / reach + overlap(before, detection.box);
  }

  /** The track of an earlier scene whose face plainly looks the same as one that appears. */
  #plainlySame({ look }: Detection): Track | undefined {
    if (look === undefined) return undefined;
    const earlier = this.#tracks.flatMap((track) => (track.isBeforeCut && track.look !== undefined ? [{ track, same: similarity(track.look, look) }] : []));
    const best = earlier.sort((a, b) => b.same - a.same)[0];
    return best !== undefined && best.same >= SAME_PERSON ? best.track : undefined;
  }

  #endProbation(sample: number, over = false): void {
    this.#tracks = this.#tracks.filter((track) => {
      if (track.id > 0) return true;
      const due = track.first + this.#options.probation - 1;
      if (sample < due && !over) return true;
      const scores = [...track.detections.values()].map(({ score }) => score);
      // A whole video may be shorter than the probation: then a face has to be found in all of it.
      const isShort = over && sample + 1 < this.#options.probation && track.first === 0;
      const needed = isShort ? track.detectorRuns : Math.max(FEWEST_DETECTIONS, track.detectorRuns * SHARE_IN_PROBATION);
      if (scores.length < needed || mean(scores) < this.#neededScore(track)) return false;
      track.id = this.#nextId++;
      return true;
    });
  }

  #endTracks(over: (track: Track) => boolean): Track[] {
    const ended = this.#tracks.filter(over);
    this.#tracks = this.#tracks.filter((track) => !ended.includes(track));
    return ended.filter(({ id }) => id > 0);
  }
}

/**
 * Removes detections inside a larger detection of similar or higher score, such as an eye or a lock of hair in a close-up.
 * @param known faces that are followed: they are not parts of a larger detection
 */
export function withoutParts(detections: readonly Detection[], known: readonly Detection[] = []): Detection[] {
  return detections.filter(
    ({ box, score }) =>
      known.some((face) => overlap(face.box, box) > KNOWN_FACE) ||
      detections.every((other) => {
        if (other.box.width <= 1.3 * box.width || other.score < score - 0.2) return true;
        const across = Math.min(box.x + box.width, other.box.x + other.box.width) - Math.max(box.x, other.box.x);
        const down = Math.min(box.y + box.height, other.box.y + other.box.height) - Math.max(box.y, other.box.y);
        return across <= 0 || down <= 0 || across * down < PART_OF_FACE * box.width * box.height;
      }),
  );
}
