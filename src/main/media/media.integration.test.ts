import { copyFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectNearest, samplesOf } from '../../../testing/samples.ts';
import { countingVideo, ffmpeg, ONE_FACE, temporaryFolder } from '../../../testing/videos.ts';
import { SamplingGrid } from '../../shared/domain/time.ts';
import { probeVideo } from './probe.ts';
import { sampleFrames } from './sampled-frames.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

describe('sampled frames are the nearest by PTS, and each picture is that of its frame', () => {
  test.each([24, 25, 29.97, 30, 50, 60])('at %s frames per second', async (rate) => {
    const path = at(`rate-${rate}.mp4`);
    await countingVideo(path, Math.round(2 * rate), rate);
    expectNearest(await samplesOf(path));
  });

  test('at a lower rate than the grid, with repeated frames', async () => {
    await countingVideo(at('slow.mkv'), 12, 4);
    const seen = await samplesOf(at('slow.mkv'));
    expectNearest(seen);
    expect(seen.frames.slice(0, 5)).toEqual([0, 0, 1, 1, 2]);
  });

  test('at a variable rate with a long pause', async () => {
    await countingVideo(at('pause.mkv'), 40, 25, '(PTS-STARTPTS)+if(gt(N\\,20)\\,1.7/TB\\,0)+mod(N\\,3)*0.004/TB');
    const seen = await samplesOf(at('pause.mkv'));
    expect(seen.grid.table.findings.variableRate).toBe(true);
    expectNearest(seen);
    const inHole = [...seen.greys.keys()].filter((k) => seen.grid.isInHole(k));
    // Frame 20 is at 0.81 s and shown for 0.04 s as the others are, frame 21 is at 2.54 s.
    expect(inHole).toEqual(Array.from({ length: 16 }, (_, i) => 9 + i));
    expect(seen.grid.table.holes()).toEqual([{ startS: expect.closeTo(0.808, 3), endS: expect.closeTo(2.54, 3) }]);
  });

  test('but not in a hole of seconds or hours, which costs nothing', async () => {
    for (const hours of [0, 2]) {
      const path = at(`hole-${hours}.mkv`);
      await countingVideo(path, 40, 25, `(PTS-STARTPTS)+if(gte(N\\,20)\\,(5+3600*${hours})/TB\\,0)`);
      const seen = await samplesOf(path);
      expectNearest(seen);
      // 0.8 s of pictures before the hole and 0.8 s after it.
      expect(seen.greys.filter((grey) => !Number.isNaN(grey))).toHaveLength(16);
    }
  });

  test('with B-frames, a late start and an edit list', async () => {
    await countingVideo(at('long.mp4'), 100, 25, 'PTS-STARTPTS', ['-bf', '3', '-g', '50']);
    await ffmpeg('-ss', '1.3', '-i', at('long.mp4'), '-c', 'copy', '-output_ts_offset', '3', at('late.mp4'));
    const { grid, frames } = await samplesOf(at('late.mp4'));
    expect(grid.table.start).toBe(0);
    expect(grid.table.findings.origin).toBeGreaterThan(1);
    expect(frames).toHaveLength(grid.samples);
  });

  test('in an AVI without presentation times', async () => {
    await countingVideo(at('old.avi'), 50, 25, 'PTS-STARTPTS', ['-c:v', 'mpeg4', '-q:v', '1', '-bf', '2', '-enc_time_base', '1/25']);
    const { grid, frames } = await samplesOf(at('old.avi'));
    expect(grid.table.findings.missingTimestamps).toBeGreaterThan(0);
    expect(frames).toHaveLength(grid.samples);
    expect(new Set(frames).size).toBe(grid.samples);
  });
});

describe('the same frames at a constant rate and at a variable one that starts at 1.4 s', () => {
  const jitter = '(PTS-STARTPTS)+1.4/TB+if(gt(N\\,0)\\,(mod(N*7\\,9)-4)*0.001/TB\\,0)';
  beforeAll(async () => {
    await countingVideo(at('constant.mp4'), 75, 25);
    await countingVideo(at('variable.mkv'), 75, 25, jitter);
  });

  test('give the same sampled frames', async () => {
    const constant = await samplesOf(at('constant.mp4'));
    const variable = await samplesOf(at('variable.mkv'));
    expect(variable.grid.table.findings).toMatchObject({ variableRate: true, startsAt: 0, origin: 1.4 });
    expect(constant.grid.table.findings).toMatchObject({ variableRate: false, startsAt: 0, origin: 0 });
    expect(variable.frames).toEqual(constant.frames);
    expect(variable.greys).toEqual(constant.greys);
    for (let k = 0; k < constant.grid.samples; k++) {
      expect(variable.grid.boundaryFrame(k)).toBe(constant.grid.boundaryFrame(k));
      expect(variable.grid.boundary(k)).toBeCloseTo(constant.grid.boundary(k), 9);
    }
  });
});

describe('pictures are as displayed', () => {
  test('a phone video with a rotation of 90 degrees is upright', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=320x180:r=10:d=1', '-pix_fmt', 'yuv420p', at('lying.mp4'));
    await ffmpeg('-i', at('lying.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', at('phone.mp4'));
    const { stream } = await probeVideo(at('phone.mp4'));
    expect(stream).toMatchObject({ width: 180, height: 320 });
    expect([90, 270]).toContain(stream.rotation);
    const { frames } = await samplesOf(at('phone.mp4'));
    expect(frames).toHaveLength(10);
  });

  test('pixels that are not square become square', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=360x288:r=10:d=1,setsar=16/11', '-pix_fmt', 'yuv420p', at('anamorphic.mp4'));
    const { stream } = await probeVideo(at('anamorphic.mp4'));
    expect(stream).toMatchObject({ width: 524, height: 288 });
  });

  test('10-bit HEVC, full-range JPEG colours and odd sizes decode', async () => {
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=320x180:r=10:d=1',
      '-pix_fmt',
      'yuv420p10le',
      '-c:v',
      'libx265',
      '-x265-params',
      'log-level=none',
      at('hevc10.mp4'),
    );
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=321x181:r=10:d=1', '-c:v', 'mjpeg', at('odd.mkv'));
    for (const name of ['hevc10.mp4', 'odd.mkv']) expect((await samplesOf(at(name))).frames).toHaveLength(10);
  });

  test('a sound file with a cover picture is not a video', async () => {
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'sine=d=1',
      '-f',
      'lavfi',
      '-i',
      'color=red:s=64x64:d=0.1',
      '-frames:v',
      '1',
      '-disposition:v',
      'attached_pic',
      '-c:v',
      'mjpeg',
      at('cover.m4a'),
    );
    await expect(probeVideo(at('cover.m4a'))).rejects.toMatchObject({ code: 'no-video-stream' });
  });
});

describe('the error for a file that cannot be read is a sentence with its name', () => {
  beforeAll(async () => {
    await writeFile(at('empty.mp4'), '');
    await writeFile(at('text.mp4'), 'Dear diary, this is not a video.\n'.repeat(50));
    await copyFile(ONE_FACE, at('cut.mp4'));
    await truncate(at('cut.mp4'), 40_000);
    await ffmpeg('-i', ONE_FACE, '-c', 'copy', at('index-last.mp4'));
    await truncate(at('index-last.mp4'), 60_000);
    await ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', at('sound.mp4'));
    for (const name of ['cut.mkv', 'cut.avi']) {
      await ffmpeg('-i', ONE_FACE, '-c:v', 'mpeg4', '-q:v', '3', at(name));
      await truncate(at(name), Math.floor((await stat(at(name))).size / 2));
    }
  });

  test.each([
    ['empty.mp4', 'file-empty'],
    ['text.mp4', 'not-a-video'],
    ['cut.mp4', 'damaged-video'],
    ['index-last.mp4', 'damaged-video'],
    ['cut.mkv', 'damaged-video'],
    ['cut.avi', 'damaged-video'],
    ['sound.mp4', 'no-video-stream'],
    ['nowhere.mp4', 'file-missing'],
  ])('%s: %s', async (name, code) => {
    const failure = probeVideo(at(name)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(await failure).toMatchObject({ code, message: expect.stringContaining(name), remedy: expect.stringMatching(/\w+.*\.$/) });
  });
});

describe('decoding', () => {
  test('ends when the reading loop ends', async () => {
    const video = await probeVideo(ONE_FACE);
    for await (const sample of sampleFrames(video, new SamplingGrid(video.timing, 10))) {
      sample.release();
      break;
    }
  });

  test('stops on abort with the error cancelled', async () => {
    const video = await probeVideo(ONE_FACE);
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      for await (const sample of sampleFrames(video, new SamplingGrid(video.timing, 10), stop.signal)) {
        sample.release();
        if (sample.sample === 3) stop.abort();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('of a file with a damaged second half fails with the share that could be read', async () => {
    const bytes = await readFile(ONE_FACE);
    for (let i = Math.floor(bytes.length * 0.6); i < bytes.length; i++) bytes[i] = (i * 7919) & 255;
    await writeFile(at('garbled.mp4'), bytes);
    await expect(samplesOf(at('garbled.mp4'))).rejects.toMatchObject({ code: 'damaged-video', message: expect.stringMatching(/only up to \d\d%/) as string });
  });

  test('of a file with a small damaged part continues and reports the errors', async () => {
    const bytes = await readFile(ONE_FACE);
    bytes.fill(0x55, Math.floor(bytes.length * 0.5), Math.floor(bytes.length * 0.5) + 300);
    await writeFile(at('spot.mp4'), bytes);
    const video = await probeVideo(at('spot.mp4'));
    let complaints = 0;
    let samples = 0;
    for await (const sample of sampleFrames(video, new SamplingGrid(video.timing, 10), undefined, (count) => (complaints = count))) {
      samples += 1;
      sample.release();
    }
    expect(samples).toBe(new SamplingGrid(video.timing, 10).samples);
    expect(complaints).toBeGreaterThan(0);
  });

  test('of frames that are close together reports no errors', async () => {
    await countingVideo(at('pairs.mkv'), 50, 25, 'PTS-STARTPTS+mod(N\\,2)*0.038/TB');
    const video = await probeVideo(at('pairs.mkv'));
    let complaints = 0;
    for await (const sample of sampleFrames(video, new SamplingGrid(video.timing, 10), undefined, (count) => (complaints = count))) sample.release();
    expect(complaints).toBe(0);
  });

  test('reports frames that are replaced by a neighbour', async () => {
    await countingVideo(at('whole.mkv'), 50, 25, 'PTS-STARTPTS', ['-g', '1']);
    const { substituted } = await samplesOf(at('whole.mkv'));
    expect(substituted).toBe(0);
  });
});
