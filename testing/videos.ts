/** Real video files for tests, made by ffmpeg in a temporary folder. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { findProgram } from '../src/main/media/programs.ts';

export const ONE_FACE = fileURLToPath(new URL('../samples/one-face-leaves.mp4', import.meta.url));
export const TWO_FACES = fileURLToPath(new URL('../samples/two-faces.mp4', import.meta.url));

/** A temporary folder that is deleted after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'adatosk-test-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function ffmpeg(...args: string[]): Promise<void> {
  await promisify(execFile)((await findProgram('ffmpeg')).path, ['-y', '-v', 'error', ...args]);
}

/** Options for lossless encoding that keeps every frame and its timestamp to 1/90000 s. */
export const EXACT = ['-fps_mode', 'passthrough', '-enc_time_base', '1/90000', '-c:v', 'libx264', '-qp', '0'];

/** Grey level of frame n in a counting video. Neighbouring frames differ by 50 of 220 levels. */
export function greyOfFrame(n: number): number {
  return 20 + ((n * 50) % 210);
}

/** Writes a lossless video in which the grey level of each frame encodes its number. @param timing a setpts expression */
export async function countingVideo(path: string, frames: number, rate: number, timing = 'PTS-STARTPTS', extra: string[] = []): Promise<void> {
  const picture = `color=black:s=64x48:r=${rate},format=gray,geq=lum='20+mod(N*50\\,210)',scale=out_range=limited:in_range=limited,format=yuv420p,settb=1/90000,setpts='${timing}'`;
  await ffmpeg('-copyts', '-f', 'lavfi', '-i', picture, '-frames:v', String(frames), ...EXACT, ...extra, path);
}
