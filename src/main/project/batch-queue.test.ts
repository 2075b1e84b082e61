import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { makeProject } from '../../../testing/project.ts';
import { addBatch, cancelJobs, finishJob, prioritise, readQueue, retryJobs, setAtOnce, setPaused, takeBackJobs, takeJob, workerName } from './batch-queue.ts';
import type { ProjectDatabase } from './database.ts';
import { openProject } from './open-project.ts';

const settings = { modelId: 'adatosk-tiny', device: 'cpu', threads: 1, options: { tokenBudget: 0.4 } };
const videos = (...names: string[]) => names.map((name) => ({ path: `/videos/${name}`, name, bytes: 100 }));
const states = (db: ProjectDatabase): string[] => readQueue(db).jobs.map(({ name, status }) => `${name} ${status}`);
const done = { status: 'done', error: '', secondsTaken: 2, timesRealTime: 5 } as const;

describe('the batch queue', () => {
  test('gives jobs in the order in which they were added, those to be done next first, and no more at once than it may', async () => {
    const { db } = await makeProject();
    addBatch(db, settings, videos('a', 'b'));
    addBatch(db, settings, videos('c'), true);
    setAtOnce(db, 2);
    expect([takeJob(db, 'w')?.name, takeJob(db, 'w')?.name, takeJob(db, 'w')?.name]).toEqual(['c', 'a', undefined]);
    finishJob(db, readQueue(db).jobs[0]!.id, done);
    expect(takeJob(db, 'w')?.name).toBe('b');
    expect(JSON.parse(takeJobOptions(db))).toEqual(settings.options);
  });

  test('survives a restart with all that is in it', async () => {
    const project = await makeProject();
    addBatch(project.db, settings, videos('a', 'b'));
    setPaused(project.db, true);
    project.close();
    const { db } = await openProject(project.folder);
    expect(readQueue(db)).toMatchObject({ paused: true, atOnce: 1 });
    expect(states(db)).toEqual(['a waiting', 'b waiting']);
    expect(takeJob(db, 'w')).toBeUndefined();
    setPaused(db, false);
    expect(takeJob(db, 'w')?.name).toBe('a');
  });

  test('a job of a process that is gone waits again; one of a living process does not', async () => {
    const { db } = await makeProject();
    addBatch(db, settings, videos('a', 'b'));
    setAtOnce(db, 2);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    takeJob(db, workerName(pid));
    takeJob(db, workerName());
    expect(takeBackJobs(db)).toBe(1);
    expect(states(db)).toEqual(['a waiting', 'b running']);
    // Silent for longer than a living worker would be: its number may be another program's by now.
    expect(takeBackJobs(db, new Date(Date.now() + 120_000))).toBe(1);
    expect(states(db)).toEqual(['a waiting', 'b waiting']);
  });

  test('what is cancelled while it runs stays cancelled whatever its worker says, and can be tried again', async () => {
    const { db } = await makeProject();
    addBatch(db, settings, videos('a', 'b'));
    const running = takeJob(db, 'w')!;
    expect(cancelJobs(db)).toEqual([running.id]);
    finishJob(db, running.id, done);
    expect(states(db)).toEqual(['a cancelled', 'b cancelled']);
    expect(retryJobs(db)).toBe(0);
    expect(retryJobs(db, [running.id])).toBe(1);
    expect(states(db)).toEqual(['a waiting', 'b cancelled']);
  });

  test('a failed video keeps its reason until it is tried again', async () => {
    const { db } = await makeProject();
    addBatch(db, settings, videos('a'));
    const { id } = takeJob(db, 'w')!;
    finishJob(db, id, { status: 'failed', error: 'a is cut off.', secondsTaken: 1, timesRealTime: null });
    expect(readQueue(db).jobs[0]).toMatchObject({ status: 'failed', error: 'a is cut off.', attempts: 1 });
    retryJobs(db);
    expect(takeJob(db, 'w')?.id).toBe(id);
    expect(readQueue(db).jobs[0]).toMatchObject({ status: 'running', error: '', attempts: 2 });
  });

  test('a video can be brought before the others', async () => {
    const { db } = await makeProject();
    addBatch(db, settings, videos('a', 'b', 'c'));
    prioritise(db, [readQueue(db).jobs[2]!.id], true);
    expect(readQueue(db).jobs.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });

  test('more than 64 at once are refused', async () => {
    const { db } = await makeProject();
    expect(() => setAtOnce(db, 65)).toThrow(/From 1 to 64/);
  });
});

function takeJobOptions(db: ProjectDatabase): string {
  return db.rows(db.sql.selectFrom('batch').select('options'))[0]!.options;
}
