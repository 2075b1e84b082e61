import { mean } from '../../shared/domain/mean.ts';
import type { Detection } from './face-geometry.ts';
import { centreOf, distance, overlap } from './face-geometry.ts';

export interface TrackingOptions {
  /** Score from which a detection may begin a track, 0..1. */
  readonly beginScore: number;
  /** Mean score over its first samples that a track of a full-sized face needs to be believed, 0..1; smaller ones need less. */
  readonly believedScore: number;
  /** Longest time without a detection after which a face is still the same, in samples. */
  readonly longestGap: number;
  /** Samples after which a new track is believed or dropped. */
  readonly probation: number;
}

/** Score below which a detection does not even continue a track. */
export const CONTINUE_SCORE = 0.35;
/** A track needs detections in this share of the looks of its probation, and at least so many. */
const SHARE_IN_PROBATION = 0.6;
const FEWEST_DETECTIONS = 3;
/** While its running mean score is lower by this than what is needed to be believed, a face is away: turned, covered, or never there. */
const LOST_MARGIN = 0.06;
/**
 * The back of a head scores 0.56 to 0.68, a face of 40 px or more 0.78 and above, but one of 12 to 20 px only 0.5 to
 * 0.8 (seen on real clips): small faces are let off by up to so much, from the full width down to the small one.
 */
const SMALL_FACE = { allowance: 0.15, fullWidth: 40, smallWidth: 16 } as const;
const SCORE_MEMORY = 0.8;
/** A box that lies in a larger face by this share of its area is a part of that face. */
const PART_OF_FACE = 0.6;
/** A face may move by this share of its width in one sample, and by as much again for each sample missed, up to the limit. */
const REACH = 0.6;
const REACH_PER_MISS = 0.25;
const LONGEST_REACH = 1.5;
/** Two boxes of one face differ less in width than this ratio. */
const SIZE_RATIO = 2;

/** One face over time. */
export class Track {
  /** 1, 2, … in the order of first appearance; 0 until the track is believed. */
  id = 0;
  readonly first: number;
  /** Last sample with a detection that counts. */
  last: number;
  /** Detections that count, by sample; old ones are forgotten by `forgetBefore`. */
  readonly detections = new Map<number, Detection>();
  /** The last detection that was joined to it, counting or not, and its sample: where to look next. */
  latest: Detection;
  latestSample: number;
  /** Looks since it began, with and without a detection. */
  looks = 1;
  /** Running mean of its detections' scores. */
  meanScore: number;

  constructor(sample: number, detection: Detection) {
    this.first = sample;
    this.last = sample;
    this.latest = detection;
    this.latestSample = sample;
    this.detections.set(sample, detection);
    this.meanScore = detection.score;
  }

  /** Joins a detection. It counts unless the running score has fallen below `lostScore`: then the face is away. */
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
 * Joins detections into tracks, so that a person keeps one id. A track begins with a good detection, is believed
 * after a probation, bridges gaps (no detection, or only doubtful ones), and ends when its face has been away too long.
 */
export class FaceTracker {
  readonly #options: TrackingOptions;
  #tracks: Track[] = [];
  #nextId = 1;

  constructor(options: TrackingOptions) {
    this.#options = options;
  }

  /** Tracks that are believed and have not ended, in the order of their ids. */
  get believed(): readonly Track[] {
    return this.#tracks.filter(({ id }) => id > 0);
  }

  /** All tracks that could go on, believed or not. */
  get candidates(): readonly Track[] {
    return this.#tracks;
  }

  /**
   * Takes in the detections of one look. Samples must come in order, each at most once.
   * @returns tracks that ended: their face has not been seen for too long
   */
  step(sample: number, detections: readonly Detection[]): Track[] {
    const whole = withoutParts(detections);
    const free = new Set(whole);
    for (const track of this.#tracks) track.looks += 1;
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

  /** After the last sample: tracks still on probation are judged by what there was. */
  finish(lastSample: number): void {
    this.#endProbation(lastSample, true);
  }

  #neededScore({ latest }: Track): number {
    const { allowance, fullWidth, smallWidth } = SMALL_FACE;
    const smallness = Math.max(0, Math.min(1, (fullWidth - latest.box.width) / (fullWidth - smallWidth)));
    return this.#options.believedScore - allowance * smallness;
  }

  /** Best pairs first: each track and each detection is used once. */
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

  /** Above 0 where the detection could be the track's face; larger is likelier. */
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
      const needed = Math.max(FEWEST_DETECTIONS, track.looks * SHARE_IN_PROBATION);
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

/** Leaves out detections inside a larger one at least as sure: an eye or a lock of hair seen as a face from near. */
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
