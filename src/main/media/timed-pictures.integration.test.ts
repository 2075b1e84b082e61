import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { countingVideo, ffmpeg, greyOfFrame, temporaryFolder } from '../../../testing/videos.ts';
import type { SoundChoice } from '../../shared/domain/export-formats.ts';
import { EveryFrame } from '../../shared/domain/time.ts';
import type { ProbedVideo } from './probe.ts';
import { probeVideo } from './probe.ts';
import { findProgram } from './programs.ts';
import { sampleFrames } from './sampled-frames.ts';
import type { TimedPicture } from './timed-pictures.ts';
import { encodeTimedPictures, hasSound, probeNewVideo } from './timed-pictures.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
const never = new AbortController().signal;

async function* unchanged(video: ProbedVideo): AsyncGenerator<TimedPicture> {
  for await (const { sample, picture, release } of sampleFrames(video, new EveryFrame(video.timing)))
    if (picture !== null) yield { picture, pts: video.timing.pts[sample]!, release };
}

/** Writes a video again with unchanged pictures. */
async function again(path: string, sound: SoundChoice = 'muted'): Promise<{ original: ProbedVideo; made: ProbedVideo; path: string }> {
  const original = await probeVideo(path);
  const to = `${path}-${sound}.mp4`;
  await encodeTimedPictures(original, unchanged(original), { unfinished: to, to, sound }, never);
  return { original, made: await probeNewVideo(to, path, original.timing, never), path: to };
}

/** The grey level of every frame. */
async function greysOf(video: ProbedVideo): Promise<number[]> {
  const greys: number[] = [];
  for await (const { frame, sample, picture, release } of sampleFrames(video, new EveryFrame(video.timing))) {
    expect(frame).toBe(sample);
    greys.push(picture!.y[picture!.width * 10 + 10]!);
    release();
  }
  return greys;
}

const probed = async (path: string): Promise<string> =>
  (await promisify(execFile)((await findProgram('ffprobe')).path, ['-v', 'error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json', path]))
    .stdout;

describe('a video that is written again has the same frames at the same times', () => {
  const jitter = '(PTS-STARTPTS)+1.4/TB+if(gt(N\\,0)\\,(mod(N*7\\,9)-4)*0.001/TB\\,0)';
  const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=3'];

  test.each([
    ['at a constant rate', 'constant.mp4', 'PTS-STARTPTS', ['-bf', '3']],
    ['at 29.97 frames per second', 'ntsc.mkv', 'PTS-STARTPTS', ['-r', '30000/1001']],
    ['at a variable rate from 1.4 s', 'variable.mkv', jitter, []],
    ['with a pause of 1.7 s', 'pause.mkv', '(PTS-STARTPTS)+if(gt(N\\,20)\\,1.7/TB\\,0)', []],
  ])('%s', async (_, name, timing, extra) => {
    await countingVideo(at(name), 60, 25, timing, extra);
    const { original, made } = await again(at(name));
    const greys = await greysOf(made);
    expect(greys).toHaveLength(60);
    greys.forEach((grey, frame) => expect(Math.abs(grey - greyOfFrame(frame)), `frame ${frame}`).toBeLessThanOrEqual(6));
    original.timing.pts.forEach((pts, i) => expect(Math.abs(made.timing.pts[i]! - pts)).toBeLessThan(0.001));
  });

  test.each(['muted', 'kept', 'pitched'] as const)('where sound begins before the picture: %s', async (sound) => {
    await countingVideo(at('plain.mp4'), 50, 25);
    const streams = ['-c:v', 'copy', '-c:a', 'aac', '-map', '0:v', '-map', '1:a'];
    await ffmpeg('-itsoffset', '0.5', '-i', at('plain.mp4'), ...SOUND, ...streams, at('late.mp4'));
    const { original, made } = await again(at('late.mp4'), sound);
    expect(original.timing.start).toBeCloseTo(0.5, 2);
    expect(made.timing.start).toBeCloseTo(original.timing.start, 3);
    const greys = await greysOf(made);
    greys.forEach((grey, frame) => expect(Math.abs(grey - greyOfFrame(frame)), `frame ${frame}`).toBeLessThanOrEqual(6));
  });

  test('a phone video with a rotation is upright in the new file, without a rotation', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=320x180:r=10:d=1', '-pix_fmt', 'yuv420p', at('lying.mp4'));
    await ffmpeg('-i', at('lying.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', at('phone.mp4'));
    const { original, made } = await again(at('phone.mp4'));
    expect([original.stream.rotation, made.stream.rotation]).toEqual([expect.toBeOneOf([90, 270]), 0]);
    expect(made.stream).toMatchObject({ width: 180, height: 320 });
    const [first, second] = await Promise.all([original, made].map(firstPicture));
    const difference = first!.reduce((sum, value, i) => sum + Math.abs(value - second![i]!), 0) / first!.length;
    expect(difference).toBeLessThan(4);
  });

  async function firstPicture(video: ProbedVideo): Promise<Uint8Array> {
    for await (const { picture } of sampleFrames(video, new EveryFrame(video.timing))) return picture!.y.slice();
    throw new Error('no picture');
  }
});

describe('of the sound and the rest of a file', () => {
  /** A second of silence, then a tone of 440 Hz for a second, with two sound tracks, subtitles, chapters and metadata. */
  async function interview(): Promise<string> {
    if (existsSync(at('interview.mkv'))) return at('interview.mkv');
    await countingVideo(at('picture.mkv'), 50, 25);
    await writeFile(at('words.srt'), '1\n00:00:00,000 --> 00:00:01,000\nMy name is Anna Beispiel\n');
    await writeFile(
      at('facts.txt'),
      ';FFMETADATA1\ntitle=Anna Beispiel\nlocation=+52.5+13.4/\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Anna talks\n',
    );
    const tone = 'aevalsrc=if(gte(t\\,1)\\,0.5*sin(2*PI*440*t)\\,0):d=2:s=44100';
    await ffmpeg(
      ...['-i', at('picture.mkv'), '-f', 'lavfi', '-i', tone, '-f', 'lavfi', '-i', 'sine=d=2', '-i', at('words.srt'), '-i', at('facts.txt')],
      ...['-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3:s', '-map_metadata', '4', '-map_chapters', '4'],
      ...['-metadata:s:a:0', 'title=Anna', '-c:v', 'copy', '-c:a', 'aac', '-c:s', 'srt', at('interview.mkv')],
    );
    return at('interview.mkv');
  }

  /** The mean frequency of the sound in a span, from its crossings of zero, in Hz; 0 for silence. */
  async function frequency(path: string, fromS: number, toS: number): Promise<number> {
    const raw = `${path}.raw`;
    await ffmpeg('-i', path, '-map', '0:a', '-ac', '1', '-ar', '48000', '-f', 's16le', raw);
    const bytes = await readFile(raw);
    const samples = Array.from({ length: Math.round((toS - fromS) * 48_000) }, (_, i) => bytes.readInt16LE(2 * (Math.round(fromS * 48_000) + i)));
    if (Math.max(...samples.map(Math.abs)) < 500) return 0;
    const crossings = samples.filter((value, i) => i > 0 && value >= 0 && samples[i - 1]! < 0).length;
    return crossings / (toS - fromS);
  }

  test('muted: no sound is left', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2', '-pix_fmt', 'yuv420p', at('loud.mov'));
    expect(await hasSound(at('loud.mov'))).toBe(true);
    const { path } = await again(at('loud.mov'), 'muted');
    expect(await hasSound(path)).toBe(false);
  });

  test('muted, where the picture begins after the sound: silence keeps the times', async () => {
    const { path, original } = await again(await interview(), 'muted');
    expect(original.timing.start).toBeGreaterThan(0.001);
    expect(await hasSound(path)).toBe(true);
    expect(await frequency(path, 0, 1.9)).toBe(0);
  });

  test('kept: the first track, at its time', async () => {
    const { path } = await again(await interview(), 'kept');
    expect(await frequency(path, 0.1, 0.9)).toBe(0);
    expect(Math.abs((await frequency(path, 1.1, 1.9)) - 440)).toBeLessThan(5);
  });

  test('pitched: three quarters of the frequency, at the same time', async () => {
    const { path } = await again(await interview(), 'pitched');
    expect(await frequency(path, 0.1, 0.9)).toBe(0);
    expect(Math.abs((await frequency(path, 1.15, 1.85)) - 330)).toBeLessThan(8);
  });

  test.each(['muted', 'kept', 'pitched'] as const)('%s: no metadata, chapters, subtitles or further tracks', async (sound) => {
    const source = await interview();
    expect(await probed(source)).toContain('Anna Beispiel');
    const { path } = await again(source, sound);
    const facts = await probed(path);
    expect(facts).not.toMatch(/Anna|"location|52\.5\+13/);
    expect((await readFile(path)).includes('Anna')).toBe(false);
    const { streams, chapters } = JSON.parse(facts) as { streams: { codec_type: string }[]; chapters: unknown[] };
    expect(streams.map(({ codec_type }) => codec_type)).toEqual(['video', 'audio']);
    expect(chapters).toEqual([]);
  });
});

describe('a video that cannot be written', () => {
  test('names the file and says why, and ffmpeg ends', async () => {
    await countingVideo(at('source.mp4'), 50, 25);
    const original = await probeVideo(at('source.mp4'));
    const made = { unfinished: join(folder, 'missing', 'x.part'), to: join(folder, 'missing', 'x.mp4'), sound: 'muted' } as const;
    await expect(encodeTimedPictures(original, unchanged(original), made, never)).rejects.toMatchObject({
      id: 'program-failed/encode',
      parameters: { path: made.to },
    });
  });

  test.runIf(existsSync('/dev/full'))('a full disk is reported as such', async () => {
    const original = await probeVideo(at('source.mp4'));
    await expect(encodeTimedPictures(original, unchanged(original), { unfinished: '/dev/full', to: at('x.mp4'), sound: 'muted' }, never)).rejects.toMatchObject(
      {
        code: 'disk-full',
        parameters: { path: at('x.mp4') },
      },
    );
  });

  test('errors of the pictures are passed on', async () => {
    const original = await probeVideo(at('source.mp4'));
    async function* broken(): AsyncGenerator<TimedPicture> {
      await Promise.resolve();
      throw new RangeError('no picture');
    }
    await expect(encodeTimedPictures(original, broken(), { unfinished: at('y.part'), to: at('y.mp4'), sound: 'muted' }, never)).rejects.toThrow('no picture');
  });

  test('frames that are missing in a new video are an error', async () => {
    await countingVideo(at('short.mp4'), 40, 25);
    const { timing } = await probeVideo(at('source.mp4'));
    await expect(probeNewVideo(at('short.mp4'), 'source.mp4', timing, never)).rejects.toMatchObject({ id: 'damaged-video/new-count' });
    await countingVideo(at('other.mp4'), 50, 24);
    await expect(probeNewVideo(at('other.mp4'), 'source.mp4', timing, never)).rejects.toMatchObject({ id: 'damaged-video/new-time' });
  });
});
