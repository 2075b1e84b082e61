import { findProgram } from './programs.ts';
import { RunningProgram } from './running-program.ts';

const HEIGHT = 90;

/**
 * A small picture of a video at a moment, JPEG, upright as it is played; undefined where none can be decoded there.
 * It is made in memory and goes nowhere but to who asked.
 */
export async function thumbnail(path: string, atS: number, signal?: AbortSignal): Promise<Buffer | undefined> {
  const ffmpeg = await findProgram('ffmpeg');
  const picture = ['-map', '0:v:0', '-frames:v', '1', '-vf', `scale=-2:${HEIGHT}`, '-q:v', '5', '-f', 'mjpeg', 'pipe:1'];
  const program = new RunningProgram(ffmpeg, ['-v', 'error', '-nostdin', '-ss', atS.toFixed(2), '-i', path, ...picture], { signal });
  const pieces: Buffer[] = [];
  for await (const piece of program.output as AsyncIterable<Buffer>) pieces.push(piece);
  const code = await program.ended;
  return code === 0 && pieces.length > 0 ? Buffer.concat(pieces) : undefined;
}
