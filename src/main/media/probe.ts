import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { cancelled, sentenceOf, StudioError } from '../../shared/app/errors.ts';
import { TimingTable } from '../../shared/domain/time.ts';
import { explainFailure } from './ffmpeg-messages.ts';
import { findProgram } from './programs.ts';
import { RunningProgram } from './running-program.ts';

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
  /** Seconds per unit of the timestamps, as a fraction of two integers. */
  readonly timeBase: { readonly numerator: number; readonly denominator: number };
}

export interface ProbedVideo {
  readonly path: string;
  readonly stream: VideoStream;
  readonly timing: TimingTable;
}

const number = z.coerce.number();
const streamSchema = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().default('unknown'),
  width: z.number().default(0),
  height: z.number().default(0),
  pix_fmt: z.string().default('unknown'),
  color_space: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  time_base: z.string().default('1/1000'),
  nb_frames: number.optional(),
  disposition: z.object({ attached_pic: z.number().default(0) }).default({ attached_pic: 0 }),
  side_data_list: z.array(z.looseObject({ rotation: number.optional() })).default([]),
});
const probeSchema = z.object({ streams: z.array(streamSchema).default([]) });

/**
 * Reads the first video stream of a file and the PTS of every frame.
 * @throws StudioError with the name of the file: missing, empty, not a video, no video stream, truncated, unknown codec
 */
export async function probeVideo(path: string, signal?: AbortSignal): Promise<ProbedVideo> {
  const name = basename(path);
  const size = await stat(path).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') throw new StudioError('file-missing/moved', { file: name }, error);
    if (code === 'EACCES' || code === 'EPERM') throw new StudioError('file-unreadable/permission', { file: name }, error);
    throw new StudioError('file-unreadable/other', { file: name, detail: sentenceOf(error) }, error);
  });
  if (size.size === 0) throw new StudioError('file-empty', { file: name });
  const raw = await firstMovingPicture(path, name, signal);
  const stream = describeStream(raw);
  const timing = await readTimingTable(path, name, raw, stream, signal);
  return { path, stream, timing };
}

/**
 * Reads the first video stream without the times of all frames, for callers that need only its properties.
 * @throws StudioError as probeVideo does
 */
export async function probeStream(path: string, signal?: AbortSignal): Promise<VideoStream> {
  return describeStream(await firstMovingPicture(path, basename(path), signal));
}

async function firstMovingPicture(path: string, name: string, signal?: AbortSignal): Promise<z.infer<typeof streamSchema>> {
  const run = new RunningProgram(await findProgram('ffprobe'), ['-v', 'error', '-show_streams', '-of', 'json', inputName(path)], { signal });
  const printed = await text(run.output);
  const code = await run.ended;
  if (run.wasCancelled) throw cancelled();
  if (code !== 0) throw explainFailure(name, 'ffprobe', (await looksLikeMp4(path)) ? run : { messages: withoutMoov(run.messages), crashed: run.crashed });
  const { streams } = probeSchema.parse(JSON.parse(printed));
  const picture = streams.find((each) => each.codec_type === 'video' && each.disposition.attached_pic === 0);
  if (picture === undefined) {
    throw new StudioError(streams.length > 0 ? 'no-video-stream/other-streams' : 'no-video-stream', { file: name });
  }
  if (picture.codec_name === 'unknown' || picture.width === 0 || picture.height === 0) {
    throw new StudioError('unsupported-codec', { file: name });
  }
  return picture;
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

function describeStream(raw: z.infer<typeof streamSchema>): VideoStream {
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
    timeBase: { numerator: numerator ?? 1, denominator: denominator ?? 1000 },
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

/** A path in a form that ffmpeg always treats as a file, even with names such as 'concat:x' or '-i'. */
export function inputName(path: string): string {
  return `file:${path}`;
}

interface RawTimes {
  /** In units of the time base, in file order (packets) or decoder order (frames). */
  readonly pts: number[];
  readonly durations: number[];
  missing: number;
  /** Number of packets in the file, including those that are not displayed. */
  total: number;
}

async function readTimingTable(path: string, name: string, raw: z.infer<typeof streamSchema>, stream: VideoStream, signal?: AbortSignal): Promise<TimingTable> {
  const packets = await readTimes(path, name, stream.index, 'packet', signal);
  if (raw.nb_frames !== undefined && packets.total < raw.nb_frames * 0.98 - 2) {
    throw new StudioError('damaged-video/missing-frames', { file: name, found: packets.total, expected: raw.nb_frames });
  }
  // If packets lack a PTS (AVI, raw streams), all frames must be decoded; ffmpeg then derives the missing timestamps.
  const times = packets.missing === 0 && packets.pts.length > 0 ? packets : await readTimes(path, name, stream.index, 'frame', signal);
  if (times.pts.length === 0) {
    throw new StudioError('damaged-video/no-frame', { file: name });
  }
  return buildTable(times, packets.missing, stream);
}

function buildTable(times: RawTimes, missing: number, stream: VideoStream): TimingTable {
  const order = Float64Array.from(times.pts).sort();
  let duplicates = 0;
  for (let i = 1; i < order.length; i++) {
    if (order[i]! <= order[i - 1]!) {
      duplicates += 1;
      order[i] = order[i - 1]! + 1e-3;
    }
  }
  const tick = stream.timeBase.numerator / stream.timeBase.denominator;
  const pts = order.map((time) => toSeconds(time, stream));
  const stated = times.durations[times.pts.indexOf(times.pts.reduce((latest, time) => Math.max(latest, time)))] ?? 0;
  const gap = pts.length > 1 ? (pts[pts.length - 1]! - pts[0]!) / (pts.length - 1) : 0.04;
  return new TimingTable(pts, stated > 0 ? stated * tick : gap, { duplicateTimestamps: duplicates, missingTimestamps: missing, tick });
}

/** Converts a timestamp to seconds. The timing table and decoded frames must use this same formula, so that their values are identical. */
export function toSeconds(timestamp: number, stream: VideoStream): number {
  return (timestamp * stream.timeBase.numerator) / stream.timeBase.denominator;
}

async function readTimes(path: string, name: string, index: number, what: 'packet' | 'frame', signal?: AbortSignal): Promise<RawTimes> {
  const entries = what === 'packet' ? 'packet=pts,duration,flags' : 'frame=best_effort_timestamp';
  const args = ['-v', 'error', '-select_streams', String(index), '-show_entries', entries, '-of', 'csv=p=0', inputName(path)];
  const run = new RunningProgram(await findProgram('ffprobe'), args, { signal });
  const times: RawTimes = { pts: [], durations: [], missing: 0, total: 0 };
  for await (const line of createInterface({ input: run.output })) {
    if (line === '') continue;
    const [pts, duration, flags] = line.split(',');
    times.total += 1;
    if (flags?.includes('D') === true) continue; // before the start of an edit list: decoded but not displayed
    if (pts === undefined || pts === 'N/A' || pts === '') {
      times.missing += 1;
      continue;
    }
    times.pts.push(Number(pts));
    times.durations.push(Number(duration === 'N/A' ? 0 : (duration ?? 0)));
  }
  const code = await run.ended;
  if (run.wasCancelled) throw cancelled();
  const cutOff = run.messages.some((line) => line.includes('ended prematurely'));
  if (cutOff || (code !== 0 && times.pts.length === 0)) throw explainFailure(name, 'ffprobe', run);
  return times;
}
