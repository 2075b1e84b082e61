import { step } from '../src/shared/annotation/steps.ts';
import { sentenceOfFact } from '../src/shared/app/facts.ts';
import { createRouterClient } from '@orpc/server';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { quantile } from 'simple-statistics';
import { randomStream } from '../src/shared/basics/random.ts';
import { findProgram } from '../src/main/media/programs.ts';
import { newId } from '../src/main/project/edits.ts';
import { startChildProcessEngine, startChildProcessQueue, startChildProcessTrainer } from '../src/main/services/studio/processes.ts';
import { exportProject } from '../src/main/services/exchange/export-project.ts';
import { router } from '../src/main/services/api/router.ts';
import { Studio } from '../src/main/services/studio/studio.ts';

const CLIPS = 30;
const CLIP_SECONDS = 1.5;
const KILLS = 5;
const SAMPLES = new URL('../samples/', import.meta.url).pathname;

/**
 * Analyses a batch of 30 clips twice: once uninterrupted while a window sends requests, and once with its process killed five
 * times. Measures response times, finished videos that were analysed again, and differences between the tables.
 */
export async function benchQueue(line: (text: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-queue-'));
  try {
    const videos = await cutClips(join(folder, 'videos'));
    line(`${CLIPS} clips of ${CLIP_SECONDS} s`);
    const { answers, loop, seconds } = await uninterrupted(join(folder, 'whole'), videos);
    line(`uninterrupted in ${seconds.toFixed(1)} s; ${answers.length} answers meanwhile`);
    const { kills, redone } = await killed(join(folder, 'killed'), videos);
    const differing = await differingRows(folder);
    return {
      videos: CLIPS,
      batch_s: seconds,
      answers: answers.length,
      answer_median_ms: quantile(answers, 0.5),
      answer_p95_ms: quantile(answers, 0.95),
      answer_longest_ms: Math.max(...answers),
      event_loop_p99_ms: loop,
      kills,
      finished_done_again: redone,
      differing_rows: differing,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function cutClips(folder: string): Promise<string> {
  mkdirSync(folder);
  const ffmpeg = await findProgram('ffmpeg');
  const samples = (await readdir(SAMPLES)).filter((name) => name.endsWith('.mp4')).sort();
  for (let i = 0; i < CLIPS; i++) {
    const args = [
      '-v',
      'error',
      '-ss',
      String(0.4 * Math.floor(i / samples.length)),
      '-i',
      join(SAMPLES, samples[i % samples.length]!),
      '-t',
      String(CLIP_SECONDS),
    ];
    const { status, stderr } = spawnSync(ffmpeg.path, [...args, '-an', join(folder, `clip ${String(i).padStart(2, '0')}.mp4`)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
  return folder;
}

const newStudio = (): Studio =>
  new Studio({ host: 'web', startEngine: startChildProcessEngine, startQueue: startChildProcessQueue, startTrainer: startChildProcessTrainer });
const clientOf = (studio: Studio) =>
  createRouterClient(router, {
    context: {
      studio,
      onFault: (_procedure: string, error: unknown) => {
        throw error;
      },
    },
  });

async function uninterrupted(project: string, videos: string): Promise<{ answers: number[]; loop: number; seconds: number }> {
  const studio = newStudio();
  const client = clientOf(studio);
  await studio.openProject(project, true);
  const { id: coderId } = await client.people.addCoder({ name: 'Ann' });
  await client.queue.add({ paths: [videos], device: 'cpu' });
  const begun = performance.now();
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const answers: number[] = [];
  const timed = async (work: () => Promise<unknown>): Promise<void> => {
    const at = performance.now();
    await work();
    answers.push(performance.now() - at);
  };
  for (let i = 0; ; i++) {
    await timed(() => client.library.list());
    const row = { id: newId(), code: `P${i}`, condition: '', note: '', attributes: '{}' };
    await timed(() =>
      client.edits.apply({ coderId, step: step('other', { text: 'Add a participant' }), rows: [{ table: 'participant', kind: 'insert', row }] }),
    );
    await timed(() => client.edits.history({ coder: coderId, most: 50 }));
    let isOver = false;
    await timed(async () => {
      isOver = (await client.queue.state()).jobs.every(({ status }) => status === 'done');
    });
    if (isOver) break;
    await wait(30);
  }
  loop.disable();
  await studio.close();
  return { answers, loop: loop.percentile(99) / 1e6, seconds: (performance.now() - begun) / 1000 };
}

async function killed(project: string, videos: string): Promise<{ kills: number; redone: number }> {
  const studio = newStudio();
  const client = clientOf(studio);
  await studio.openProject(project, true);
  await client.queue.pause();
  await client.queue.add({ paths: [videos], device: 'cpu' });
  const { db } = studio.project;
  db.run(db.sql.updateTable('queue').set({ paused: 0 }));
  const random = randomStream(1, 'kills');
  const begunAt = (): Map<string, string | null> =>
    new Map(db.rows(db.sql.selectFrom('job').select(['id', 'started_at']).where('status', '=', 'done')).map(({ id, started_at }) => [id, started_at]));
  let redone = 0;
  let kills = 0;
  for (;;) {
    const finished = begunAt();
    const queue = startChildProcessQueue();
    const ended = new Promise<void>((resolve) => queue.onEnd(() => resolve()));
    queue.onMessage((event) => {
      if (event.kind === 'problem') throw new Error(sentenceOfFact(event));
    });
    queue.send({ kind: 'open', folder: project });
    const deadline = kills < KILLS ? performance.now() + 1400 + 1800 * random() : Infinity;
    while (performance.now() < deadline && begunAt().size < CLIPS) await wait(50);
    const isOver = begunAt().size === CLIPS;
    queue.kill();
    await ended;
    if (!isOver) kills += 1;
    for (const [id, at] of begunAt()) if (finished.has(id) && finished.get(id) !== at) redone += 1;
    if (isOver) break;
  }
  await studio.close();
  return { kills, redone };
}

/** Number of rows that differ between the tables of the two projects, ignoring the time that the analysis took. */
async function differingRows(folder: string): Promise<number> {
  let differing = 0;
  await exportProject(join(folder, 'whole'), { format: 'tables', run: null, layers: [] }, join(folder, 'out-whole'));
  await exportProject(join(folder, 'killed'), { format: 'tables', run: null, layers: [] }, join(folder, 'out-killed'));
  for (const table of ['timeline', 'peaks', 'segments', 'summary']) {
    const [a, b] = ['whole', 'killed'].map((name) => rowsOf(join(folder, `out-${name}`, `${table}.csv`)));
    for (let i = 0; i < Math.max(a!.length, b!.length); i++) if (a![i] !== b![i]) differing += 1;
  }
  return differing;
}

function rowsOf(file: string): string[] {
  const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
  return rows.map(({ seconds_taken, times_real_time, ...row }) => JSON.stringify(row));
}
