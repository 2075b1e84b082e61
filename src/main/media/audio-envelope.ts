import { basename } from 'node:path';
import { StudioError } from '../../shared/app/errors.ts';
import { ENVELOPE_RATE } from '../../shared/domain/sound.ts';
import { fileInput } from './media-input.ts';
import { findProgram } from './programs.ts';
import { RunningProgram } from './running-program.ts';

const SAMPLE_RATE = 8000;
const PER_POINT = SAMPLE_RATE / ENVELOPE_RATE;

/**
 * The envelope of the first sound track: minimum and maximum of every hundredth of a second from the container's start,
 * [points, 2], -127 to 127; empty without sound. The sound is streamed, so memory grows by 200 bytes per second of video.
 * @throws StudioError 'cancelled' or 'program-missing'
 */
export async function audioEnvelope(path: string, signal?: AbortSignal): Promise<Int8Array> {
  const ffmpeg = await findProgram('ffmpeg');
  // Pads sound that starts late, so that points and frames share one clock.
  const sound = ['-map', '0:a:0?', '-ac', '1', '-af', 'aresample=async=1:first_pts=0', '-ar', String(SAMPLE_RATE), '-f', 's16le', 'pipe:1'];
  const program = new RunningProgram(ffmpeg, ['-v', 'error', '-nostdin', '-vn', '-sn', '-dn', ...fileInput(path), ...sound], { signal });
  const envelope = new Growing();
  let [low, high, count] = [0, 0, 0];
  let odd: number | undefined;
  for await (const chunk of program.output as AsyncIterable<Buffer>) {
    const bytes = odd === undefined ? chunk : Buffer.concat([Buffer.from([odd]), chunk]);
    odd = bytes.length % 2 === 1 ? bytes[bytes.length - 1] : undefined;
    for (let i = 0; i + 1 < bytes.length; i += 2) {
      const value = bytes.readInt16LE(i);
      if (value < low) low = value;
      if (value > high) high = value;
      if (++count < PER_POINT) continue;
      envelope.push(Math.round(low / 258), Math.round(high / 258));
      [low, high, count] = [0, 0, 0];
    }
  }
  await program.ended;
  if (program.wasCancelled) throw new StudioError('cancelled/sound', {});
  program.throwIfStopped(basename(path));
  return envelope.values;
}

/** An envelope that begins earlier by some seconds, with silence before it; or later, without its first points. */
export function movedEnvelope(envelope: Int8Array, seconds: number): Int8Array {
  const points = 2 * Math.round(seconds * ENVELOPE_RATE);
  if (points <= 0) return envelope.slice(-points);
  const moved = new Int8Array(points + envelope.length);
  moved.set(envelope, points);
  return moved;
}

/** An array that doubles its capacity when it is full. */
class Growing {
  #values = new Int8Array(1 << 16);
  #used = 0;

  push(a: number, b: number): void {
    if (this.#used + 2 > this.#values.length) {
      const larger = new Int8Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#used++] = a;
    this.#values[this.#used++] = b;
  }

  get values(): Int8Array {
    return this.#values.slice(0, this.#used);
  }
}
