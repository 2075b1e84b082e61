import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, test } from 'vitest';
import type { QueueState } from '../../../shared/domain/queue.ts';
import { columnsOf, seriesOf, SERIES } from '../../../shared/domain/timeline-columns.ts';
import { command } from '../../../../testing/command.ts';
import type { StudioClient, TestHost } from '../../../../testing/web-host.ts';
import { openTestHost } from '../../../../testing/web-host.ts';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';
import { openProject } from '../../project/store/open-project.ts';
import { listRuns } from '../../project/recorded-results.ts';
import { startChildProcessQueue } from '../studio/processes.ts';
import { exportProject, importProject } from '../exchange/export-project.ts';
import type { QueuePort } from './queue-messages.ts';
import { sentenceOfFact } from '../../../shared/app/facts.ts';
import { readFace } from '../../project/tracked-faces.ts';

/** Short pieces of a sample with a face. */
const pieces = await temporaryFolder();
for (const start of [0, 1, 2]) await ffmpeg('-ss', String(start), '-i', ONE_FACE, '-t', '1.2', '-an', '-c:v', 'libx264', join(pieces, `piece ${start}.mp4`));

const hosts: TestHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

interface Opened {
  readonly host: TestHost;
  readonly client: StudioClient;
  /** A folder with the pieces. */
  readonly videos: string;
  readonly project: string;
}

async function openHost(): Promise<Opened> {
  const host = await openTestHost();
  hosts.push(host);
  const videos = join(host.folder, 'videos');
  await cp(pieces, videos, { recursive: true });
  return { host, client: host.client(), videos, project: host.studio.project.state.folder };
}

/** Analyses files and folders in one batch, and waits for its end. */
async function analyse({ client }: Opened, ...paths: string[]): Promise<QueueState> {
  await client.queue.add({ paths, device: 'cpu' });
  return untilOver(() => client.queue.state());
}

async function untilOver(read: () => Promise<QueueState>): Promise<QueueState> {
  for (let i = 0; i < 1200; i++) {
    const state = await read();
    if (state.jobs.length > 0 && state.jobs.every(({ status }) => status !== 'waiting' && status !== 'running')) return state;
    await wait(100);
  }
  throw new Error('the queue is not over after two minutes');
}

/** The tables of a run without the processing times. */
async function tablesOf(project: string): Promise<Record<string, Record<string, string>[]>> {
  const out = await temporaryFolder();
  await exportProject(project, { format: 'tables', run: null, layers: [] }, out);
  const tables: Record<string, Record<string, string>[]> = {};
  for (const name of ['timeline', 'peaks', 'segments', 'summary']) {
    const rows = parse(await readFile(join(out, `${name}.csv`)), { columns: true }) as Record<string, string>[];
    tables[name] = rows.map(({ seconds_taken, times_real_time, video_id, path, run_id, ...row }) => row);
  }
  return tables;
}

describe('a batch', () => {
  test('its new videos are announced: windows read the library again', async () => {
    const { client, videos } = await openHost();
    await client.queue.pause();
    const events = await client.project.events();
    await client.queue.add({ paths: [join(videos, 'piece 0.mp4')], device: 'cpu' });
    for await (const { kind } of events) if (kind === 'recorded') break;
    expect(await client.library.list()).toMatchObject([{ name: 'piece 0.mp4', analysed: null }]);
  });

  test('an unreadable file fails with its reason, the others are analysed, and windows receive the run', async () => {
    const opened = await openHost();
    const { host, client, videos } = opened;
    await writeFile(join(videos, 'broken.mp4'), 'no video at all');
    const { jobs } = await analyse(opened, videos);
    expect(jobs.map(({ name, status }) => `${name} ${status}`)).toEqual(['broken.mp4 failed', 'piece 0.mp4 done', 'piece 1.mp4 done', 'piece 2.mp4 done']);
    expect(jobs[0]!.failure).toMatchObject({ parameters: { file: 'broken.mp4' } });
    const [run] = await client.runs.list();
    expect(run).toMatchObject({ model: 'adatosk-tiny', device: 'cpu', videos: 3 });
    // The run ends a moment after its last job.
    await expect.poll(async () => (await client.runs.list())[0]!.end, { timeout: 30_000 }).not.toBeNull();
    expect(listRuns(host.studio.project.db)[0]!.record.system).toMatchObject({ node: process.versions.node });
    const video = (await client.library.list()).find(({ name }) => name === 'piece 0.mp4')!;
    expect(video.analysed).toMatchObject({ run: run!.id, status: 'done', faces: 1 });
    const [face] = await client.runs.faces({ run: run!.id, video: video.id });
    const { times, slots, values } = await client.runs.timeline({ run: run!.id, video: video.id, face: face!.face });
    const got = {
      times: new Float64Array(await times.arrayBuffer()),
      slots: new Int32Array(await slots.arrayBuffer()),
      values: new Float32Array(await values.arrayBuffer()),
    };
    expect(got).toEqual(columnsOf(readFace(host.studio.project.db, run!.id, video.id, face!.face)));
    const sum = got.slots.reduce((total, _, i) => total + SERIES.slice(0, 7).reduce((all, name) => all + seriesOf(got, name)[i]!, 0), 0);
    expect(sum / got.slots.length).toBeCloseTo(1, 4);
    // The means of the mask maps are the values in the timeline.
    const maps = await client.runs.maps({ run: run!.id, video: video.id, face: face!.face });
    const [slotsOfMaps, places, weights] = [
      new Int32Array(await maps.slots.arrayBuffer()),
      new Float32Array(await maps.places.arrayBuffer()),
      new Uint8Array(await maps.weights.arrayBuffer()),
    ];
    expect(new Float32Array(await maps.similarity.arrayBuffer()).filter((value) => value !== 0 && Math.abs(value) <= 1.001)).toHaveLength(
      7 * slotsOfMaps.length,
    );
    expect([maps.side, places.length, weights.length]).toEqual([7, 4 * slotsOfMaps.length, 3 * 49 * slotsOfMaps.length]);
    expect(slotsOfMaps.length).toBeGreaterThan(2);
    slotsOfMaps.forEach((slot, i) => {
      const at = got.slots.indexOf(slot);
      (['mask_class_agnostic', 'mask_class_semantic', 'mask_final'] as const).forEach((name, m) => {
        const mean = weights.subarray((3 * i + m) * 49, (3 * i + m + 1) * 49).reduce((a, b) => a + b, 0) / 49 / 255;
        expect(Math.abs(mean - seriesOf(got, name)[at]!)).toBeLessThan(0.004);
      });
      const [x, y, side] = places.subarray(4 * i);
      const [left, top, width, height] = (['box_x', 'box_y', 'box_w', 'box_h'] as const).map((name) => seriesOf(got, name)[at]!);
      expect(x! > left! && x! < left! + width! && y! > top! && y! < top! + height! && side! > width! / 2).toBe(true);
    });
    expect((await client.layers.list({ video: video.id })).map(({ kind, run_id }) => [kind, run_id])).toEqual([['model', run!.id]]);
  });

  test('a repaired file is analysed after a retry, in the same run', async () => {
    const opened = await openHost();
    const { client, videos } = opened;
    await writeFile(join(videos, 'broken.mp4'), 'no video at all');
    await analyse(opened, join(videos, 'broken.mp4'), join(videos, 'piece 1.mp4'));
    await copyFile(join(videos, 'piece 0.mp4'), join(videos, 'broken.mp4'));
    expect(await client.queue.retry({})).toEqual({ waiting: 1 });
    const { jobs } = await untilOver(() => client.queue.state());
    expect(jobs[0]).toMatchObject({ name: 'broken.mp4', status: 'done', attempts: 1 });
    expect(await client.runs.list()).toMatchObject([{ videos: 2 }]);
  });

  test('no job starts while the queue is paused, and cancelled jobs are not run', async () => {
    const { client, videos } = await openHost();
    await client.queue.pause();
    await client.queue.add({ paths: [join(videos, 'piece 1.mp4')], device: 'cpu' });
    await wait(500);
    expect((await client.queue.state()).jobs.map(({ status }) => status)).toEqual(['waiting']);
    await client.queue.cancel({});
    await client.queue.resume();
    await wait(300);
    expect((await client.queue.state()).jobs.map(({ status }) => status)).toEqual(['cancelled']);
  });

  test('hosts list a run of the command line like `adatosk project runs`', async () => {
    const opened = await openHost();
    const { client, videos, project } = opened;
    await analyse(opened, join(videos, 'piece 1.mp4'));
    const out = await temporaryFolder();
    const analysed = await command('analyze', join(videos, 'piece 2.mp4'), '--out', out, '--project', project, '--device', 'cpu');
    expect(analysed.code).toBe(0);
    const listed = await command('project', 'runs', project, '--json');
    const cli = (listed.json as { runs: { id: string; videos: number; start: string }[] }).runs;
    const shown = await client.runs.list();
    expect(shown).toHaveLength(2);
    expect(shown.map(({ id, videos: count, start }) => ({ id, videos: count, start }))).toEqual(
      cli.map(({ id, videos: count, start }) => ({ id, videos: count, start })),
    );
    expect(shown[0]).toMatchObject({ videos: 1 });
    const video = (await client.library.list()).find(({ name }) => name === 'piece 2.mp4')!;
    expect(video.analysed?.run).toBe(shown[0]!.id);
  });

  test('an export as JSON and its import give the same project', async () => {
    const opened = await openHost();
    const { project, videos } = opened;
    await analyse(opened, join(videos, 'piece 0.mp4'), join(videos, 'piece 1.mp4'));
    const out = await temporaryFolder();
    const [file] = (await exportProject(project, { format: 'json', run: null, layers: [] }, out)).files;
    await importProject(file!, join(out, 'again'));
    expect(await tablesOf(join(out, 'again'))).toEqual(await tablesOf(project));
    await expect(importProject(file!, join(out, 'again'))).rejects.toMatchObject({ code: 'project-exists' });
  });
});

test('after a killed process, the next one finishes the batch without repeating jobs, with the tables of an uninterrupted run', async () => {
  const uninterrupted = await openHost();
  await analyse(uninterrupted, uninterrupted.videos);
  const expected = await tablesOf(uninterrupted.project);
  const { host, client, videos, project } = await openHost();
  await client.queue.pause();
  await client.queue.add({ paths: [videos], device: 'cpu' });
  await host.studio.close();
  const { db, close } = await openProject(project);
  db.run(db.sql.updateTable('queue').set({ paused: 0 }));

  const first = startQueue(project);
  await waitFor(() => db.rows(db.sql.selectFrom('job').select('status')).filter(({ status }) => status === 'done').length === 2);
  first.kill();
  await new Promise<void>((resolve) => first.onEnd(() => resolve()));
  const started = db.rows(db.sql.selectFrom('job').select(['name', 'started_at', 'status']).where('status', '=', 'done'));

  const second = startQueue(project);
  await waitFor(() => db.rows(db.sql.selectFrom('job').select('status')).every(({ status }) => status === 'done'));
  second.send({ kind: 'stop' });
  await new Promise<void>((resolve) => second.onEnd(() => resolve()));
  for (const job of started) expect(db.row(db.sql.selectFrom('job').select('started_at').where('name', '=', job.name))).toEqual({ started_at: job.started_at });
  expect(listRuns(db).map(({ videos: count }) => count)).toEqual([3]);
  close();
  expect(await tablesOf(project)).toEqual(expected);
});

function startQueue(project: string): QueuePort {
  const queue = startChildProcessQueue();
  queue.onMessage((event) => {
    if (event.kind === 'problem') throw new Error(sentenceOfFact(event));
  });
  queue.send({ kind: 'open', folder: project });
  return queue;
}

async function waitFor(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2400; i++) {
    if (condition()) return;
    await wait(50);
  }
  throw new Error('it did not come about in two minutes');
}
