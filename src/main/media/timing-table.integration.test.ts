import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fieldCodedVideo } from '../../../testing/field-coded-video.ts';
import { expectNearest, samplesOf } from '../../../testing/samples.ts';
import { countingVideo, ffmpeg, greyOfFrame, temporaryFolder } from '../../../testing/videos.ts';
import { ENVELOPE_RATE } from '../../shared/domain/sound.ts';
import { SamplingGrid } from '../../shared/domain/time.ts';
import { audioEnvelope, movedEnvelope } from './audio-envelope.ts';
import { playabilityOf } from './playback.ts';
import { probeVideo } from './probe.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

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

describe('pictures are counted, not packets', () => {
  test.each(['fields.mts', 'fields.mkv', 'fields.mp4'])('of H.264 with a packet for each field: %s', async (name) => {
    await fieldCodedVideo(at('fields.h264'), 60);
    await ffmpeg('-f', 'h264', '-r', '50', '-i', at('fields.h264'), '-c', 'copy', ...(name.endsWith('mts') ? ['-f', 'mpegts'] : []), at(name));
    const seen = await samplesOf(at(name));
    const { table } = seen.grid;
    expect([table.frames, table.start, seen.substituted]).toEqual([60, 0, 0]);
    expect(table.duration).toBeCloseTo(2.4, 6);
    expect(playabilityOf(at(name), await probeVideo(at(name))).reason?.id).toMatch(/^play/);
    expectNearest(seen);
  });

  test('of a stream with packets that show nothing', async () => {
    await countingVideo(at('pictures.mp4'), 50, 25);
    await ffmpeg('-i', at('pictures.mp4'), '-c:v', 'libvpx', '-crf', '4', '-b:v', '4M', '-auto-alt-ref', '1', '-lag-in-frames', '25', at('hidden.webm'));
    const seen = await samplesOf(at('hidden.webm'));
    expect(seen.grid.table.frames).toBe(50);
    expect(seen.substituted).toBe(0);
  });

  test.each([
    ['MPEG-4', ['-c:v', 'mpeg4', '-q:v', '1', '-bf', '2', '-enc_time_base', '1/25']],
    ['H.264', ['-bf', '3', '-enc_time_base', '1/25']],
  ])('of an AVI with B-frames of %s, whose last times are missing', async (codec, options) => {
    const path = at(`b-frames-${codec}.avi`);
    await countingVideo(path, 50, 25, 'PTS-STARTPTS', options);
    const seen = await samplesOf(path);
    const { table } = seen.grid;
    expect([table.frames, table.start]).toEqual([50, 0]);
    expect(table.end).toBeCloseTo(2, 6);
    expectNearest(seen);
  });

  test('of an AVI from which the recorder dropped frames for seconds', async () => {
    const dropped = '(PTS-STARTPTS)+if(gte(N\\,20)\\,5/TB\\,0)';
    await countingVideo(at('dropped.avi'), 40, 25, dropped, ['-c:v', 'mpeg4', '-q:v', '1', '-enc_time_base', '1/25']);
    const seen = await samplesOf(at('dropped.avi'));
    expect(seen.grid.table.frames).toBe(40);
    expect(seen.grid.table.end).toBeCloseTo(6.6, 6);
    expectNearest(seen);
  });

  test.each([
    ['one after the other', 0, 0.04],
    ['with a clock that jumps forward', 1000, 0.04],
  ])('of transport streams that were joined %s', async (_, offset, step) => {
    await countingVideo(at('part.mp4'), 50, 25, 'PTS-STARTPTS', ['-bf', '2']);
    const parts: Buffer[] = [];
    for (const [i, start] of [0, offset].entries()) {
      await ffmpeg('-i', at('part.mp4'), '-c', 'copy', '-output_ts_offset', String(start), at(`part-${i}.ts`));
      parts.push(await readFile(at(`part-${i}.ts`)));
    }
    const path = at(`joined-${offset}.ts`);
    await writeFile(path, Buffer.concat(parts));
    const video = await probeVideo(path);
    const { pts, frames, end } = video.timing;
    expect(frames).toBe(100);
    expect(end).toBeCloseTo(4, 6);
    expect(pts[50]! - pts[49]!).toBeCloseTo(step, 6);
    expect(video.jumps).toMatchObject([{ atS: expect.closeTo(2, 6) }]);
    const { greys, substituted } = await samplesOf(path);
    expect(substituted).toBe(0);
    // The second part shows the frames of the first one again.
    const grid = new SamplingGrid(video.timing, 10);
    greys.forEach((grey, k) => expect(Math.abs(grey - greyOfFrame(grid.frameOf(k) % 50))).toBeLessThanOrEqual(4));
  });
});
