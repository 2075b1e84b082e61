import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../testing/videos.ts';
import { playabilityOf } from './playback.ts';
import { existingProxy, makeProxy, thinProxies } from './playback-proxy.ts';
import { probeVideo } from './probe.ts';
import { serveFile } from './ranged-file.ts';

const folder = await temporaryFolder();
const SOURCE = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25:duration=2'];
const LONGER = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=4'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=2'];

describe('what Chromium cannot play gets a proxy', () => {
  test.each([
    ['an AVI of MPEG-4', 'old.avi', [...SOURCE, ...SOUND, '-c:v', 'mpeg4']],
    ['a WMV', 'old.wmv', [...SOURCE, ...SOUND, '-c:v', 'wmv2']],
    ['MPEG-2 that starts late', 'camera.ts', [...SOURCE, ...SOUND, '-c:v', 'mpeg2video', '-bf', '2']],
    ['10-bit H.264', 'ten bits é.mp4', [...SOURCE, '-c:v', 'libx264', '-pix_fmt', 'yuv420p10le']],
    ['Theora', 'old.ogv', [...SOURCE, ...SOUND, '-c:v', 'libtheora', '-c:a', 'libvorbis']],
    [
      'a transport stream with a hole of six seconds',
      'hole.ts',
      [...SOURCE, '-vf', "settb=1/90000,setpts='N*3600+gte(N,25)*540000'", '-fps_mode', 'passthrough', '-enc_time_base', '1/90000', '-c:v', 'libx264'],
    ],
    [
      'a file of two videos, of which the second one is the longest',
      'two.mp4',
      [...SOURCE, ...LONGER, '-map', '0', '-map', '1', '-disposition:v:0', '0', '-disposition:v:1', 'default'],
    ],
    [
      'MPEG-2 of variable rate in Matroska',
      'shaken.mkv',
      [...SOURCE, '-vf', "setpts='(N+0.3*mod(N,3))/25/TB'", '-fps_mode', 'vfr', '-c:v', 'mpeg2video', '-q:v', '4'],
    ],
  ])('%s, with its frames at their times', async (_, name, args) => {
    const path = join(folder, name);
    await ffmpeg(...args, path);
    const original = await probeVideo(path);
    expect(playabilityOf(path, original).reason?.id).toMatch(/^play\//);
    expect(await existingProxy(path, folder)).toBeUndefined();
    const shares: number[] = [];
    const before = await stat(path);
    const proxy = await makeProxy(original, (share) => shares.push(share), undefined, join(folder, 'proxies'));
    const made = await probeVideo(proxy);
    expect(playabilityOf(proxy, made).type).toBe('video/mp4');
    expect(made.timing.frames).toBe(original.timing.frames);
    original.timing.pts.forEach((pts, i) => expect(Math.abs(made.timing.pts[i]! - (pts - original.timing.start))).toBeLessThan(0.001));
    expect(shares.at(-1)).toBe(1);
    expect(await existingProxy(path, join(folder, 'proxies'))).toBe(proxy);
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  });

  test('recordings that were joined, with one continuous clock', async () => {
    const part = join(folder, 'part.ts');
    await ffmpeg(...SOURCE, ...SOUND, '-c:v', 'libx264', '-bf', '2', '-pix_fmt', 'yuv420p', part);
    const path = join(folder, 'joined.ts');
    await writeFile(path, Buffer.concat([await readFile(part), await readFile(part)]));
    const original = await probeVideo(path);
    expect(original.timing.frames).toBe(100);
    const made = await probeVideo(await makeProxy(original, () => undefined, undefined, join(folder, 'proxies')));
    original.timing.pts.forEach((pts, i) => expect(Math.abs(made.timing.pts[i]! - (pts - original.timing.start))).toBeLessThan(0.001));
    expect(made.timing.duration).toBeCloseTo(4, 2);
  });

  test.each([
    ['h264', 'yuv420p', false, 'play/interlaced'],
    ['h264', 'yuv420p', true, undefined],
    ['theora', 'yuv420p', true, 'play/codec'],
  ])('%s in %s, progressive: %s', (codec, pixelFormat, isProgressive, reason) => {
    const stream = { codec, pixelFormat, isProgressive, isFirst: true };
    expect(playabilityOf('a.mp4', { stream, container: { format: 'mov,mp4,m4a' } }).reason?.id).toBe(reason);
    // A transport stream that was named .mp4
    expect(playabilityOf('a.mp4', { stream, container: { format: 'mpegts' } }).reason).toMatchObject({ parameters: { container: 'MPEGTS' } });
  });

  test('an ordinary MP4 needs no proxy', async () => {
    const path = join(folder, 'plain.mp4');
    await ffmpeg(...SOURCE, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', path);
    expect(playabilityOf(path, await probeVideo(path))).toEqual({ type: 'video/mp4' });
  });

  test('an aborted proxy leaves no file', async () => {
    const path = join(folder, 'long.avi');
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=640x480:rate=25:duration=20', '-c:v', 'mpeg4', path);
    const cache = join(folder, 'stopped');
    const stop = new AbortController();
    const video = await probeVideo(path);
    await expect(makeProxy(video, () => stop.abort(), stop.signal, cache)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(cache)).toEqual([]);
  });

  test('the cache stays below its limit and keeps the most recently used proxies', async () => {
    const cache = join(folder, 'cache');
    await mkdir(cache);
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      await writeFile(join(cache, `${name}.mp4`), Buffer.alloc(100));
      await utimes(join(cache, `${name}.mp4`), 1000 + i, 1000 + i);
    }
    await utimes(join(cache, 'a.mp4'), 2000, 2000);
    await thinProxies(cache, 200);
    expect((await readdir(cache)).sort()).toEqual(['a.mp4', 'c.mp4']);
  });
});

describe('a file is served in ranges', async () => {
  const path = join(folder, 'bytes');
  await writeFile(path, '0123456789');
  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=5-2', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
    [null, 200, '0123456789', null],
  ])('%s', async (range, status, body, contentRange) => {
    const response = await serveFile(path, 'video/mp4', 'GET', range);
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([status, body, contentRange]);
  });

  test('HEAD returns the length without a body, other methods get 405, a missing file gets 404', async () => {
    const head = await serveFile(path, 'video/mp4', 'HEAD', null);
    expect([head.status, head.headers.get('content-length'), head.body]).toEqual([200, '10', null]);
    expect((await serveFile(path, 'video/mp4', 'PUT', null)).status).toBe(405);
    expect((await serveFile(`${path}-gone`, 'video/mp4', 'GET', null)).status).toBe(404);
  });
});

test('what a killed process left of a proxy is deleted, and counts in the limit until then', async () => {
  const cache = join(folder, 'left');
  await mkdir(cache);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const make = async (name: string, hours: number): Promise<string> => {
    await writeFile(join(cache, name), Buffer.alloc(1000));
    await utimes(join(cache, name), Date.now() / 1000 - 3600 * hours, Date.now() / 1000 - 3600 * hours);
    return name;
  };
  const names = [
    await make(`a.mp4.${pid}.part`, 2),
    await make(`b.mp4.${pid}.part`, 0.5),
    await make(`c.mp4.${process.pid}.part`, 2),
    await make(`d.mp4.${process.pid}.part`, 30),
    await make('e.mp4', 40),
  ];
  await thinProxies(cache, 5000);
  expect((await readdir(cache)).sort()).toEqual(names);
  await thinProxies(cache, 4500);
  expect(await readdir(cache)).not.toContain('e.mp4');
  await ffmpeg('-i', ONE_FACE, '-t', '1', '-c:v', 'mpeg4', join(folder, 'left.avi'));
  await makeProxy(await probeVideo(join(folder, 'left.avi')), () => undefined, undefined, cache);
  expect((await readdir(cache)).filter((name) => name.endsWith('.part')).sort()).toEqual([names[1], names[2]]);
});
