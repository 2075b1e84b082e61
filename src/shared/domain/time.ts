/**
 * Time. A frame is its index in presentation order and its PTS in seconds; never frame = time x fps.
 * A timing table holds every frame's PTS; viewer, model and exports share it. Intervals are [start, end).
 */
import { nearestIndex, upperBound } from './sorted-search.ts';

/** What was seen in a file's timestamps, for the person and for the tables. */
export interface TimingFindings {
  readonly variableRate: boolean;
  /** PTS of the first frame when it is not 0, in seconds. */
  readonly startsAt: number;
  /** Frames whose timestamp was that of an earlier frame (they are kept, a tick apart in order, and counted). */
  readonly duplicateTimestamps: number;
  /** Frames that carried no timestamp of their own (worked out by ffmpeg from the decoding order). */
  readonly missingTimestamps: number;
}

export class TimingTable {
  /** PTS of each frame in seconds, ascending. */
  readonly pts: Float64Array;
  /** How long the last frame is shown, in seconds. */
  readonly lastDuration: number;
  readonly findings: TimingFindings;

  constructor(pts: Float64Array, lastDuration: number, counts: { duplicateTimestamps: number; missingTimestamps: number; tick: number }) {
    if (pts.length === 0) throw new RangeError('a timing table needs at least one frame');
    this.pts = pts;
    this.lastDuration = lastDuration;
    this.findings = {
      variableRate: hasVariableRate(pts, counts.tick),
      startsAt: pts[0]!,
      duplicateTimestamps: counts.duplicateTimestamps,
      missingTimestamps: counts.missingTimestamps,
    };
  }

  get frames(): number {
    return this.pts.length;
  }

  /** Start of the first frame in seconds. */
  get start(): number {
    return this.pts[0]!;
  }

  /** End of the last frame in seconds (exclusive). */
  get end(): number {
    return this.pts[this.pts.length - 1]! + this.lastDuration;
  }

  get duration(): number {
    return this.end - this.start;
  }

  /** Frames per second on average, for people only: nothing is computed from it. */
  get meanRate(): number {
    return this.duration > 0 ? this.frames / this.duration : 0;
  }

  /** Median gap between frames in seconds; the last frame's duration where there is one frame. */
  get medianGap(): number {
    return medianGap(this.pts) ?? this.lastDuration;
  }

  /** Longest gap between neighbouring frames in seconds. */
  get longestGap(): number {
    let longest = 0;
    for (let i = 1; i < this.pts.length; i++) longest = Math.max(longest, this.pts[i]! - this.pts[i - 1]!);
    return longest;
  }

  /** Index of the frame on screen at `seconds`: the last one that has begun, the first before it all. */
  frameAt(seconds: number): number {
    return Math.max(0, upperBound(this.pts, seconds) - 1);
  }

  /** Index of the frame whose PTS is nearest to `seconds`; the earlier one on a tie. */
  nearestFrame(seconds: number): number {
    return nearestIndex(this.pts, seconds);
  }
}

/**
 * The regular grid on which frames are sampled for the network, counted from the first frame.
 *
 * Sample k stands for the moment start + k / rate + PHASE. The phase of 5 ms keeps the moments away from the
 * middle between two frames at the usual rates (at 25 frames and 10 samples per second every second sample would
 * fall exactly there), so that rounding in a container's timestamps does not decide which frame is nearest.
 */
export class SamplingGrid {
  readonly table: TimingTable;
  /** Samples per second; stands in the model's manifest. */
  readonly rate: number;
  /** Samples on the grid. */
  readonly samples: number;

  static readonly PHASE = 0.005;

  constructor(table: TimingTable, rate: number) {
    this.table = table;
    this.rate = rate;
    // A rest of less than half a sample belongs to the last one: it is often a rounding of the last frame's duration.
    this.samples = Math.max(1, Math.round(table.duration * rate));
  }

  /** The start of sample k in seconds; sample k covers [boundary(k), boundary(k + 1)). */
  boundary(k: number): number {
    return this.table.start + k / this.rate;
  }

  /** The moment that sample k is taken at, in seconds. */
  moment(k: number): number {
    return this.boundary(k) + SamplingGrid.PHASE;
  }

  /** The frame that sample k shows: the nearest by PTS to its moment. */
  frameOf(k: number): number {
    return this.table.nearestFrame(this.moment(k));
  }

  /** The first frame that belongs to sample k or later; the number of frames for the end of the grid. */
  boundaryFrame(k: number): number {
    return k >= this.samples ? this.table.frames : this.frameOf(k);
  }
}

function medianGap(pts: Float64Array): number | undefined {
  if (pts.length < 2) return undefined;
  const gaps = new Float64Array(pts.length - 1);
  for (let i = 1; i < pts.length; i++) gaps[i - 1] = pts[i]! - pts[i - 1]!;
  gaps.sort();
  return gaps[gaps.length >> 1];
}

/**
 * Variable when more than one gap in a hundred departs from the median by over two ticks of the container's clock
 * and 2% of the gap (30 fps in milliseconds alternates between 33 and 34 and is constant), or one departs by half.
 */
function hasVariableRate(pts: Float64Array, tick: number): boolean {
  const median = medianGap(pts);
  if (median === undefined || pts.length < 3) return false;
  const tolerance = Math.max(2 * tick, 0.02 * median) + 1e-9;
  let odd = 0;
  for (let i = 1; i < pts.length; i++) {
    const departure = Math.abs(pts[i]! - pts[i - 1]! - median);
    if (departure > Math.max(tolerance, 0.5 * median)) return true;
    if (departure > tolerance) odd += 1;
  }
  return odd > 0.01 * (pts.length - 1);
}

/** Seconds as the tables print them: to the microsecond, without trailing zeros. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
