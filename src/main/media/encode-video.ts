import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StudioError, writeError } from '../../shared/app/errors.ts';
import { picturesInput } from './media-input.ts';
import { findProgram } from './programs.ts';
import { startError } from './running-program.ts';

export interface VideoFormat {
  /** Even numbers of pixels. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** x264's constant rate factor: 18 is visually lossless, 28 gives small files. */
  readonly quality: number;
}

/**
 * Writes frames as an H.264 video that browsers can play.
 * @param frames [height, width, 3] RGB bytes each
 * @throws StudioError where ffmpeg is missing or fails, with its last messages
 */
export async function encodeVideo(
  path: string,
  { width, height, fps, quality }: VideoFormat,
  frames: Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const ffmpeg = await findProgram('ffmpeg');
  const colours = ['-vf', 'scale=out_color_matrix=bt709:out_range=limited', '-pix_fmt', 'yuv420p', '-colorspace', 'bt709', '-color_range', 'tv'];
  const output = ['-c:v', 'libx264', '-preset', 'medium', '-crf', String(quality), ...colours, '-movflags', '+faststart', path];
  const child = spawn(ffmpeg.path, ['-y', '-v', 'error', ...picturesInput({ width, height, fps }), ...output], { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = (once(child, 'close') as Promise<[number | null]>).catch((error: unknown) => {
    throw startError(ffmpeg, error as Error);
  });
  // Without free file handles there are no pipes.
  if (child.pid === undefined) await ended;
  let messages = '';
  child.stderr.on('data', (chunk: Buffer) => (messages = (messages + chunk.toString()).slice(-2000)));
  // If ffmpeg exits early, writing fails with a broken pipe. Ignored, because the exit code and messages give the reason.
  child.stdin.on('error', () => undefined);
  try {
    for (const frame of frames) {
      signal?.throwIfAborted();
      if (child.exitCode !== null) break;
      if (!child.stdin.write(frame)) await Promise.race([once(child.stdin, 'drain'), ended]);
    }
    child.stdin.end();
    const [code] = await ended;
    // ffmpeg gives no code for a full disk: this is its own text.
    if (code !== 0)
      throw messages.includes('No space left')
        ? writeError(path, { code: 'ENOSPC' })
        : new StudioError('program-failed/encode', { path, detail: messages.trim() });
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}
