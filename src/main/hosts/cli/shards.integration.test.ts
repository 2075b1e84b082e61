import { cp, mkdir, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pidtree from 'pidtree';
import { beforeAll, describe, expect, test } from 'vitest';
import { command, readTable, startCommand } from '../../../../testing/command.ts';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';

const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);
const TABLES = ['timeline.csv', 'peaks.csv', 'segments.csv'];
const contents = (out: string): Promise<string[]> => Promise.all(TABLES.map((name) => readFile(join(out, name), 'utf8')));

/** summary.csv without the times that a run took. */
async function summary(out: string): Promise<Record<string, string>[]> {
  const rows = await readTable(join(out, 'summary.csv'));
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !['seconds_taken', 'times_real_time'].includes(name))));
}

const analyze = (...args: string[]): ReturnType<typeof command> => command('analyze', ...args, '--device', 'cpu', '--json');
const shard = (out: string, index: number, ...args: string[]): ReturnType<typeof command> =>
  analyze(at('videos'), '--out', out, '--shard', `${index}/3`, ...args);

beforeAll(async () => {
  for (const group of ['A', 'B']) {
    await mkdir(at('videos', group), { recursive: true });
    for (const i of [0, 1, 2])
      await ffmpeg(
        '-ss',
        String(i),
        '-i',
        ONE_FACE,
        '-t',
        String(1 + i / 2),
        '-an',
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        at('videos', group, `v${i}.mp4`),
      );
  }
  await writeFile(at('videos', 'B', 'text.mp4'), 'This is no video.');
  expect((await analyze(at('videos'), '--out', at('whole'))).code).toBe(1);
});

describe('three shards at once', () => {
  beforeAll(async () => {
    const ends = await Promise.all([1, 2, 3].map((index) => shard(at('divided'), index)));
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 0, 1]);
    expect(ends.reduce((sum, { json }) => sum + Number(json['videos']), 0)).toBe(7);
  });

  test('write no tables; merge writes those of a single run', async () => {
    expect((await readdir(at('divided'))).filter((name) => !name.startsWith('.'))).toEqual([]);
    const merged = await command('merge', at('divided'), '--json');
    expect(merged).toMatchObject({ code: 1, json: { videos: 7, done: 6, failed: 1, missing: 0, shards: 3 } });
    expect(await contents(at('divided'))).toEqual(await contents(at('whole')));
    expect(await summary(at('divided'))).toEqual(await summary(at('whole')));
    const record = JSON.parse(await readFile(at('divided', 'run.json'), 'utf8')) as Record<string, unknown>;
    const single = JSON.parse(await readFile(at('whole', 'run.json'), 'utf8')) as Record<string, unknown>;
    // The command of one shard is not that of the run, and a list of a million videos has no place in run.json.
    const { command: _, inputs: __, ...rest } = single;
    expect({ ...record, start: '', end: '' }).toEqual({ ...rest, start: '', end: '', shards: 3 });
    expect((await command('merge', at('divided'), '--allow-failures')).code).toBe(0);
  });

  test('are one run in a project, however often they are merged', async () => {
    for (let i = 0; i < 2; i++) expect((await command('merge', at('divided'), '--project', at('P'), '--allow-failures')).code).toBe(0);
    const { json } = await command('project', 'runs', at('P'), '--json');
    expect(json['runs']).toMatchObject([{ videos: 6 }]);
    expect((await command('export', '--project', at('P'), '--out', at('P-out'))).code).toBe(0);
    const again = await readTable(at('P-out', 'timeline.csv'));
    const whole = await readTable(at('whole', 'timeline.csv'));
    const measures = (rows: Record<string, string>[]): string[] =>
      rows
        .filter(({ video }) => video !== 'B/text.mp4')
        .map(({ video, slot, start_s, intensity }) => [video, slot, start_s, intensity].join())
        .sort();
    expect(measures(again)).toEqual(measures(whole));
  });
});

test('status names the shard that was left out, and merge says what is missing', async () => {
  await shard(at('part'), 1);
  await shard(at('part'), 3);
  const { code, json } = await command('status', at('part'), '--json');
  expect(code).toBe(1);
  const shards = json['shards'] as { index: number; state: string; missing: number; videos: number }[];
  expect(shards.map(({ state }) => state)).toEqual(['ended', 'not begun', 'ended']);
  expect(json).toMatchObject({ videos: 7, missing: shards[1]!.videos, submitAgain: '2' });
  expect(shards[1]!.missing).toBe(shards[1]!.videos);
  expect((await command('status', at('part'))).stdout).toMatch(/run again: 2 of 3/);

  const merged = await command('merge', at('part'), '--json');
  expect(merged).toMatchObject({ code: 1, json: { missing: shards[1]!.videos } });
  expect((await summary(at('part'))).filter(({ status }) => status === 'cancelled')).toHaveLength(shards[1]!.videos);

  await shard(at('part'), 2, '--resume');
  await command('merge', at('part'));
  expect(await contents(at('part'))).toEqual(await contents(at('whole')));
  expect(await command('status', at('part'), '--json')).toMatchObject({ json: { missing: 0, submitAgain: '' } });
});

test('a list of paths gives the tables of its folder', async () => {
  const listed = await command('list', at('videos'));
  expect(listed.code).toBe(0);
  await writeFile(at('list.txt'), listed.stdout);
  await analyze('--list', at('list.txt'), '--out', at('listed'));
  expect(await contents(at('listed'))).toEqual(await contents(at('whole')));
});

test('a listed video that is gone is a row with the reason, not an end', async () => {
  await cp(at('videos', 'A'), at('some'), { recursive: true });
  await writeFile(at('some.txt'), `${at('some', 'v0.mp4')}\n${at('some', 'gone.mp4')}\r\n\n`);
  const { code } = await analyze('--list', at('some.txt'), '--out', at('some-out'), '--allow-failures');
  expect(code).toBe(0);
  expect(await summary(at('some-out'))).toMatchObject([
    { video: 'v0.mp4', status: 'done' },
    { video: 'gone.mp4', status: 'failed', error: expect.stringMatching(/gone\.mp4/) as string },
  ]);
});

test('shards that have listed different videos are not merged', async () => {
  await cp(at('videos', 'A'), at('growing'), { recursive: true });
  const grow = (index: number): ReturnType<typeof command> => analyze(at('growing'), '--out', at('grown'), '--shard', `${index}/2`);
  await grow(1);
  await cp(at('videos', 'B', 'v1.mp4'), at('growing', 'w.mp4'));
  await grow(2);
  await grow(1);
  expect(await command('merge', at('grown'))).toMatchObject({ code: 0 });
  await unlink(at('growing', 'w.mp4'));
  await grow(2);
  const { code, stderr } = await command('merge', at('grown'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/have listed different videos/);
});

test('parts with other options are not mixed', async () => {
  await rm(at('mixed'), { recursive: true, force: true });
  for (const [index, height] of [
    [1, '0.3'],
    [2, '0.3'],
    [3, '0.4'],
  ] as const)
    await shard(at('mixed'), index, '--peak-height', height);
  const { code, stderr } = await command('merge', at('mixed'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/other options/);
});

test('a folder without parts is wrong usage', async () => {
  expect(await command('merge', at('videos'))).toMatchObject({ code: 2 });
  expect(await command('status', at('videos'))).toMatchObject({ code: 2 });
});

test('SIGTERM to all processes of a task ends it within 20 s, keeps what is finished, and makes no video fail', async () => {
  const { child, finished, seen } = startCommand(['analyze', at('videos'), '--out', at('stopped'), '--shard', '1/1', '--device', 'cpu']);
  await seen(/done {6}A\/v1/);
  const begun = performance.now();
  // A scheduler signals all processes of a task; here the own signal even comes last.
  for (const pid of await pidtree(child.pid!)) process.kill(pid, 'SIGTERM');
  await wait(50);
  child.kill('SIGTERM');
  expect((await finished).code).toBe(130);
  expect(performance.now() - begun).toBeLessThan(20_000);
  const { json } = await command('status', at('stopped'), '--json');
  expect(json['failed']).toBe(0);
  expect(json['done']).toBeGreaterThanOrEqual(2);
  expect(json['missing']).toBeGreaterThan(0);
});
