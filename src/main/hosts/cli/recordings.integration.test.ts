import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { command, readTable, startCommand } from '../../../../testing/command.ts';
import { ffmpeg, temporaryFolder } from '../../../../testing/videos.ts';

const SAMPLE = fileURLToPath(new URL('../../../../samples/happiness-and-surprise.mp4', import.meta.url));
const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);
let timeline: Record<string, string>[];
let peaks: Record<string, string>[];
let segments: Record<string, string>[];
let summary: Record<string, string>[];
const of = (rows: typeof timeline, name: string): typeof timeline => rows.filter(({ video }) => video === name);

beforeAll(async () => {
  await ffmpeg('-i', SAMPLE, '-t', '8', '-c:v', 'libx264', '-qp', '12', '-bf', '2', at('plain.mp4'));
  await ffmpeg('-i', at('plain.mp4'), '-c', 'copy', '-output_ts_offset', '20', at('camera.ts'));
  const hole = "settb=1/90000,setpts='PTS+gte(T,5.96)*5/TB'";
  await ffmpeg('-i', at('plain.mp4'), '-vf', hole, '-fps_mode', 'passthrough', '-enc_time_base', '1/90000', '-c:v', 'libx264', '-qp', '12', at('hole.mp4'));
  const hours = "settb=1/90000,setpts='PTS+gte(T,5.96)*7200/TB'";
  await ffmpeg('-i', at('plain.mp4'), '-vf', hours, '-fps_mode', 'passthrough', '-enc_time_base', '1/90000', '-c:v', 'libx264', '-qp', '12', at('hours.mkv'));
  await command('analyze', ...['plain.mp4', 'camera.ts', 'hole.mp4', 'hours.mkv'].map((name) => at(name)), '--out', at('out'), '--device', 'cpu');
  timeline = await readTable(at('out', 'timeline.csv'));
  peaks = await readTable(at('out', 'peaks.csv'));
  segments = await readTable(at('out', 'segments.csv'));
  summary = await readTable(at('out', 'summary.csv'));
});

test.skipIf(process.platform === 'win32')('links to nothing and named pipes have a row, the rest is analysed, and SIGTERM ends the command', async () => {
  await mkdir(at('odd'));
  await ffmpeg('-i', SAMPLE, '-t', '2', '-c', 'copy', at('odd', 'good.mp4'));
  await symlink('/nowhere.mp4', at('odd', 'old.mp4'));
  execFileSync('mkfifo', [at('odd', 'pipe.mp4')]);
  const { code } = await command('analyze', at('odd'), '--out', at('odd-out'), '--device', 'cpu');
  expect(code).toBe(1);
  const rows = await readTable(at('odd-out', 'summary.csv'));
  expect(rows.map(({ video, status }) => [video, status])).toEqual([
    ['good.mp4', 'done'],
    ['old.mp4', 'failed'],
    ['pipe.mp4', 'failed'],
  ]);
  expect(rows[1]!['error']).toMatch(/^old\.mp4 is a link to/);
  const { child, finished, seen } = startCommand(['analyze', at('odd'), at('plain.mp4'), '--out', at('odd-stopped'), '--device', 'cpu']);
  await seen(/FAILED {4}pipe/);
  child.kill('SIGTERM');
  expect((await finished).code).toBe(130);
});

test('a transport stream has the times and the peaks of the same video as MP4', () => {
  const [plain, camera] = ['plain.mp4', 'camera.ts'].map((name) => of(timeline, name).map(({ video: _, ...row }) => row));
  expect(Number(camera![0]!['start_s'])).toBe(0);
  expect(camera).toEqual(plain);
  expect(of(peaks, 'camera.ts').map(({ video: _, ...row }) => row)).toEqual(of(peaks, 'plain.mp4').map(({ video: _, ...row }) => row));
  expect(of(peaks, 'plain.mp4').length).toBeGreaterThan(0);
});

test('in a hole of the recording there is no face and no label, and no peak extends over it', () => {
  // The last frame before the hole is that of 5.92 s, and is shown until 5.96 s.
  const inside = of(timeline, 'hole.mp4').filter((row) => Number(row['start_s']) > 5.9 && Number(row['end_s']) < 10.9);
  expect(inside).toHaveLength(24);
  for (const row of inside) expect(row).toMatchObject({ status: 'no_face', label: '', intensity: '' });
  const own = of(peaks, 'hole.mp4');
  expect(own.length).toBeGreaterThanOrEqual(2);
  for (const { onset_s, offset_s } of own) expect(Number(onset_s) > 6 || Number(offset_s) <= 6).toBe(true);
  const labels = of(segments, 'hole.mp4').map(({ start_s, end_s }) => [Number(start_s), Number(end_s)] as const);
  expect(labels.some(([, end]) => Math.abs(end - 6) < 1e-6)).toBe(true);
  for (const [start, end] of labels) expect(start >= 10.8 || end <= 6).toBe(true);
  expect(of(summary, 'hole.mp4')[0]).toMatchObject({ status: 'done', warnings: 'video/holes' });
});

test('a hole of hours, as wrong timestamps make it, has one row', () => {
  const rows = of(timeline, 'hours.mkv');
  expect(rows.length).toBeLessThan(60);
  expect(rows.filter(({ start_s, end_s }) => Number(end_s) - Number(start_s) > 7000)).toHaveLength(1);
  expect(Number(rows.at(-1)!['end_s'])).toBeGreaterThan(7200);
});

test('a part of a video has rows and peaks of this part alone, with the times of the whole video', async () => {
  const { code } = await command('analyze', at('plain.mp4'), '--from', '4.4', '--to', '7.2', '--out', at('part'), '--device', 'cpu');
  expect(code).toBe(0);
  const [rows, found] = [await readTable(at('part', 'timeline.csv')), await readTable(at('part', 'peaks.csv'))];
  expect([rows[0]!['start_s'], rows.at(-1)!['end_s']]).toEqual(['4.4', '7.2']);
  const whole = of(timeline, 'plain.mp4');
  for (const row of rows) expect(whole.find(({ slot }) => slot === row['slot'])).toMatchObject({ start_s: row['start_s'], start_frame: row['start_frame'] });
  expect(found.map(({ label }) => label)).toEqual(['surprise']);
  const expected = of(peaks, 'plain.mp4').find(({ label }) => label === 'surprise')!;
  expect(Math.abs(Number(found[0]!['apex_s']) - Number(expected['apex_s']))).toBeLessThan(0.2);
  const outside = await command('analyze', at('plain.mp4'), '--from', '100', '--out', at('outside'), '--device', 'cpu');
  expect([outside.code, outside.stderr]).toEqual([1, expect.stringContaining('nothing of it lies in the chosen span') as string]);
});
