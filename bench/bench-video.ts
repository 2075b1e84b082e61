import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../src/main/media/programs.ts';

const PICTURE_SOURCE = fileURLToPath(new URL('../samples/one-face-leaves.mp4', import.meta.url));
const run = promisify(execFile);

/**
 * An H.264 video of 1280 x 720 pixels and 25 frames a second with one face. It is made from one picture (a composite of
 * several people, samples/README.md) and a moving crop. One minute is encoded; longer videos repeat it.
 * @returns its path in the system's temporary folder, where it stays for later runs
 */
export async function benchVideo(minutes: number): Promise<string> {
  const folder = join(tmpdir(), 'adatosk-bench');
  await mkdir(folder, { recursive: true });
  const ffmpeg = (await findProgram('ffmpeg')).path;
  const minute = join(folder, 'one-face-720p-1min.mp4');
  await makeOnce(minute, async (part) => {
    const picture = join(folder, 'still.png');
    await run(ffmpeg, ['-y', '-v', 'error', '-i', PICTURE_SOURCE, '-frames:v', '1', picture]);
    const camera = "scale=1400:-2,crop=1280:720:x='60+50*sin(0.9*t)':y='150+50*sin(1.3*t)',format=yuv420p";
    await run(ffmpeg, [
      '-y',
      '-v',
      'error',
      '-loop',
      '1',
      '-framerate',
      '25',
      '-i',
      picture,
      '-t',
      '60',
      '-vf',
      camera,
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-f',
      'mp4',
      part,
    ]);
  });
  if (minutes === 1) return minute;
  const longer = join(folder, `one-face-720p-${minutes}min.mp4`);
  await makeOnce(longer, async (part) => {
    await run(ffmpeg, ['-y', '-v', 'error', '-stream_loop', String(minutes - 1), '-i', minute, '-c', 'copy', '-f', 'mp4', part]);
  });
  return longer;
}

async function makeOnce(path: string, make: (part: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  await make(`${path}.part`);
  await rename(`${path}.part`, path);
}
