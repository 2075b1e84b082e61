import { fileInput } from './media-input.ts';
import type { ProbedStream } from './probe.ts';
import { probeStream } from './probe.ts';
import { findProgram } from './programs.ts';
import { RunningProgram } from './running-program.ts';

const HEIGHT = 90;

/**
 * A small upright JPEG of a video at a time in seconds from the container's start; undefined where no frame can be decoded. It is made in
 * memory and never written to disk.
 * @param known the stream of the video, if it was probed already
 */
export async function thumbnail(path: string, atS: number, known?: ProbedStream, signal?: AbortSignal): Promise<Buffer | undefined> {
  const ffmpeg = await findProgram('ffmpeg');
  const probed = known ?? (await probeStream(path, signal).catch(() => undefined));
  if (probed === undefined) return undefined;
  const picture = ['-map', `0:${probed.stream.index}`, '-frames:v', '1', '-vf', `scale=-2:${HEIGHT}`, '-q:v', '5', '-f', 'mjpeg', 'pipe:1'];
  const program = new RunningProgram(ffmpeg, ['-v', 'error', '-nostdin', '-ss', atS.toFixed(3), ...fileInput(path), ...picture], { signal });
  const pieces: Buffer[] = [];
  for await (const piece of program.output as AsyncIterable<Buffer>) pieces.push(piece);
  const code = await program.ended;
  return code === 0 && pieces.length > 0 ? Buffer.concat(pieces) : undefined;
}
