import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { sentenceOf, StudioError } from '../../shared/app/errors.ts';
import type { TimingTable } from '../../shared/domain/time.ts';
import type { StreamSummary } from './choose-stream.ts';
import { chooseStream } from './choose-stream.ts';
import { explainFailure, isPictureTooLarge } from './ffmpeg-messages.ts';
import { fileInput, MOST_PIXELS } from './media-input.ts';
import { findProgram } from './programs.ts';
import { RunningProgram } from './running-program.ts';
import type { ClockJump, Container, StreamClock } from './timing-table.ts';
import { hasRunningClock, readStreamTimes } from './timing-table.ts';

/** Properties of a video stream for the decoder. */
export interface VideoStream {
  readonly index: number;
  readonly codec: string;
  /** Size of the displayed picture: after rotation, with square pixels, both sides even. */
  readonly width: number;
  readonly height: number;
  /** Clockwise rotation for display, from the file, in degrees: 0, 90, 180 or 270. */
  readonly rotation: number;
  readonly pixelFormat: string;
  /** YUV matrix; 'rgb' for streams that are not YUV. */
  readonly matrix: 'bt601' | 'bt709' | 'bt2020' | 'rgb';
  /** Whether brightness uses all values of a byte (0..255), as the file says; else 16..235. */
  readonly isFullRange: boolean;
  /** Seconds per unit of the timestamps, as a fraction of two integers. */
  readonly timeBase: { readonly numerator: number; readonly denominator: number };
  /** False for interlaced video, and where the file does not say it. */
  readonly isProgressive: boolean;
  /** Whether it is the first video stream of its file. Browsers play only that one. */
  readonly isFirst: boolean;
}

export interface ProbedVideo {
  readonly path: string;
  readonly stream: VideoStream;
  readonly container: Container;
  readonly timing: TimingTable;
  /** Converts the timestamps of the decoder to the times of the timing table. */
  readonly clock: StreamClock;
  /** Jumps of the file's clock that the timing table leaves out. */
  readonly jumps: readonly ClockJump[];
  /** The chosen stream and the other moving pictures of the file; null where there is only one. */
  readonly choice: { readonly chosen: StreamSummary; readonly others: readonly StreamSummary[] } | null;
}

const number = z.coerce.number();
const flag = z.number().default(0);
const dispositionSchema = z.object({ default: flag, attached_pic: flag, still_image: flag, timed_thumbnails: flag });
const streamSchema = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().default('unknown'),
  width: z.number().default(0),
  height: z.number().default(0),
  pix_fmt: z.string().default('unknown'),
  color_space: z.string().optional(),
  color_range: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  time_base: z.string().default('1/1000'),
  start_pts: z.number().optional(),
  field_order: z.string().optional(),
  nb_frames: number.optional(),
  disposition: dispositionSchema.default({ default: 0, attached_pic: 0, still_image: 0, timed_thumbnails: 0 }),
  side_data_list: z.array(z.looseObject({ rotation: number.optional() })).default([]),
});
type RawStream = z.infer<typeof streamSchema>;
const probeSchema = z.object({
  streams: z.array(streamSchema).default([]),
  format: z.object({ format_name: z.string().default('') }).default({ format_name: '' }),
});

/**
 * Reads the video stream of a file (see chooseStream) and the time of every frame, from the container's start.
 * @throws StudioError with the name of the file: missing, empty, not a video, no video stream, truncated, unknown codec
 */
export async function probeVideo(path: string, signal?: AbortSignal): Promise<ProbedVideo> {
  const name = basename(path);
  const found = await stat(path).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') throw new StudioError('file-missing/moved', { file: name }, error);
    if (code === 'EACCES' || code === 'EPERM') throw new StudioError('file-unreadable/permission', { file: name }, error);
    throw new StudioError('file-unreadable/other', { file: name, detail: sentenceOf(error) }, error);
  });
  if (!found.isFile()) throw new StudioError('file-unreadable/no-file', { file: name });
  if (found.size === 0) throw new StudioError('file-empty', { file: name });
  const { stream, statedFrames, container, choice } = await probeStream(path, signal);
  const { table, clock, jumps } = await readStreamTimes({ ...stream, path, name, container, statedFrames }, signal);
  return { path, stream, container, timing: table, clock, jumps, choice };
}

/** The video stream of a file, without the times of its frames. */
export interface ProbedStream extends Pick<ProbedVideo, 'stream' | 'container' | 'choice'> {
  /** Number of frames that the container states. */
  readonly statedFrames: number | undefined;
}

/**
 * Reads the video stream without the times of all frames, for callers that need only its properties.
 * @throws StudioError as probeVideo does
 */
export async function probeStream(path: string, signal?: AbortSignal): Promise<ProbedStream> {
  const name = basename(path);
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', ...fileInput(path)];
  const run = new RunningProgram(await findProgram('ffprobe'), args, { signal });
  const printed = await text(run.output);
  const code = await run.ended;
  run.throwIfStopped(name);
  if (code !== 0) throw explainFailure(name, 'ffprobe', (await looksLikeMp4(path)) ? run : { messages: withoutMoov(run.messages), crashed: run.crashed });
  const { streams, format } = probeSchema.parse(JSON.parse(printed));
  const { chosen: picture, summary, others } = await chooseStream(path, streams, signal);
  if (picture === undefined) {
    throw new StudioError(streams.length > 0 ? 'no-video-stream/other-streams' : 'no-video-stream', { file: name });
  }
  if (picture.codec_name === 'unknown' || picture.width === 0 || picture.height === 0) {
    throw new StudioError(isPictureTooLarge(run.messages) ? 'unsupported-codec/picture-size' : 'unsupported-codec', { file: name });
  }
  if (picture.width * picture.height > MOST_PIXELS) throw new StudioError('unsupported-codec/picture-size', { file: name });
  return {
    stream: describeStream(picture, streams.find(({ codec_type }) => codec_type === 'video') === picture),
    statedFrames: picture.nb_frames,
    container: { format: format.format_name, start: leastStart(streams, picture, format.format_name) },
    choice: summary === undefined || others.length === 0 ? null : { chosen: summary, others },
  };
}

/** Encoders begin sound a little before time 0, and players leave that out. */
const LONGEST_PRIMING_S = 0.2;
/** Where the clocks of a broadcast's streams differ by more, one of them has jumped. */
const LARGEST_DISTANCE_S = 10;

/** The least start of a container's sound and moving pictures, in seconds on its own clock. */
function leastStart(streams: readonly RawStream[], picture: RawStream, format: string): number {
  const isRunning = hasRunningClock(format);
  const startOf = (stream: RawStream): number | undefined => (stream.start_pts === undefined ? undefined : stream.start_pts * secondsPerTick(stream));
  const own = startOf(picture) ?? 0;
  const starts = streams.flatMap((stream) => {
    const { codec_type, disposition } = stream;
    const isMoving = codec_type === 'video' && disposition.attached_pic === 0 && disposition.still_image === 0;
    const start = codec_type === 'audio' || isMoving ? startOf(stream) : undefined;
    if (start === undefined || (isRunning && Math.abs(start - own) > LARGEST_DISTANCE_S)) return [];
    return [codec_type === 'audio' && !isRunning && start < 0 && start > -LONGEST_PRIMING_S ? 0 : start];
  });
  return Math.min(own, ...starts);
}

function secondsPerTick({ time_base }: RawStream): number {
  const [numerator, denominator] = time_base.split('/').map(Number);
  return (numerator ?? 1) / (denominator ?? 1000);
}

/** Whether a file begins like an MP4 or MOV, with a box of a known name. ffprobe alone also reports text files as an MP4 without an index. */
async function looksLikeMp4(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return /ftyp|moov|mdat|wide|free|skip/.test(buffer.toString('latin1', 4, Math.min(8, bytesRead)));
  } finally {
    await file.close();
  }
}

function withoutMoov(messages: readonly string[]): string[] {
  return messages.filter((line) => !line.includes('moov atom'));
}

function describeStream(raw: RawStream, isFirst: boolean): VideoStream {
  // ffprobe reports the angle counter-clockwise.
  const turn = raw.side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
  const rotation = (((Math.round(-turn / 90) * 90) % 360) + 360) % 360;
  const [across, down] = (raw.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const aspect = across !== undefined && down !== undefined && across > 0 && down > 0 ? across / down : 1;
  const size = [evenSide(raw.width * aspect), evenSide(raw.height)] as const;
  const [width, height] = rotation % 180 === 0 ? size : [size[1], size[0]];
  const [numerator, denominator] = raw.time_base.split('/').map(Number);
  return {
    index: raw.index,
    codec: raw.codec_name,
    width,
    height,
    rotation,
    pixelFormat: raw.pix_fmt,
    matrix: matrixOf(raw.pix_fmt, raw.color_space, height),
    isFullRange: raw.color_range === 'pc' || raw.pix_fmt.startsWith('yuvj'),
    timeBase: { numerator: numerator ?? 1, denominator: denominator ?? 1000 },
    isProgressive: raw.field_order === 'progressive',
    isFirst,
  };
}

function evenSide(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}

function matrixOf(pixelFormat: string, space: string | undefined, height: number): VideoStream['matrix'] {
  if (/^(rgb|bgr|gbr|argb|abgr|pal8|0rgb|0bgr|gray)/.test(pixelFormat) || space === 'gbr') return 'rgb';
  if (space?.startsWith('bt2020') === true) return 'bt2020';
  if (space === 'bt709') return 'bt709';
  if (space === 'smpte170m' || space === 'bt470bg' || space === 'fcc') return 'bt601';
  return height >= 720 ? 'bt709' : 'bt601';
}
