/**
 * Time. A frame has an index in presentation order and a PTS in seconds; code must never compute frame = time x fps. A
 * timing table contains the PTS of every frame; viewer, model and exports share it. Time 0 is the start of the container, as
 * in players and in ELAN, Praat and BORIS: the least start of its streams. Intervals are [start, end).
 */
import { nearestIndex, upperBound } from '../basics/sorted-search.ts';

/** Properties of a file's timestamps, for the user and for the tables. */
export interface TimingFindings {
  readonly variableRate: boolean;
  /** PTS of the first frame in seconds: more than 0 where sound begins before the picture. */
  readonly startsAt: number;
  /** The file's own timestamp at time 0, in seconds. MPEG transport streams begin at any time, also below 0. */
  readonly origin: number;
  /** Number of frames with the timestamp of an earlier frame. They stay in the table, in order, each slightly after the one before. */
  readonly duplicateTimestamps: number;
  /** Number of frames without a timestamp. ffmpeg derives it from the decoding order. */
  readonly missingTimestamps: number;
}

/** No camera records slower than this. Wrong timestamps may be hours apart, all of them or that of the end alone. */
const LONGEST_GAP_S = 10;

export class TimingTable {
  /** PTS of each frame in seconds, ascending. */
  readonly pts: Float64Array;
  /** Duration of the last frame in seconds. */
  readonly lastDuration: number;
  readonly findings: TimingFindings;

  constructor(
    pts: Float64Array,
    lastDuration: number,
    counts: {
      duplicateTimestamps: number;
      missingTimestamps: number;
      tick: number;
      origin?: number | undefined;
      variableRate?: boolean | undefined;
    },
  ) {
    if (pts.length === 0) throw new RangeError('a timing table needs at least one frame');
    this.pts = pts;
    this.lastDuration = lastDuration;
    this.findings = {
      variableRate: counts.variableRate ?? hasVariableRate(pts, counts.tick),
      startsAt: pts[0]!,
      origin: counts.origin ?? 0,
      duplicateTimestamps: counts.duplicateTimestamps,
      missingTimestamps: counts.missingTimestamps,
    };
  }

  /** The same frames on a clock whose time 0 is earlier by some seconds. */
  movedBy(seconds: number): TimingTable {
    const { origin, ...findings } = this.findings;
    return new TimingTable(
      this.pts.map((pts) => pts + seconds),
      this.lastDuration,
      { ...findings, tick: 0, origin: origin - seconds },
    );
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

  /** Mean frames per second, for display only: no code may compute with it. */
  get meanRate(): number {
    return this.duration > 0 ? this.frames / this.duration : 0;
  }

  /** Median gap between frames in seconds; the duration of the frame where there is only one. */
  get medianGap(): number {
    return medianGap(this.pts) ?? this.lastDuration;
  }

  /** Longest gap between neighbouring frames in seconds that is not a hole in the recording: a second, or up to ten where the video is slow. */
  get longestUsualGap(): number {
    return Math.max(1, Math.min(LONGEST_GAP_S, 3 * this.medianGap));
  }

  /** The holes of the recording: from the frame before each to the frame after it or to the end, in seconds. */
  holes(): { startS: number; endS: number }[] {
    const longest = this.longestUsualGap;
    const found: { startS: number; endS: number }[] = [];
    for (let i = 1; i <= this.pts.length; i++) {
      const [startS, endS] = [this.pts[i - 1]!, this.pts[i] ?? this.end];
      if (endS - startS > longest) found.push({ startS, endS });
    }
    return found;
  }

  /** Longest gap between neighbouring frames in seconds. */
  get longestGap(): number {
    let longest = 0;
    for (let i = 1; i < this.pts.length; i++) longest = Math.max(longest, this.pts[i]! - this.pts[i - 1]!);
    return longest;
  }

  /** Index of the frame on screen at `seconds`: the last one that has begun; the first frame for earlier times. */
  frameAt(seconds: number): number {
    return Math.max(0, upperBound(this.pts, seconds) - 1);
  }

  /** Index of the frame whose PTS is nearest to `seconds`; of two equally near ones the earlier. */
  nearestFrame(seconds: number): number {
    return nearestIndex(this.pts, seconds);
  }
}

/** The part of a video that is analysed, in seconds. */
export interface AnalysedSpan {
  readonly startS: number;
  /** Null for the end of the video. */
  readonly endS: number | null;
}

/**
 * The regular grid on which frames are sampled for the network. It begins with the first frame.
 *
 * Sample k is at start + k / rate + PHASE. The phase of 5 ms moves samples away from the middle between two frames at
 * common frame rates (at 25 frames and 10 samples a second, every second sample would be exactly there). Otherwise rounding
 * of a container's timestamps would decide which frame is nearest.
 */
export class SamplingGrid {
  readonly table: TimingTable;
  /** Samples per second, from the model's manifest. */
  readonly rate: number;
  /** Number of samples. */
  readonly samples: number;
  /** How long the frame before a hole is shown, in seconds: as long as frames usually are. */
  readonly #hold: number;
  readonly #longestGap: number;

  static readonly PHASE = 0.005;

  readonly #span: AnalysedSpan | null;

  /** @param span the part of the video whose samples are used; null for all */
  constructor(table: TimingTable, rate: number, span: AnalysedSpan | null = null) {
    this.#span = span;
    this.table = table;
    this.rate = rate;
    this.#longestGap = table.longestUsualGap;
    this.#hold = Math.min(table.medianGap, this.#longestGap);
    // A remainder of less than half a sample belongs to the last sample: it is often a rounding error of the last frame's duration.
    this.samples = Math.max(1, Math.round(table.duration * rate));
  }

  /** Start of sample k in seconds. Sample k covers [boundary(k), boundary(k + 1)). */
  boundary(k: number): number {
    return this.table.start + k / this.rate;
  }

  /** Time at which sample k is taken, in seconds. */
  moment(k: number): number {
    return this.boundary(k) + SamplingGrid.PHASE;
  }

  /** Index of the frame of sample k: the one whose PTS is nearest to its moment. */
  frameOf(k: number): number {
    return this.table.nearestFrame(this.moment(k));
  }

  /** Whether sample k lies in the analysed span. */
  covers(k: number): boolean {
    const at = this.moment(k);
    return this.#span === null || (at >= this.#span.startS && at < (this.#span.endS ?? Infinity));
  }

  /** The analysed span within the video, in seconds; the whole video if none was given. */
  get span(): { startS: number; endS: number } {
    const { start, end } = this.table;
    return this.#span === null
      ? { startS: start, endS: end }
      : { startS: Math.max(start, this.#span.startS), endS: Math.min(end, this.#span.endS ?? Infinity) };
  }

  /**
   * Whether sample k is outside the analysed span, or in a hole of the recording, after the time for which the frame before the hole is shown. It then has no
   * picture.
   */
  isInHole(k: number): boolean {
    if (!this.covers(k)) return true;
    const { table, rate } = this;
    const at = this.moment(k);
    const frame = table.frameAt(at);
    const [before, after] = [table.pts[frame]!, table.pts[frame + 1] ?? table.end];
    return after - before > this.#longestGap && at - before >= this.#hold && after - at > 0.5 / rate;
  }

  /** Index of the first frame of sample k or later; the number of frames for the end of the grid. */
  boundaryFrame(k: number): number {
    return k >= this.samples ? this.table.frames : this.frameOf(k);
  }
}

/** What is read of a video: the samples of a grid, or every frame. */
export type FrameChoice = Pick<SamplingGrid, 'table' | 'rate' | 'samples' | 'span' | 'moment' | 'frameOf' | 'isInHole'>;

/** Every frame of a video as a sample of its own. */
export class EveryFrame implements FrameChoice {
  readonly table: TimingTable;
  readonly samples: number;
  /** Frames that are as far apart as the longest gap are read, so all of them. */
  readonly rate: number;

  constructor(table: TimingTable) {
    this.table = table;
    this.samples = table.frames;
    this.rate = table.longestGap > 0 ? 1 / table.longestGap : 1;
  }

  get span(): { startS: number; endS: number } {
    return { startS: this.table.start, endS: this.table.end };
  }

  moment(frame: number): number {
    return this.table.pts[frame]!;
  }

  frameOf(frame: number): number {
    return frame;
  }

  isInHole(): boolean {
    return false;
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
 * The rate is variable when more than one gap in a hundred differs from the median by more than two ticks of the
 * container's clock and by more than 2% (30 fps in milliseconds alternates between 33 and 34 ms and counts as constant), or
 * when any gap differs by half of the median.
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

/** Rounds seconds to microseconds, as the tables print them. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** Rounds seconds to milliseconds, as other programs write them and as messages show them. */
export function roundMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
