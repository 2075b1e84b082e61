import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { makeProject } from '../../../testing/project.ts';
import { Approval } from './approval.ts';
import {
  addBatch,
  approveJobs,
  heldModels,
  cancelJobs,
  finishJob,
  prioritise,
  readQueue,
  retryJobs,
  setAtOnce,
  setPaused,
  releaseOrphanedJobs,
  takeJob,
  workerName,
} from './batch-queue.ts';
import type { ProjectDatabase } from './store/database.ts';
import { openProject } from './store/open-project.ts';
import { StudioError, toFact } from '../../shared/app/errors.ts';

const approval = new Approval(new Uint8Array(32).fill(1));
const settings = { modelId: 'adatosk-tiny', modelSha256: 'ab', device: 'cpu', threads: 1, options: { tokenBudget: 0.4 } };
const videos = (...names: string[]) => names.map((name) => ({ path: `/videos/${name}`, name, bytes: 100 }));
const states = (db: ProjectDatabase): string[] => readQueue(db, approval).jobs.map(({ name, status }) => `${name} ${status}`);
const done = { status: 'done', failure: null, secondsTaken: 2, timesRealTime: 5 } as const;

describe('the batch queue', () => {
  test('gives jobs in the order of their addition, prioritised jobs first, up to the parallel limit', async () => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a', 'b'));
    addBatch(db, approval, settings, videos('c'), true);
    setAtOnce(db, 2);
    expect([takeJob(db, approval, 'w')?.name, takeJob(db, approval, 'w')?.name, takeJob(db, approval, 'w')?.name]).toEqual(['c', 'a', undefined]);
    finishJob(db, readQueue(db, approval).jobs[0]!.id, done);
    expect(takeJob(db, approval, 'w')?.name).toBe('b');
    expect(JSON.parse(takeJobOptions(db))).toEqual(settings.options);
  });

  test('does not take a video twice while it waits or runs with the same model; another model is another analysis', async () => {
    const { db } = await makeProject();
    expect(addBatch(db, approval, settings, videos('a', 'b'))).toMatchObject({ added: 2, known: 0 });
    takeJob(db, approval, 'w');
    expect(addBatch(db, approval, settings, videos('a', 'b', 'c'))).toMatchObject({ added: 1, known: 2 });
    expect(addBatch(db, approval, settings, videos('a'))).toEqual({ batch: null, added: 0, known: 1 });
    expect(states(db)).toEqual(['a running', 'b waiting', 'c waiting']);
    expect(addBatch(db, approval, { ...settings, modelSha256: 'cd' }, videos('b'))).toMatchObject({ added: 1 });
  });

  test('a new job replaces the failed and cancelled ones of the same video, and a waiting one of another computer', async () => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a', 'b'));
    takeJob(db, approval, 'w');
    finishJob(db, readQueue(db, approval).jobs[0]!.id, { ...done, status: 'failed' });
    cancelJobs(db);
    expect(states(db)).toEqual(['a failed', 'b cancelled']);
    addBatch(db, approval, settings, videos('a', 'b'));
    expect(states(db)).toEqual(['a waiting', 'b waiting']);
    const here = new Approval(new Uint8Array(32).fill(2));
    expect(addBatch(db, here, settings, videos('a'))).toMatchObject({ added: 1, known: 0 });
    expect(readQueue(db, here).jobs.map(({ name, isHeld }) => [name, isHeld])).toEqual([
      ['b', true],
      ['a', false],
    ]);
  });

  test('survives a restart without changes', async () => {
    const project = await makeProject();
    addBatch(project.db, approval, settings, videos('a', 'b'));
    setPaused(project.db, true);
    project.close();
    const { db } = await openProject(project.folder);
    expect(readQueue(db, approval)).toMatchObject({ paused: true, atOnce: 1 });
    expect(states(db)).toEqual(['a waiting', 'b waiting']);
    expect(takeJob(db, approval, 'w')).toBeUndefined();
    setPaused(db, false);
    expect(takeJob(db, approval, 'w')?.name).toBe('a');
  });

  test('a job of a dead process waits again; a job of a live process does not', async () => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a', 'b'));
    setAtOnce(db, 2);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    takeJob(db, approval, workerName(pid));
    takeJob(db, approval, workerName());
    expect(releaseOrphanedJobs(db)).toBe(1);
    expect(states(db)).toEqual(['a waiting', 'b running']);
    // Without a heartbeat for too long: its process id may belong to another program.
    expect(releaseOrphanedJobs(db, new Date(Date.now() + 120_000))).toBe(1);
    expect(states(db)).toEqual(['a waiting', 'b waiting']);
  });

  test('a job whose worker dies three times fails with its name, and gets three more attempts by a retry', async () => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a', 'b'));
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const die = (): void => {
      expect(takeJob(db, approval, workerName(pid))?.name).toBe('a');
      expect(releaseOrphanedJobs(db)).toBe(1);
    };
    // A worker that is stopped on request returns its job: that does not count.
    const returned = { status: 'waiting', failure: null, secondsTaken: null, timesRealTime: null } as const;
    for (let i = 0; i < 5; i++) finishJob(db, takeJob(db, approval, 'w')!.id, returned, 'w');
    for (let i = 0; i < 3; i++) die();
    const { jobs } = readQueue(db, approval);
    expect(states(db)).toEqual(['a failed', 'b waiting']);
    expect(jobs[0]!.failure).toEqual({ id: 'engine-died/attempts', parameters: { file: 'a', attempts: 3 } });
    retryJobs(db);
    die();
    expect(states(db)).toEqual(['a waiting', 'b waiting']);
  });

  test('a job that is cancelled while it runs stays cancelled when its worker finishes, and can be retried', async () => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a', 'b'));
    const running = takeJob(db, approval, 'w')!;
    expect(cancelJobs(db)).toEqual([running.id]);
    finishJob(db, running.id, done);
    expect(states(db)).toEqual(['a cancelled', 'b cancelled']);
    expect(retryJobs(db)).toBe(0);
    expect(retryJobs(db, [running.id])).toBe(1);
    expect(states(db)).toEqual(['a waiting', 'b cancelled']);
  });

  test('a failed job keeps its reason until it is retried', async () => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a'));
    const { id } = takeJob(db, approval, 'w')!;
    const failure = toFact(new StudioError('damaged-video/cut-off', { file: 'a' }));
    finishJob(db, id, { status: 'failed', failure, secondsTaken: 1, timesRealTime: null });
    expect(readQueue(db, approval).jobs[0]).toMatchObject({ status: 'failed', failure, attempts: 1 });
    retryJobs(db);
    expect(takeJob(db, approval, 'w')?.id).toBe(id);
    expect(readQueue(db, approval).jobs[0]).toMatchObject({ status: 'running', failure: null, attempts: 1 });
  });

  test.each(['a is cut off. Copy it again.', '{"text": "no fact"}', '{', '3'])('a reason of an older version does not change: %s', async (text) => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a'));
    db.run(db.sql.updateTable('job').set({ status: 'failed', error: text }));
    expect(readQueue(db, approval).jobs[0]!.failure).toEqual({ id: 'earlier-version', parameters: { text } });
  });

  test('a job can be moved to the front', async () => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a', 'b', 'c'));
    prioritise(db, [readQueue(db, approval).jobs[2]!.id], true);
    expect(readQueue(db, approval).jobs.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });

  test('more than 64 parallel jobs are rejected', async () => {
    const { db } = await makeProject();
    expect(() => setAtOnce(db, 65)).toThrow(/From 1 to 64/);
  });
});

function takeJobOptions(db: ProjectDatabase): string {
  return db.rows(db.sql.selectFrom('batch').select('options'))[0]!.options;
}

describe('a project from another computer', () => {
  const other = new Approval(new Uint8Array(32).fill(2));

  test('starts none of its waiting jobs before the user approves them', async () => {
    const { db } = await makeProject();
    addBatch(db, other, { ...settings, modelSha256: '' }, videos('theirs'));
    addBatch(db, approval, settings, videos('ours'));
    expect(readQueue(db, approval).jobs.map(({ name, isHeld }) => `${name} ${isHeld}`)).toEqual(['theirs true', 'ours false']);
    expect(heldModels(db, approval)).toEqual(['adatosk-tiny']);
    setAtOnce(db, 2);
    expect([takeJob(db, approval, 'w')?.name, takeJob(db, approval, 'w')]).toEqual(['ours', undefined]);
    expect(approveJobs(db, approval, () => 'hash of this computer')).toBe(1);
    expect(takeJob(db, approval, 'w')).toMatchObject({ name: 'theirs', batch: { model_sha256: 'hash of this computer' } });
  });

  test.each(['path', 'model', 'options', 'hash'])('holds an approved job whose %s was changed afterwards', async (what) => {
    const { db } = await makeProject();
    addBatch(db, approval, settings, videos('a'));
    if (what === 'path') db.run(db.sql.updateTable('job').set({ path: '/elsewhere' }));
    if (what === 'model') db.run(db.sql.updateTable('batch').set({ model_id: '/project/model' }));
    if (what === 'options') db.run(db.sql.updateTable('batch').set({ options: '{}' }));
    if (what === 'hash') db.run(db.sql.updateTable('batch').set({ model_sha256: '' }));
    expect(takeJob(db, approval, 'w')).toBeUndefined();
  });

  test('approves nothing if this computer does not have the model', async () => {
    const { db } = await makeProject();
    addBatch(db, other, settings, videos('a'));
    const missing = (): never => {
      throw new Error('no such model');
    };
    expect(() => approveJobs(db, approval, missing)).toThrow('no such model');
    expect(takeJob(db, approval, 'w')).toBeUndefined();
  });
});
