import { basename } from 'node:path';
import { cancelled, StudioError } from '../../shared/app/errors.ts';
import { allowedCores } from '../process/allowed-cores.ts';
import type { FrameChoice } from '../../shared/domain/time.ts';
import type { Picture } from '../../shared/domain/picture.ts';
import { explainFailure } from './ffmpeg-messages.ts';
import type { ProbedVideo, VideoStream } from './probe.ts';
import { fileInput } from './media-input.ts';
import { BufferPool, openPictureOutput } from './picture-output.ts';
import { findProgram } from './programs.ts';
import { LONGEST_STANDSTILL_S, RunningProgram } from './running-program.ts';
import { secondsOf, straightExpression } from './timing-table.ts';

/** One sample of the grid with its picture. */
export interface SampledFrame {
  /** Index on the sampling grid. */
  readonly sample: number;
  /** Index of the decoded frame in presentation order. */
  readonly frame: number;
  /** PTS of the frame in seconds. */
  readonly pts: number;
  /** Planes in a buffer that is reused after `release`. Null in a hole of the recording, where nothing was recorded for some time. */
  readonly picture: Picture | null;
  /** Whether the frame of this sample could not be decoded and a neighbouring frame replaces it. */
  readonly substituted: boolean;
  release(): void;
}

/** The pipe has no timestamps: ffmpeg's muxer complains about frames that are closer together than the mean rate, not the decoder. */
const OF_THE_MUXER = /non[- ]?monoton\w*( increasing)? dts/i;

/** A video is rejected as damaged if a larger share of samples is missing at its end. */
const MOST_MISSING = 0.02;

/**
 * Decodes the frames of a sampling grid, or every frame, in order, with one ffmpeg process. When the caller is busy, the pipe fills up and
 * ffmpeg waits, so that memory does not grow with the length of the video. Leaving the loop early ends ffmpeg.
 *
 * ffmpeg drops frames that cannot be the nearest to a sample. This function selects among the others: it compares the PTS
 * of each frame, from ffmpeg's showinfo filter, with the timing table.
 * @param onComplaints called at the end with the number of errors that ffmpeg reported while decoding
 * @throws StudioError with the name of the file where it could not be decoded, or 'cancelled'
 */
export async function* sampleFrames(
  video: ProbedVideo,
  grid: FrameChoice,
  signal?: AbortSignal,
  onComplaints?: (count: number) => void,
): AsyncGenerator<SampledFrame> {
  const announced: number[] = [];
  let arrival: (() => void) | undefined;
  let [received, isWaiting] = [0, true];
  const program = await findProgram('ffmpeg');
  const pool = new BufferPool((video.stream.width * video.stream.height * 3) / 2);
  if (signal?.aborted === true) throw cancelled();
  const output = await openPictureOutput(pool);
  const run = new RunningProgram(program, decodeArguments(video, grid), {
    signal,
    output: output.forProgram,
    standstill: {
      limitS: LONGEST_STANDSTILL_S + 2 * Math.max(grid.span.startS - grid.table.start, grid.table.end - grid.span.endS),
      progress: () => (isWaiting ? received : Symbol('the caller is busy')),
    },
    onMessage: (line) => {
      const pts = /\] n: *\d+ pts: *(-?\d+|NOPTS) /.exec(line)?.[1];
      if (pts !== undefined) {
        announced.push(pts === 'NOPTS' ? NaN : secondsOf(Number(pts), video.stream, video.clock));
        arrival?.();
      }
      return !/\[(error|fatal|panic)\]/.test(line) || OF_THE_MUXER.test(line);
    },
  });
  let over = false;
  const end = (): void => {
    over = true;
    arrival?.();
  };
  run.ended.then(end, end);
  const nextPts = async (): Promise<number | undefined> => {
    while (announced.length === 0 && !over) await new Promise<void>((resolve) => (arrival = resolve));
    return announced.shift();
  };

  let sample = 0;
  let frame = -1;
  /** The last picture, kept until the next one arrives. It replaces frames at the end that could not be decoded. */
  let last: { picture: Picture; releaseBuffer: () => void } | undefined;
  const hole = (k: number): SampledFrame => ({ sample: k, frame, pts: grid.table.pts[frame]!, picture: null, substituted: false, release: () => undefined });
  const show = (k: number, picture: Picture, release: () => void): SampledFrame => ({
    sample: k,
    frame,
    pts: grid.table.pts[frame]!,
    picture,
    substituted: grid.frameOf(k) !== frame,
    release,
  });
  try {
    for await (const buffer of output.pictures(() => run.output)) {
      received += 1;
      const printed = await nextPts();
      isWaiting = false;
      if (printed === undefined) break;
      // A frame without a timestamp has the index after that of the frame before.
      frame = Number.isNaN(printed) ? Math.min(frame + 1, grid.table.frames - 1) : grid.table.nearestFrame(printed);
      const own: number[] = [];
      const inHole: number[] = [];
      for (; sample < grid.samples && grid.frameOf(sample) <= frame; sample++) (grid.isInHole(sample) ? inHole : own).push(sample);
      const releaseBuffer = pool.lease(buffer, own.length + 1);
      last?.releaseBuffer();
      last = { picture: pictureOf(buffer, video.stream), releaseBuffer };
      // A hole comes before the samples of the frame that ends it, and after those of the frame before.
      const ended = inHole.filter((k) => own[0] !== undefined && k < own[0]);
      for (const k of ended) yield hole(k);
      for (const k of own) yield show(k, last.picture, releaseBuffer);
      for (const k of inHole.slice(ended.length)) yield hole(k);
      isWaiting = true;
    }
    await run.ended;
    run.throwIfStopped(basename(video.path));
    const missing = grid.samples - sample;
    if (last === undefined || missing > Math.max(1, MOST_MISSING * grid.samples)) {
      throw decodeFailure(basename(video.path), last !== undefined, sample / grid.samples, run);
    }
    for (; sample < grid.samples; sample++) yield show(sample, last.picture, () => undefined);
    onComplaints?.(run.complaints);
  } finally {
    run.kill();
    await run.ended.catch(() => undefined);
  }
}

function decodeFailure(name: string, began: boolean, share: number, run: RunningProgram): StudioError {
  if (!began) return run.messages.length > 0 || run.crashed ? explainFailure(name, 'ffmpeg', run) : new StudioError('not-a-video', { file: name });
  return new StudioError('damaged-video/ends-early', { file: name, percent: Math.round(share * 100) });
}

function decodeArguments(video: ProbedVideo, grid: FrameChoice): string[] {
  const { width, height, index } = video.stream;
  const straight = straightExpression(video.container.format, video.clock);
  const clock = straight === null ? '' : `setpts='${straight}'`;
  const filters = [clock, selection(grid), `scale=${width}:${height}:flags=bilinear${colour(video.stream)}`, 'format=yuv420p', 'showinfo=checksum=0'];
  return [
    ...['-hide_banner', '-nostats', '-nostdin', '-loglevel', 'level+info', '-copyts', '-threads', String(decoderThreads())],
    ...fileInput(video.path),
    ...['-map', `0:${index}`, '-fps_mode', 'passthrough'],
    ...['-vf', filters.filter((filter) => filter !== '').join(','), '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1'],
  ];
}

/**
 * An ffmpeg select expression that is true for every frame that could be the nearest to a sample: its distance is at most
 * half of the longest gap between frames. (A filter does not know the next frame, so it cannot decide exactly.) The last
 * frame is always selected.
 */
function selection(grid: FrameChoice): string {
  const { table, rate } = grid;
  const reach = (table.longestGap / 2) * rate + 1e-3;
  if (reach >= 0.5) return '';
  const { origin } = table.findings;
  const first = (grid.moment(0) + origin).toFixed(9);
  const last = (table.pts[table.frames - 1]! + origin - 1e-4).toFixed(9);
  // Frames outside the analysed span are not converted; the one before it may be the nearest to its first sample.
  const [from, to] = [grid.span.startS - table.longestGap, grid.span.endS + table.longestGap].map((at) => (at + origin).toFixed(9));
  return `select='lte(abs(mod((t-(${first}))*${rate}+1.5,1)-0.5),${reach.toFixed(6)})*between(t,${from},${to})+gte(t,${last})'`;
}

/** With more threads than this, decoding is no longer the slowest part of an analysis. */
const MOST_DECODER_THREADS = 4;

/** Threads cost ffmpeg processor time, a fifth with two of them, which the rest of the analysis needs where there are few cores. */
function decoderThreads(): number {
  return Math.max(1, Math.min(MOST_DECODER_THREADS, Math.floor(allowedCores() / 2)));
}

/**
 * All pictures are converted to limited-range BT.601 or BT.709, so that cropping needs only two conversions to RGB. Where they
 * are that already, nothing is said about colours: then ffmpeg passes pictures of the right size on without a copy.
 */
function colour(stream: VideoStream): string {
  if (stream.pixelFormat === 'yuv420p' && !stream.isFullRange && stream.matrix === outputMatrix(stream)) return '';
  const to = outputMatrix(stream);
  const from = stream.matrix === 'rgb' ? '' : `in_color_matrix=${stream.matrix}:`;
  return `:${from}out_color_matrix=${to}:out_range=limited`;
}

function outputMatrix(stream: VideoStream): Picture['matrix'] {
  return stream.matrix === 'bt601' ? 'bt601' : 'bt709';
}

function pictureOf(buffer: Uint8Array, stream: VideoStream): Picture {
  const luma = stream.width * stream.height;
  return {
    width: stream.width,
    height: stream.height,
    matrix: outputMatrix(stream),
    y: buffer.subarray(0, luma),
    u: buffer.subarray(luma, luma + luma / 4),
    v: buffer.subarray(luma + luma / 4, luma + luma / 2),
  };
}
