import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { samplesOf } from '../../../testing/samples.ts';
import { countingVideo, ffmpeg, ONE_FACE, temporaryFolder } from '../../../testing/videos.ts';
import { SamplingGrid, TimingTable } from '../../shared/domain/time.ts';
import { audioEnvelope } from './audio-envelope.ts';
import { probeVideo } from './probe.ts';
import type { Program } from './programs.ts';
import { RunningProgram } from './running-program.ts';
import { thumbnail } from './thumbnail.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

describe('a playlist that is named like a video is rejected, and what it names is not read', () => {
  const PLAYLISTS: Readonly<Record<string, string>> = {
    hls: `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${ONE_FACE}\n#EXT-X-ENDLIST\n`,
    concat: 'ffconcat version 1.0\nfile own.mp4\n',
    dash: `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT5S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000"><BaseURL>${ONE_FACE}</BaseURL></Representation></AdaptationSet></Period></MPD>\n`,
    sdp: 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5000 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
  };

  test.each(Object.keys(PLAYLISTS))('%s', async (kind) => {
    await countingVideo(at('own.mp4'), 10, 10);
    await writeFile(at(`${kind}.mp4`), PLAYLISTS[kind]!);
    await expect(probeVideo(at(`${kind}.mp4`))).rejects.toMatchObject({ code: 'not-a-video', message: expect.stringContaining(`${kind}.mp4`) as string });
    expect(await thumbnail(at(`${kind}.mp4`), 0)).toBeUndefined();
    expect(await audioEnvelope(at(`${kind}.mp4`))).toHaveLength(0);
  });

  test('a name that ffmpeg would take for a protocol is that of a file', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', '-f', 'wav', at('sound.wav'));
    await writeFile(at('concat:sound.wav'), 'no sound');
    expect(await audioEnvelope(at('concat:sound.wav'))).toHaveLength(0);
    expect((await audioEnvelope(at('sound.wav'))).length).toBeGreaterThan(100);
  });

  test('no other code of the program gives ffmpeg or ffprobe an input', async () => {
    const root = fileURLToPath(new URL('..', import.meta.url));
    const sources = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const found: string[] = [];
    for (const name of sources) if (/'-i'|"-i"|`file:\$\{path/.test(await readFile(join(root, name), 'utf8'))) found.push(name.split('\\').join('/'));
    expect(found).toEqual(['media/media-input.ts']);
  });
});

describe('pictures of more than 8192 × 8192 pixels are rejected before they are decoded', () => {
  test('a GIF of 12,000 × 12,000', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=12000x12000:r=5', '-frames:v', '1', at('large.gif'));
    await expect(probeVideo(at('large.gif'))).rejects.toMatchObject({
      id: 'unsupported-codec/picture-size',
      message: expect.stringContaining('large.gif') as string,
    });
    expect(await thumbnail(at('large.gif'), 0)).toBeUndefined();
  });

  test('not a wide one with fewer', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=12000x16:r=5', '-frames:v', '2', at('wide.gif'));
    expect((await probeVideo(at('wide.gif'))).stream).toMatchObject({ width: 12_000, height: 16 });
  });
});

describe('a program that makes no progress is ended', () => {
  const program: Program = { name: 'ffprobe', path: process.execPath, origin: 'the test' };
  const start = (code: string): RunningProgram => new RunningProgram(program, ['-e', code], { standstill: { limitS: 2 } });

  test('with an error that names the file', async () => {
    const run = start('console.log(1); setInterval(() => {}, 1e6)');
    expect(await text(run.output)).toBe('1\n');
    await run.ended;
    expect(run.stoodStill).toBe(true);
    expect(() => run.throwIfStopped('a.mp4')).toThrow(/ffprobe made no progress with a\.mp4/);
  });

  test('but not one that is slow', async () => {
    const run = start('let n = 0; const timer = setInterval(() => { console.log(n++); if (n === 5) clearInterval(timer); }, 1000)');
    expect(await text(run.output)).toBe('0\n1\n2\n3\n4\n');
    run.throwIfStopped('a.mp4');
  });

  test('nor one whose output is not read', async () => {
    const run = start('process.stdout.write("x".repeat(1e6))');
    run.output.once('readable', () => undefined);
    await wait(4000);
    expect(await text(run.output)).toHaveLength(1e6);
    run.throwIfStopped('a.mp4');
  });
});

describe('wrong timestamps do not become hours of samples', () => {
  const MOST = 100;

  test.each([
    ['900 s between all frames', 'N*900/TB'],
    ['75,000 s between all frames', 'N*75000/TB'],
    ['75,000 s before the last frame', '(PTS-STARTPTS)+if(eq(N\\,9)\\,75000/TB\\,0)'],
  ])('%s', async (name, timing) => {
    const path = at(`${name}.mkv`);
    await countingVideo(path, name.startsWith('900') ? 4 : name.includes('all') ? 2 : 10, 10, timing);
    const seen = await samplesOf(path);
    expect(seen.grid.table.duration).toBeGreaterThan(2500);
    // At most ten seconds for each frame.
    expect(seen.greys.filter((grey) => !Number.isNaN(grey)).length).toBeLessThanOrEqual(4 * MOST);
    expect(seen.grid.table.holes().length).toBeGreaterThan(0);
  });

  test('timestamps that are weeks apart are an error', async () => {
    await countingVideo(at('weeks.mkv'), 4, 10, 'N*1e6/TB');
    await expect(probeVideo(at('weeks.mkv'))).rejects.toMatchObject({ id: 'damaged-video/timestamps' });
  });

  test('a last frame that lasts for hours is a hole', () => {
    const table = new TimingTable(Float64Array.of(0, 0.1, 0.2), 75_000, { duplicateTimestamps: 0, missingTimestamps: 0, tick: 0.001 });
    const grid = new SamplingGrid(table, 10);
    expect(Array.from({ length: grid.samples }, (_, k) => grid.isInHole(k)).filter((isInHole) => !isInHole).length).toBeLessThan(10);
    expect(table.holes()).toEqual([{ startS: 0.2, endS: 75_000.2 }]);
  });
});
