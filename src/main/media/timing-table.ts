import { createInterface } from 'node:readline';
import { StudioError } from '../../shared/app/errors.ts';
import { TimingTable } from '../../shared/domain/time.ts';
import { explainFailure } from './ffmpeg-messages.ts';
import { fileInput } from './media-input.ts';
import { findProgram } from './programs.ts';
import { RunningProgram } from './running-program.ts';

/** What the timestamps of a video stream are read from. */
export interface TimedStream {
  readonly path: string;
  /** Name of the file in errors. */
  readonly name: string;
  /** Index of the stream in its file. */
  readonly index: number;
  readonly codec: string;
  readonly isProgressive: boolean;
  /** Seconds per unit of the timestamps, as a fraction of two integers. */
  readonly timeBase: { readonly numerator: number; readonly denominator: number };
  /** Number of frames that the container states. */
  readonly statedFrames: number | undefined;
  readonly container: Container;
}

export interface Container {
  /** ffmpeg's names of the format, for example 'mov,mp4,m4a,3gp,3g2,mj2'. */
  readonly format: string;
  /** Least start of its video and sound streams, in seconds. */
  readonly start: number;
}

/** The clock of a video stream: how its timestamps become seconds of the timing table. */
export interface StreamClock {
  /** The timestamp at time 0, in units of the time base. Not whole where another stream begins first. */
  readonly origin: number;
  /** Usual distance of frames in units of the time base, which replaces the jumps of the clock; null without jumps. */
  readonly stepOverJumps: number | null;
}

/** A jump of a stream's clock, which the timing table leaves out. Seconds on the clock of the table. */
export interface ClockJump {
  readonly atS: number;
  readonly jumpS: number;
}

export interface StreamTimes {
  readonly table: TimingTable;
  readonly clock: StreamClock;
  readonly jumps: readonly ClockJump[];
}

/** Timestamps in units of the time base: of packets in file order, or of decoded frames in presentation order. */
interface RawTimes {
  readonly pts: number[];
  /** Decoding times where the container has them, else the presentation times. */
  readonly dts: number[];
  readonly durations: number[];
  missing: number;
  /** Number of packets or frames, including those that are not displayed. */
  total: number;
}

/** Largest step backwards in presentation order that is not a jump of the clock. */
const LARGEST_STEP_BACK_S = 0.1;
/** In the order of decoding, timestamps without decoding times go back by some frames. */
const LARGEST_DECODING_STEP_BACK_S = 1;
/** Formats of cameras and broadcasts, whose clock starts anywhere and starts again where a recording was joined. In these, a longer step forwards is a jump (as in ffmpeg). */
const RUNNING_CLOCKS = /^(mpegts|mpeg|mpegvideo)$/;
const LONGEST_STEP_S = 10;
/** Timestamps that are further apart are wrong. Every tenth of a second costs time, also where nothing was recorded. */
const LONGEST_DAYS = 14;
const DAY_S = 86_400;

/** Whether the format has the running clock of a camera or a broadcast. */
export function hasRunningClock(format: string): boolean {
  return RUNNING_CLOCKS.test(format);
}

/**
 * Reads the presentation time of every picture. Packets are enough where each has its time and is a picture. Otherwise all
 * frames are decoded: where times are missing (AVI), where a picture may have two packets (field-coded H.264) or none is
 * shown (VP8's reference frames), and where the clock jumps (joined recordings).
 * @throws StudioError with the name of the file
 */
export async function readStreamTimes(stream: TimedStream, signal?: AbortSignal): Promise<StreamTimes> {
  const packets = await readTimes(stream, 'packet', signal);
  const { statedFrames, name } = stream;
  const found = reachedFrames(packets, stream);
  if (statedFrames !== undefined && found < statedFrames * 0.98 - 2)
    throw new StudioError('damaged-video/missing-frames', { file: name, found, expected: statedFrames });
  const needsFrames = packets.missing > 0 || packets.pts.length === 0 || jumps(packets.dts, stream, LARGEST_DECODING_STEP_BACK_S).length > 0;
  if (!needsFrames && !mayHavePacketsWithoutPicture(packets.pts, stream))
    return timesOf(
      packets.pts.sort((a, b) => a - b),
      packets,
      packets,
      stream,
    );
  const frames = await readTimes(stream, 'frame', signal);
  if (frames.total === 0) throw new StudioError('damaged-video/no-frame', { file: name });
  if (!needsFrames && frames.total === packets.pts.length)
    return timesOf(
      packets.pts.sort((a, b) => a - b),
      packets,
      packets,
      stream,
    );
  return timesOf(withMissingTimes(frames.pts), frames, packets, stream);
}

/** Number of frames up to the last packet. An AVI states and numbers the frames that its recorder dropped, too, but has no packets for them. */
function reachedFrames({ total, dts }: RawTimes, { container }: TimedStream): number {
  const last = dts.at(-1);
  return container.format === 'avi' && last !== undefined ? Math.max(total, last + 1) : total;
}

/** @param order timestamps in presentation order */
function timesOf(order: readonly number[], { pts: read, durations }: RawTimes, packets: RawTimes, stream: TimedStream): StreamTimes {
  const tick = stream.timeBase.numerator / stream.timeBase.denominator;
  const found = jumps(order, stream, LARGEST_STEP_BACK_S);
  const step = medianStep(order);
  const straight = straightened(order, new Set(found), step).sort();
  let duplicates = 0;
  for (let i = 1; i < straight.length; i++) {
    if (straight[i]! > straight[i - 1]!) continue;
    duplicates += 1;
    straight[i] = straight[i - 1]! + 1e-3;
  }
  const origin = originOf(straight[0]!, packets, stream);
  const clock: StreamClock = { origin, stepOverJumps: found.length === 0 ? null : step };
  const pts = straight.map((time) => secondsOf(time, stream, clock));
  const stated = durations[read.indexOf(Math.max(...lastOf(read)))] ?? 0;
  const last = pts[pts.length - 1]!;
  if (!(last - pts[0]! < LONGEST_DAYS * DAY_S)) throw new StudioError('damaged-video/timestamps', { file: stream.name, days: LONGEST_DAYS });
  const gap = pts.length > 1 ? (last - pts[0]!) / (pts.length - 1) : 0.04;
  const counts = {
    duplicateTimestamps: duplicates,
    missingTimestamps: packets.missing,
    tick,
    origin: (origin * stream.timeBase.numerator) / stream.timeBase.denominator,
  };
  return {
    table: new TimingTable(pts, stated > 0 && stated * tick < LONGEST_DAYS * DAY_S ? stated * tick : gap, counts),
    clock,
    jumps: found.map((i) => ({ atS: pts[i]!, jumpS: (order[i]! - order[i - 1]!) * tick })),
  };
}

/** The last timestamps in file order, among which the latest one is. */
function lastOf(times: readonly number[]): readonly number[] {
  return times.slice(-1000);
}

/** Converts a timestamp to seconds. The timing table and decoded frames must use this same formula, so that their values are identical. */
export function secondsOf(timestamp: number, { timeBase }: Pick<TimedStream, 'timeBase'>, { origin }: StreamClock): number {
  return ((timestamp - origin) * timeBase.numerator) / timeBase.denominator;
}

/**
 * An ffmpeg expression for setpts and asetpts that takes the jumps out of timestamps, exactly as `straightened` does. Null for a
 * clock without jumps.
 * @param step the step that replaces a jump, as an expression
 */
export function straightExpression(format: string, clock: StreamClock, step = String(clock.stepOverJumps)): string | null {
  if (clock.stepOverJumps === null) return null;
  const longest = hasRunningClock(format) ? LONGEST_STEP_S : 1e9;
  const isStep = `between((PTS-PREV_INPTS)*TB,${-LARGEST_STEP_BACK_S},${longest})`;
  return `if(isnan(PREV_OUTPTS),PTS,PREV_OUTPTS+if(${isStep},PTS-PREV_INPTS,${step}))`;
}

/** The timestamp at time 0: the container's start. A frame is never before it. */
function originOf(first: number, packets: RawTimes, { container, timeBase }: TimedStream): number {
  // An AVI has no presentation times. ffmpeg derives them from the decoding times, so the first frame is late by the frames that the decoder holds back.
  const [decoded] = packets.dts;
  if (container.format === 'avi' && packets.missing > 0 && decoded !== undefined) return Math.min(first, first - decoded);
  const start = (container.start * timeBase.denominator) / timeBase.numerator;
  // A whole timestamp that was rounded on its way through seconds: the first frame is then at exactly 0.
  return Math.min(first, Math.abs(start - Math.round(start)) < 1e-6 ? Math.round(start) : start);
}

/** The indices at which a sequence of timestamps jumps: backwards, or far forwards in a format with a running clock. */
function jumps(times: readonly number[], { timeBase, container }: TimedStream, largestStepBackS: number): number[] {
  const tick = timeBase.numerator / timeBase.denominator;
  const longest = hasRunningClock(container.format) ? LONGEST_STEP_S / tick : Infinity;
  const back = -largestStepBackS / tick;
  const found: number[] = [];
  for (let i = 1; i < times.length; i++) {
    const step = times[i]! - times[i - 1]!;
    if (step < back || step > longest) found.push(i);
  }
  return found;
}

/** Timestamps without their jumps: each jump becomes one step of the usual length. */
function straightened(order: readonly number[], at: ReadonlySet<number>, step: number): Float64Array {
  const straight = new Float64Array(order.length);
  straight[0] = order[0]!;
  for (let i = 1; i < order.length; i++) straight[i] = straight[i - 1]! + (at.has(i) ? step : order[i]! - order[i - 1]!);
  return straight;
}

/** Fills in missing times (NaN) with the usual step. ffmpeg has none for the last frames of an AVI with B-frames. */
function withMissingTimes(order: readonly number[]): number[] {
  const known = order.findIndex((time) => !Number.isNaN(time));
  if (known < 0) return order.map((_, i) => i);
  const step = medianStep(order.filter((time) => !Number.isNaN(time)));
  const filled = [...order];
  for (let i = known - 1; i >= 0; i--) filled[i] = filled[i + 1]! - step;
  for (let i = known + 1; i < filled.length; i++) if (Number.isNaN(filled[i])) filled[i] = filled[i - 1]! + step;
  return filled;
}

/** Median of the positive steps; 1 where there is none. */
function medianStep(order: readonly number[]): number {
  const steps = Float64Array.from(order.slice(1), (time, i) => time - order[i]!)
    .filter((step) => step > 0)
    .sort();
  return steps[steps.length >> 1] ?? 1;
}

/** A step of less than this share of the usual one may be that to a second packet of the same picture. */
const SHORT_STEP = 0.6;
/** Share of short steps above which packets are not taken for pictures. */
const MOST_SHORT_STEPS = 0.005;
/** The fields of a picture are less than this apart, interlaced pictures more. */
const SHORTEST_INTERLACED_S = 0.025;

function mayHavePacketsWithoutPicture(pts: readonly number[], { codec, isProgressive, timeBase }: TimedStream): boolean {
  const order = Float64Array.from(pts).sort();
  const steps = order.slice(1).map((time, i) => time - order[i]!);
  const usual = Float64Array.from(steps).sort()[steps.length >> 1] ?? 0;
  const short = steps.reduce((count, step) => count + (step < SHORT_STEP * usual ? 1 : 0), 0);
  if (short > MOST_SHORT_STEPS * steps.length) return true;
  return codec === 'h264' && !isProgressive && steps.some((step) => (step * timeBase.numerator) / timeBase.denominator < SHORTEST_INTERLACED_S);
}

/** Reads times with ffprobe. Frames without a time have NaN; packets without one are only counted. */
async function readTimes({ path, name, index }: TimedStream, what: 'packet' | 'frame', signal?: AbortSignal): Promise<RawTimes> {
  const entries = what === 'packet' ? 'packet=pts,dts,duration,flags' : 'frame=best_effort_timestamp';
  const args = ['-v', 'error', '-select_streams', String(index), '-show_entries', entries, '-of', 'csv=p=0', ...fileInput(path)];
  const run = new RunningProgram(await findProgram('ffprobe'), args, { signal });
  const times: RawTimes = { pts: [], dts: [], durations: [], missing: 0, total: 0 };
  for await (const line of createInterface({ input: run.output })) {
    if (line === '') continue;
    const [pts, dts, duration, flags] = line.split(',');
    times.total += 1;
    if (flags?.includes('D') === true) continue; // before the start of an edit list: decoded but not displayed
    const time = numberOf(pts);
    if (time === undefined) times.missing += 1;
    const decoded = what === 'packet' ? (numberOf(dts) ?? time) : undefined;
    if (decoded !== undefined) times.dts.push(decoded);
    if (time === undefined && what === 'packet') continue;
    times.pts.push(time ?? NaN);
    times.durations.push(numberOf(duration) ?? 0);
  }
  const code = await run.ended;
  run.throwIfStopped(name);
  const cutOff = run.messages.some((line) => line.includes('ended prematurely'));
  if (cutOff || (code !== 0 && times.total === 0)) throw explainFailure(name, 'ffprobe', run);
  return times;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' || text === 'N/A' ? undefined : Number(text);
}
