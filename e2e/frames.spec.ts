import type { Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/web-host.ts';
import { findProgram } from '../src/main/media/programs.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

const { path: ffmpeg } = await findProgram('ffmpeg');
const FRAMES = 300;
const BITS = 9;
const JUMPS = 100;
const SIDE = 16;

/** A video whose every frame shows its own number, as a row of black and white squares for its bits. */
function numberedVideo(path: string, extra: readonly string[], timing = ''): void {
  const squares = Array.from(
    { length: BITS },
    (_, bit) => `drawbox=x=${(bit + 1) * SIDE}:y=${SIDE}:w=${SIDE}:h=${SIDE}:color=white:t=fill:enable='mod(floor(n/${2 ** bit}),2)'`,
  );
  const source = `color=black:size=${(BITS + 2) * SIDE}x${4 * SIDE}:rate=25,${squares.join(',')}${timing}`;
  const frames = ['-frames:v', String(FRAMES), '-fps_mode', 'passthrough'];
  execFileSync(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', source, ...frames, ...extra, path]);
}

/** The number of the frame that is on screen. */
function shownNumber(page: Page): Promise<number> {
  return page.evaluate(
    ({ bits, side }) => {
      const video = document.querySelector('video')!;
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      const context = canvas.getContext('2d')!;
      context.drawImage(video, 0, 0);
      let number = 0;
      for (let bit = 0; bit < bits; bit++) {
        const [red] = context.getImageData((bit + 1.5) * side, 1.5 * side, 1, 1).data;
        if (red! > 127) number += 2 ** bit;
      }
      return number;
    },
    { bits: BITS, side: SIDE },
  );
}

const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '50'];
for (const [what, file, extra, timing] of [
  ['constant rate', 'constant.mp4', H264, ''],
  [
    'variable rate',
    'variable.mp4',
    [...H264, '-enc_time_base', '1:90000', '-video_track_timescale', '90000'],
    ",settb=1/90000,setpts='(N+0.3*mod(N,4)+floor(N/100)*12)*3600'",
  ],
  ['a late start', 'late.mkv', [...H264, '-output_ts_offset', '1.4'], ''],
  [
    'a hole of six seconds',
    'hole.mp4',
    [...H264, '-enc_time_base', '1:90000', '-video_track_timescale', '90000'],
    ",settb=1/90000,setpts='N*3600+gte(N,150)*540000'",
  ],
  ['a transport stream with a hole', 'hole.ts', [...H264, '-bf', '2', '-enc_time_base', '1:90000'], ",settb=1/90000,setpts='N*3600+gte(N,150)*540000'"],
  [
    'a file that needs a proxy, variable rate and late',
    'old.avi.mkv',
    ['-c:v', 'mpeg2video', '-q:v', '3', '-bf', '2', '-output_ts_offset', '0.7'],
    ",settb=1/1000,setpts='(N*40+7*mod(N,3))'",
  ],
] as const) {
  test(`the frame shown is the frame named: ${what}`, async ({ page, host }) => {
    const folder = join(host.folder, 'numbered');
    mkdirSync(folder);
    numberedVideo(join(folder, file), extra, timing);
    await page.goto(host.address);
    const studio = new StudioWindow(page);
    await studio.newProject(host.folder, 'project');
    await studio.addVideos(folder);
    await studio.review(file);
    await expect(studio.video).toBeVisible({ timeout: 60_000 });
    await expect(studio.position).toContainText('frame 0');
    expect(await shownNumber(page)).toBe(0);
    let seed = 7;
    const wrong: string[] = [];
    for (let jump = 0; jump < JUMPS; jump++) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      // To somewhere by the timeline's own time, or a step of one frame from where it is.
      const named =
        jump % 3 === 0 ? await jumpTo(studio, Math.floor((seed / 2 ** 31) * FRAMES)) : await step(page, studio, seed % 2 === 0 ? 'ArrowRight' : 'ArrowLeft');
      const shown = await shownNumber(page);
      if (shown !== named) wrong.push(`${named} named, ${shown} shown`);
    }
    expect(wrong).toEqual([]);
  });
}

const numberNamed = async (studio: StudioWindow): Promise<number> => Number(/frame (\d+)/.exec((await studio.position.textContent()) ?? '')![1]);

/** Moves the slider, and waits until the picture of that frame is on the screen. */
async function jumpTo(studio: StudioWindow, frame: number): Promise<number> {
  await studio.scrubber.fill(String(frame));
  await expect.poll(() => numberNamed(studio)).toBe(frame);
  await expect(studio.position).toHaveAttribute('aria-busy', 'false');
  return frame;
}

async function step(page: Page, studio: StudioWindow, key: string): Promise<number> {
  const before = await numberNamed(studio);
  const after = Math.max(0, Math.min(FRAMES - 1, before + (key === 'ArrowRight' ? 1 : -1)));
  await page.keyboard.press(key);
  await expect.poll(() => numberNamed(studio)).toBe(after);
  await expect(studio.position).toHaveAttribute('aria-busy', 'false');
  return after;
}
