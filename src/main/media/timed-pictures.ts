import { text } from 'node:stream/consumers';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import { StudioError, writeError } from '../../shared/app/errors.ts';
import type { SoundChoice } from '../../shared/domain/export-formats.ts';
import type { Picture } from '../../shared/domain/picture.ts';
import type { TimingTable } from '../../shared/domain/time.ts';
import { fileInput, silenceInput, timedPicturesInput } from './media-input.ts';
import type { ProbedVideo } from './probe.ts';
import { probeVideo } from './probe.ts';
import { findProgram } from './programs.ts';
import { LONGEST_STANDSTILL_S, RunningProgram } from './running-program.ts';
import { straightExpression } from './timing-table.ts';

/** A picture of the new video. */
export interface TimedPicture {
  readonly picture: Picture;
  /** Seconds from the container's start. */
  readonly pts: number;
  /** Called when the picture was written: its buffer may be used again. */
  release(): void;
}

export interface NewVideo {
  /** The file that is written. The caller gives it its final name. */
  readonly unfinished: string;
  /** Its final path, for errors. */
  readonly to: string;
  readonly sound: SoundChoice;
}

/** Ticks per second of the new file: MPEG's clock, which is a multiple of all common frame rates. */
const TICKS = 90_000;
/** Largest time difference of a frame: half a tick of both clocks, and a millisecond for the start of the file (MP4). */
const LARGEST_DIFFERENCE_S = 0.0015;
/** Factor by which the pitch is changed: about five semitones lower. */
const PITCH = 0.75;
const SAMPLE_RATE = 48_000;

/**
 * Encodes pictures as H.264 in MP4, each at its own time, with the sound of the original as requested. Nothing else is taken over: no
 * metadata, chapters, subtitles, data streams, or further sound tracks. One picture is in memory at a time, because ffmpeg's input is
 * awaited. Times of frames and sound are those of the timing table of the original.
 *
 * The pictures go to ffmpeg as an IVF stream: the simplest container that keeps a time for each picture.
 * @throws StudioError 'disk-full', 'cancelled', 'program-failed' with ffmpeg's last messages; errors of `pictures`
 */
export async function encodeTimedPictures(original: ProbedVideo, pictures: AsyncIterable<TimedPicture>, made: NewVideo, signal: AbortSignal): Promise<void> {
  const { stream } = original;
  const args = encodeArguments(original, made, made.sound !== 'muted' && (await hasSound(original.path, signal)));
  let written = 0;
  let isWaiting = false;
  const progress = (): unknown => (isWaiting ? written : Symbol('the caller is busy'));
  const run = new RunningProgram(await findProgram('ffmpeg'), args, { signal, hasInput: true, standstill: { limitS: LONGEST_STANDSTILL_S, progress } });
  run.output.resume();
  const write = async (...pieces: readonly Uint8Array[]): Promise<void> => {
    isWaiting = true;
    await Promise.all(pieces.map((piece) => writeOne(run.input, piece)));
    isWaiting = false;
  };
  try {
    await write(streamHead(stream));
    let last = -1;
    for await (const { picture, pts, release } of pictures) {
      last = Math.max(last + 1, Math.round(pts * TICKS));
      await write(pictureHead(picture, last), picture.y, picture.u, picture.v);
      release();
      written += 1;
    }
    run.input.end();
    isWaiting = true;
    const code = await run.ended;
    run.throwIfStopped(basename(made.to));
    if (code !== 0) throw encodeError(made.to, run);
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error;
    // ffmpeg has ended, and its own reason is more exact.
    await run.ended;
    run.throwIfStopped(basename(made.to));
    throw encodeError(made.to, run);
  } finally {
    run.kill();
    await run.ended.catch(() => undefined);
  }
}

class BrokenPipe extends Error {}

/** Waits until the program has taken a piece. @throws BrokenPipe if it has ended */
const writeOne = (input: Writable, piece: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => input.write(piece, (error) => (error ? reject(new BrokenPipe(error.message)) : resolve())));

function encodeError(path: string, run: RunningProgram): StudioError {
  // ffmpeg gives no code for a full disk: this is its own text.
  if (run.messages.some((line) => line.includes('No space left'))) return writeError(path, { code: 'ENOSPC' });
  return new StudioError('program-failed/encode', { path, detail: run.messages.slice(-3).join('\n') });
}

function encodeArguments(original: ProbedVideo, { unfinished, sound }: NewVideo, takesSound: boolean): string[] {
  const { path, stream, timing } = original;
  // Silence from time 0: otherwise the container would start with the first picture, and all times would be earlier.
  const isSilent = !takesSound && timing.start > LARGEST_DIFFERENCE_S;
  const second = takesSound ? ['-vn', '-sn', '-dn', ...fileInput(path)] : isSilent ? silenceInput(timing.end) : [];
  const matrix = stream.matrix === 'bt601' ? 'smpte170m' : 'bt709';
  const picture = [
    ...['-map', '0:v:0', '-vf', `setparams=range=tv:colorspace=${matrix}`, '-fps_mode', 'passthrough', '-enc_time_base', `1:${TICKS}`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-g', '48', '-bf', '0', '-pix_fmt', 'yuv420p', '-video_track_timescale', String(TICKS)],
  ];
  const encoded = ['-c:a', 'aac', '-b:a', '128k', '-ac', '2'];
  const heard = takesSound ? ['-map', '1:a:0', '-af', soundFilters(original, sound), ...encoded] : isSilent ? ['-map', '1:a:0', ...encoded] : [];
  const nothingElse = ['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];
  return [
    ...['-y', '-nostats', '-v', 'error', '-copyts', ...timedPicturesInput(), ...second],
    ...[...picture, ...heard, ...nothingElse, '-movflags', '+faststart', '-f', 'mp4', unfinished],
  ];
}

/** Sound on the clock of the timing table, from time 0: silence is put before sound that starts late, and into gaps. */
function soundFilters({ container, clock, timing }: ProbedVideo, sound: SoundChoice): string {
  const straight = straightExpression(container.format, clock, '(NB_SAMPLES/SR)/TB');
  const filters = [
    ...(straight === null ? [] : [`asetpts='${straight}'`]),
    `asetpts=PTS-(${timing.findings.origin}/TB)`,
    'atrim=start=0',
    `aresample=${SAMPLE_RATE}:async=1:first_pts=0`,
    ...(sound === 'pitched' ? [`asetrate=${SAMPLE_RATE * PITCH}`, `aresample=${SAMPLE_RATE}`, `atempo=${1 / PITCH}`] : []),
  ];
  return filters.join(',');
}

/** Whether a file has a sound track. @throws StudioError 'cancelled' */
export async function hasSound(path: string, signal?: AbortSignal): Promise<boolean> {
  const args = ['-v', 'error', '-select_streams', 'a:0', '-show_entries', 'stream=index', '-of', 'csv=p=0', ...fileInput(path)];
  const run = new RunningProgram(await findProgram('ffprobe'), args, { signal });
  const printed = await text(run.output);
  await run.ended;
  run.throwIfStopped(basename(path));
  return printed.trim() !== '';
}

/** The head of an IVF stream of uncompressed pictures (I420). */
function streamHead({ width, height }: { readonly width: number; readonly height: number }): Uint8Array {
  const head = Buffer.alloc(32);
  head.write('DKIF', 0, 'latin1');
  head.writeUInt16LE(head.length, 6);
  head.write('I420', 8, 'latin1');
  head.writeUInt16LE(width, 12);
  head.writeUInt16LE(height, 14);
  head.writeUInt32LE(TICKS, 16);
  head.writeUInt32LE(1, 20);
  return head;
}

function pictureHead({ y, u, v }: Picture, ticks: number): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(y.length + u.length + v.length, 0);
  head.writeBigUInt64LE(BigInt(ticks), 4);
  return head;
}

/**
 * Reads a new video and compares the times of all its frames with those of its original.
 * @param file name of the original, for errors
 * @throws StudioError 'damaged-video' where frames are missing or displaced
 */
export async function probeNewVideo(path: string, file: string, timing: TimingTable, signal: AbortSignal): Promise<ProbedVideo> {
  const made = await probeVideo(path, signal);
  if (made.timing.frames !== timing.frames) throw new StudioError('damaged-video/new-count', { file, found: made.timing.frames, expected: timing.frames });
  for (let i = 0; i < timing.frames; i++) {
    const off = made.timing.pts[i]! - timing.pts[i]!;
    if (Math.abs(off) > LARGEST_DIFFERENCE_S) throw new StudioError('damaged-video/new-time', { file, frame: i, milliseconds: Math.round(1e4 * off) / 10 });
  }
  return made;
}
