import { copyFile, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { countingVideo, ffmpeg, greyOfFrame, ONE_FACE, temporaryFolder } from '../../../testing/videos.ts';
import { ENVELOPE_RATE } from '../../shared/domain/sound.ts';
import { SamplingGrid } from '../../shared/domain/time.ts';
import { audioEnvelope, movedEnvelope } from './audio-envelope.ts';
import { probeVideo } from './probe.ts';
import { sampleFrames } from './sampled-frames.ts';
import { findVideos } from './video-files.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

async function samplesOf(path: string, rate = 10): Promise<{ grid: SamplingGrid; frames: number[]; greys: number[]; substituted: number }> {
  const video = await probeVideo(path);
  const grid = new SamplingGrid(video.timing, rate);
  const frames: number[] = [];
  const greys: number[] = [];
  let substituted = 0;
  for await (const sample of sampleFrames(video, grid)) {
    frames.push(sample.frame);
    greys.push(sample.picture.y[sample.picture.width * 10 + 10]!);
    substituted += sample.substituted ? 1 : 0;
    sample.release();
  }
  return { grid, frames, greys, substituted };
}

/** Checks that the picture and the frame index of every sample are those of the frame whose PTS is nearest to its moment. */
function expectNearest({ grid, frames, greys }: Awaited<ReturnType<typeof samplesOf>>): void {
  expect(frames).toHaveLength(grid.samples);
  frames.forEach((frame, k) => {
    const distances = [...grid.table.pts].map((pts) => Math.abs(pts - grid.moment(k)));
    expect(distances[frame]).toBeCloseTo(Math.min(...distances), 9);
    expect(Math.abs(greys[k]! - greyOfFrame(frame)), `sample ${k} shows frame ${frame}`).toBeLessThanOrEqual(4);
  });
}

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

describe('time 0 is the start of the container', () => {
  const SOUND = ['-f', 'lavfi', '-i', 'sine=d=3'];
  /** The clock of MPEG transport streams counts 33 bits of 1/90000 s. */
  const WRAP_S = 2 ** 33 / 90_000;
  beforeAll(async () => {
    await countingVideo(at('plain.mp4'), 50, 25, 'PTS-STARTPTS', ['-bf', '2']);
  });

  test.each([
    ['a transport stream that begins at 1.48 s', 'begins.ts', ['-muxdelay', '0', '-output_ts_offset', '1.4'], 1.4],
    ['a transport stream whose clock starts again from 0', 'wraps.ts', ['-muxdelay', '0', '-output_ts_offset', String(WRAP_S - 1)], -1],
    ['a program stream', 'old.mpg', ['-c:v', 'mpeg2video', '-q:v', '1', '-muxdelay', '0.5', '-f', 'mpeg'], 0.5],
    ['a Matroska file that begins late', 'begins.mkv', ['-output_ts_offset', '3'], 3],
  ])('of %s: the first frame is at 0', async (_, name, args, origin) => {
    await ffmpeg('-i', at('plain.mp4'), '-c', 'copy', ...args, at(name));
    const seen = await samplesOf(at(name));
    const { table } = seen.grid;
    expect([table.start, table.frames]).toEqual([0, 50]);
    expect(table.end).toBeCloseTo(2, 6);
    expect(Math.abs(table.findings.origin - origin)).toBeLessThan(0.6);
    expectNearest(seen);
  });

  test.each(['sound-first.mp4', 'sound-first.mkv', 'sound-first.ts'])('where sound begins before the picture, the picture is late: %s', async (name) => {
    const offset = name.endsWith('.ts') ? ['-output_ts_offset', '7'] : [];
    await ffmpeg('-itsoffset', '0.5', '-i', at('plain.mp4'), ...SOUND, '-c:v', 'copy', '-c:a', 'aac', '-map', '0:v', '-map', '1:a', ...offset, at(name));
    const seen = await samplesOf(at(name));
    expect(Math.abs(seen.grid.table.start - 0.5)).toBeLessThan(0.03);
    expectNearest(seen);
  });

  test('sound that an encoder began a little before 0 does not move the picture', async () => {
    await ffmpeg(
      '-i',
      at('plain.mp4'),
      ...SOUND,
      '-c:v',
      'copy',
      '-c:a',
      'libopus',
      '-map',
      '0:v',
      '-map',
      '1:a',
      '-avoid_negative_ts',
      'disabled',
      at('opus.mkv'),
    );
    expect((await probeVideo(at('opus.mkv'))).timing.start).toBe(0);
  });

  test('the curve of the sound is on the same clock', async () => {
    const beep = ['-f', 'lavfi', '-i', "aevalsrc='if(between(t,1,1.5),sin(2000*t),0)':d=2"];
    await ffmpeg('-i', at('plain.mp4'), ...beep, '-c:v', 'copy', '-c:a', 'mp2', '-muxdelay', '0', '-output_ts_offset', '4', at('beep.ts'));
    const envelope = await audioEnvelope(at('beep.ts'));
    const loudFrom = envelope.findIndex((value) => Math.abs(value) > 60) / 2 / ENVELOPE_RATE;
    const { start } = (await probeVideo(at('beep.ts'))).timing;
    expect(Math.abs(loudFrom - start - 1)).toBeLessThan(0.06);
    const moved = movedEnvelope(envelope, 4);
    expect(moved.findIndex((value) => Math.abs(value) > 60) / 2 / ENVELOPE_RATE).toBeCloseTo(loudFrom + 4, 6);
    expect(movedEnvelope(envelope, -1).findIndex((value) => Math.abs(value) > 60) / 2 / ENVELOPE_RATE).toBeCloseTo(loudFrom - 1, 6);
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

  test('reports frames that are replaced by a neighbour', async () => {
    await countingVideo(at('whole.mkv'), 50, 25, 'PTS-STARTPTS', ['-g', '1']);
    const { substituted } = await samplesOf(at('whole.mkv'));
    expect(substituted).toBe(0);
  });
});

describe('videos among files and folders', () => {
  test('are found in all subfolders, in order, once, with unique names', async () => {
    for (const place of ['a/Größe 试验 (1)', 'b/Größe 试验 (1)', 'a/.hidden']) {
      await mkdir(join(folder, 'tree', place), { recursive: true });
      await copyFile(ONE_FACE, join(folder, 'tree', place, 'p 1.MP4'));
    }
    await writeFile(join(folder, 'tree', 'notes.txt'), '');
    const below = await findVideos([join(folder, 'tree'), join(folder, 'tree', 'a')]);
    expect(below.map(({ name }) => name)).toEqual(['a/Größe 试验 (1)/p 1.MP4', 'b/Größe 试验 (1)/p 1.MP4']);
    const twoFolders = await findVideos([join(folder, 'tree', 'a'), join(folder, 'tree', 'b')]);
    expect(twoFolders.map(({ name }) => name)).toEqual(['a/Größe 试验 (1)/p 1.MP4', 'b/Größe 试验 (1)/p 1.MP4']);
    await expect(findVideos([join(folder, 'no such')])).rejects.toMatchObject({ code: 'file-missing' });
  });
});
