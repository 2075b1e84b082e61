import { mean } from '../../shared/domain/mean.ts';
import type { Detection } from './face-geometry.ts';
import { centreOf, distance, overlap } from './face-geometry.ts';

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
/** Largest ratio between the widths of two successive boxes of one face. */
const SIZE_RATIO = 2;

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

  constructor(sample: number, detection: Detection) {
    this.first = sample;
    this.last = sample;
    this.latest = detection;
    this.latestSample = sample;
    this.detections.set(sample, detection);
    this.meanScore = detection.score;
  }

  /** Adds a detection. It is accepted unless the track is confirmed and its running score is below `lostScore`: then the face is absent. */
  add(sample: number, detection: Detection, lostScore: number): void {
    this.latest = detection;
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
    const whole = withoutParts(detections);
    const free = new Set(whole);
    for (const track of this.#tracks) track.detectorRuns += 1;
    for (const { track, detection } of this.#matches(sample, whole)) {
      track.add(sample, detection, this.#neededScore(track) - LOST_MARGIN);
      free.delete(detection);
    }
    for (const detection of free) {
      const covered = this.#tracks.some((track) => track.latestSample === sample && overlap(track.latest.box, detection.box) > 0.1);
      if (detection.score >= this.#options.beginScore && !covered) this.#tracks.push(new Track(sample, detection));
    }
    this.#endProbation(sample);
    return this.#endTracks((track) => sample - track.last > this.#options.longestGap);
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
    const before = track.latest.box;
    const width = Math.max(before.width, detection.box.width);
    if (width > SIZE_RATIO * Math.min(before.width, detection.box.width)) return 0;
    const missed = sample - track.latestSample - 1;
    const reach = Math.min(LONGEST_REACH, REACH + REACH_PER_MISS * missed) * width;
    const away = distance(centreOf(before), centreOf(detection.box));
    return away >= reach ? 0 : 1 - away / reach + overlap(before, detection.box);
  }

  #endProbation(sample: number, over = false): void {
    this.#tracks = this.#tracks.filter((track) => {
      if (track.id > 0) return true;
      const due = track.first + this.#options.probation - 1;
      if (sample < due && !over) return true;
      const scores = [...track.detections.values()].map(({ score }) => score);
      const needed = Math.max(FEWEST_DETECTIONS, track.detectorRuns * SHARE_IN_PROBATION);
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

/** Removes detections inside a larger detection of similar or higher score, such as an eye or a lock of hair in a close-up. */
export function withoutParts(detections: readonly Detection[]): Detection[] {
  return detections.filter(({ box, score }) =>
    detections.every((other) => {
      if (other.box.width <= 1.3 * box.width || other.score < score - 0.2) return true;
      const across = Math.min(box.x + box.width, other.box.x + other.box.width) - Math.max(box.x, other.box.x);
      const down = Math.min(box.y + box.height, other.box.y + other.box.height) - Math.max(box.y, other.box.y);
      return across <= 0 || down <= 0 || across * down < PART_OF_FACE * box.width * box.height;
    }),
  );
}
