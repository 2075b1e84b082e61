import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../testing/videos.ts';
import { ENVELOPE_RATE } from '../../shared/domain/sound.ts';
import { audioEnvelope } from './audio-envelope.ts';
import { thumbnail } from './thumbnail.ts';

test('the sound envelope has the same clock as the frames, even if the sound starts late, and is empty without sound', async () => {
  const path = join(await temporaryFolder(), 'tone.mkv');
  // One second of black; a tone of half a second that begins at 0.4 s.
  const tone = ['-itsoffset', '0.4', '-f', 'lavfi', '-i', 'sine=frequency=440:duration=0.5:sample_rate=44100'];
  await ffmpeg('-f', 'lavfi', '-i', 'color=black:s=64x48:d=1', ...tone, '-map', '0:v', '-map', '1:a', '-c:a', 'pcm_s16le', path);
  const envelope = await audioEnvelope(path);
  const loud = (at: number): number => envelope[2 * Math.round(at * ENVELOPE_RATE) + 1]! - envelope[2 * Math.round(at * ENVELOPE_RATE)]!;
  expect([loud(0.1), loud(0.3)]).toEqual([0, 0]);
  expect(loud(0.6)).toBeGreaterThan(20);
  expect(envelope.length / 2).toBeGreaterThanOrEqual(88);
  expect(await audioEnvelope(ONE_FACE)).toHaveLength(0);
});

test('a thumbnail is small, and a file that is not a video has none', async () => {
  const picture = await thumbnail(ONE_FACE, 0.5);
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'jpeg', height: 90 });
  expect(picture!.length).toBeLessThan(20_000);
  expect(await thumbnail(import.meta.filename, 0)).toBeUndefined();
});

test('a thumbnail shows the moment that is asked for', async () => {
  const path = join(await temporaryFolder(), 'two-halves.mp4');
  const halves = ['color=black:s=160x90:d=1', 'color=white:s=160x90:d=1'].flatMap((source) => ['-f', 'lavfi', '-i', source]);
  await ffmpeg(...halves, '-filter_complex', '[0][1]concat', '-g', '250', '-pix_fmt', 'yuv420p', path);
  const brightness = async (atS: number): Promise<number> => (await sharp(await thumbnail(path, atS)).stats()).channels[0]!.mean;
  expect(await brightness(0.9)).toBeLessThan(20);
  expect(await brightness(1.1)).toBeGreaterThan(230);
});
