import { hostname } from 'node:os';
import { StudioError, toFact } from '../../shared/app/errors.ts';
import type { Fact } from '../../shared/app/facts.ts';
import { readFact } from '../../shared/app/notices.ts';
import type { QueueJob, QueueState } from '../../shared/domain/queue.ts';
import { required } from '../../shared/basics/required.ts';
import type { Approval, SignedJob } from './approval.ts';
import type { ProjectDatabase } from './store/database.ts';
import { newId } from './edits.ts';
import { hasResult } from './recorded-results.ts';
import type { BatchRow, JobRow } from './store/schema.ts';

export interface QueuedVideo {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** Settings for all videos of a batch. */
export interface BatchSettings {
  readonly modelId: string;
  readonly modelSha256: string;
  readonly device: string;
  readonly threads: number;
  readonly options: unknown;
}

/** A job that a worker has taken, with the settings of its batch. */
export interface TakenJob {
  readonly id: string;
  readonly batch: BatchRow;
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** A job whose worker died this often fails: a video that ends the process would do so for ever. */
const MOST_ATTEMPTS = 3;
/** A worker without a heartbeat for this time is dead, even if its process id exists. */
const HEARTBEAT_TIMEOUT_MS = 60_000;
/** Priority of jobs that the user moved to the front; all others have 0. Higher priorities run first. */
const NEXT = 1;

/** What was added to the queue. */
export interface AddedBatch {
  /** Null if no video was added. */
  readonly batch: string | null;
  readonly added: number;
  /** Videos that were not added, because they wait or run with the same model and options already. */
  readonly known: number;
}

/**
 * Adds videos to the queue as one batch. Their failed and cancelled jobs are removed from the queue, because the new ones replace them; so
 * are waiting jobs of another computer with the same model.
 * @param first puts them at the front
 */
export function addBatch(db: ProjectDatabase, approval: Approval, settings: BatchSettings, videos: readonly QueuedVideo[], first = false): AddedBatch {
  return db.transaction(() => {
    const { modelId: model_id, modelSha256: model_sha256, device, threads } = settings;
    const options = JSON.stringify(settings.options);
    const held = heldJobs(db, approval).filter(({ batch }) => batch.model_id === model_id);
    removeJobs(
      db,
      held.filter(({ path }) => videos.some((video) => video.path === path)).map(({ id }) => id),
    );
    const open = openPaths(db, { model_id, model_sha256, options });
    const added = videos.filter(({ path }) => !open.has(path));
    if (added.length === 0) return { batch: null, added: 0, known: videos.length };
    const paths = new Set(added.map(({ path }) => path));
    const ended = db.rows(db.sql.selectFrom('job').select(['id', 'path']).where('status', 'in', ['failed', 'cancelled']));
    removeJobs(
      db,
      ended.filter(({ path }) => paths.has(path)).map(({ id }) => id),
    );
    const batch: BatchRow = {
      id: newId(),
      model_id,
      model_sha256,
      device,
      threads,
      options,
      run_id: null,
      added_at: new Date().toISOString(),
    };
    db.run(db.sql.insertInto('batch').values(batch));
    for (const { path, name, bytes } of added) {
      const signature = approval.signJob(signedJob(batch, path));
      db.run(
        db.sql.insertInto('job').values({ id: newId(), batch_id: batch.id, path, name, bytes, priority: first ? NEXT : 0, approval: signature } as JobRow),
      );
    }
    return { batch: batch.id, added: added.length, known: videos.length - added.length };
  });
}

/** Paths of the videos that wait or run with a model and options. */
function openPaths(db: ProjectDatabase, { model_id, model_sha256, options }: Pick<BatchRow, 'model_id' | 'model_sha256' | 'options'>): Set<string> {
  const rows = db.rows(
    db.sql
      .selectFrom('job')
      .innerJoin('batch', 'batch.id', 'job.batch_id')
      .select('path')
      .where('status', 'in', ['waiting', 'running'])
      .where('model_id', '=', model_id)
      .where('model_sha256', '=', model_sha256)
      .where('options', '=', options),
  );
  return new Set(rows.map(({ path }) => path));
}

function removeJobs(db: ProjectDatabase, ids: readonly string[]): void {
  for (const id of ids) db.run(db.sql.deleteFrom('job').where('id', '=', id));
}

function signedJob({ id, model_id, model_sha256, device, options }: Omit<BatchRow, 'run_id' | 'added_at' | 'threads'>, path: string): SignedJob {
  return { batchId: id, modelId: model_id, modelSha256: model_sha256, device, options, path };
}

/** Waiting jobs without a valid signature of this user and computer. They must not start. */
function heldJobs(db: ProjectDatabase, approval: Approval): { id: string; batch: BatchRow; path: string }[] {
  const batches = new Map(db.rows(db.sql.selectFrom('batch').selectAll()).map((batch) => [batch.id, batch]));
  return db
    .rows(db.sql.selectFrom('job').select(['id', 'batch_id', 'path', 'approval']).where('status', '=', 'waiting'))
    .flatMap(({ id, batch_id, path, approval: signature }) => {
      const batch = required(batches.get(batch_id), 'the batch of a job');
      return approval.isJob(signedJob(batch, path), signature) ? [] : [{ id, batch, path }];
    });
}

/**
 * Approves all held jobs, such as those of a received project.
 * @param hashOf returns the SHA-256 of a model; throws if this computer does not have it
 * @returns the number of approved jobs
 */
export function approveJobs(db: ProjectDatabase, approval: Approval, hashOf: (modelId: string) => string): number {
  return db.transaction(() => {
    const held = heldJobs(db, approval);
    for (const { batch } of held) {
      batch.model_sha256 = hashOf(batch.model_id);
      db.run(db.sql.updateTable('batch').set({ model_sha256: batch.model_sha256 }).where('id', '=', batch.id));
    }
    for (const { id, batch, path } of held)
      db.run(
        db.sql
          .updateTable('job')
          .set({ approval: approval.signJob(signedJob(batch, path)) })
          .where('id', '=', id),
      );
    return held.length;
  });
}

/** Ids of the models that the held jobs need. */
export const heldModels = (db: ProjectDatabase, approval: Approval): string[] => [...new Set(heldJobs(db, approval).map(({ batch }) => batch.model_id))];

/** The name of a worker: host name and process id. */
export function workerName(pid = process.pid): string {
  return `${hostname()} ${pid}`;
}

/** Takes the next waiting job; undefined if there is none, the queue is paused, or the limit of parallel jobs is reached. */
export function takeJob(db: ProjectDatabase, approval: Approval, worker: string): TakenJob | undefined {
  return db.transaction(() => {
    const { paused, at_once } = db.onlyRow(db.sql.selectFrom('queue').select(['paused', 'at_once']));
    const running = db.onlyRow(
      db.sql
        .selectFrom('job')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('status', '=', 'running'),
    );
    if (paused === 1 || running.count >= at_once) return undefined;
    const held = new Set(heldJobs(db, approval).map(({ id }) => id));
    const next = db
      .rows(
        db.sql
          .selectFrom('job')
          .select(['id', 'batch_id', 'path', 'name', 'bytes', 'attempts'])
          .where('status', '=', 'waiting')
          .orderBy('priority', 'desc')
          .orderBy('position'),
      )
      .find(({ id }) => !held.has(id));
    if (next === undefined) return undefined;
    const now = new Date().toISOString();
    db.run(
      db.sql
        .updateTable('job')
        .set({ status: 'running', worker, seen_at: now, started_at: now, ended_at: null, attempts: next.attempts + 1, error: '' })
        .where('id', '=', next.id),
    );
    const batch = db.onlyRow(db.sql.selectFrom('batch').selectAll().where('id', '=', next.batch_id));
    return { id: next.id, batch, path: next.path, name: next.name, bytes: next.bytes };
  });
}

/** Stores the run of a batch. */
export function setRun(db: ProjectDatabase, batch: string, run: string): void {
  db.run(db.sql.updateTable('batch').set({ run_id: run }).where('id', '=', batch));
}

/** Whether a batch has no waiting or running jobs. */
export function isBatchOver(db: ProjectDatabase, batch: string): boolean {
  return db.row(db.sql.selectFrom('job').select('id').where('batch_id', '=', batch).where('status', 'in', ['waiting', 'running']).limit(1)) === undefined;
}

/** Stores a heartbeat in all running jobs of a worker. */
export function keepAlive(db: ProjectDatabase, worker: string): void {
  db.run(db.sql.updateTable('job').set({ seen_at: new Date().toISOString() }).where('worker', '=', worker).where('status', '=', 'running'));
}

export interface JobOutcome {
  readonly status: 'done' | 'failed' | 'cancelled' | 'waiting';
  readonly failure: Fact | null;
  readonly secondsTaken: number | null;
  readonly timesRealTime: number | null;
}

/**
 * Stores the outcome of a running job. A job that was cancelled in the meantime stays cancelled.
 * @param worker if it is given, a job that another worker has taken is not changed
 */
export function finishJob(db: ProjectDatabase, id: string, { status, failure, secondsTaken, timesRealTime }: JobOutcome, worker?: string): void {
  const ended = db.sql
    .updateTable('job')
    .set({
      status,
      error: failure === null ? '' : JSON.stringify(failure),
      worker: null,
      ended_at: new Date().toISOString(),
      seconds_taken: secondsTaken,
      times_real_time: timesRealTime,
    })
    .where('id', '=', id)
    .where('status', '=', 'running');
  // A worker that returns a job was stopped on request: that is no attempt.
  const counted = status === 'waiting' && worker !== undefined ? ended.set(({ eb }) => ({ attempts: eb('attempts', '-', 1) })) : ended;
  db.run(worker === undefined ? counted : counted.where('worker', '=', worker));
}

/**
 * Releases the jobs of dead workers: they are done if their result was stored, else they wait again, or fail after too many attempts.
 * @returns the number of released jobs
 */
export function releaseOrphanedJobs(db: ProjectDatabase, now = new Date()): number {
  return db.transaction(() => {
    const orphaned = db
      .rows(
        db.sql
          .selectFrom('job')
          .innerJoin('batch', 'batch.id', 'job.batch_id')
          .select(['job.id', 'path', 'job.name', 'attempts', 'worker', 'seen_at', 'run_id'])
          .where('status', '=', 'running'),
      )
      .filter(({ worker, seen_at }) => !isAlive(worker, seen_at, now));
    for (const { id, path, name, attempts, run_id } of orphaned) {
      const isStored = run_id !== null && hasResult(db, run_id, path);
      const isHopeless = !isStored && attempts >= MOST_ATTEMPTS;
      const failure = isHopeless ? toFact(new StudioError('engine-died/attempts', { file: name, attempts })) : null;
      finishJob(db, id, { status: isStored ? 'done' : isHopeless ? 'failed' : 'waiting', failure, secondsTaken: null, timesRealTime: null });
    }
    return orphaned.length;
  });
}

function isAlive(worker: string | null, seenAt: string | null, now: Date): boolean {
  if (worker === null || seenAt === null || now.getTime() - Date.parse(seenAt) > HEARTBEAT_TIMEOUT_MS) return false;
  const [computer, pid] = worker.split(/ (?=\d+$)/);
  if (computer !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Cancels waiting and running jobs. @param ids undefined means all @returns the ids of the running ones, for their workers */
export function cancelJobs(db: ProjectDatabase, ids?: readonly string[]): string[] {
  return db.transaction(() => {
    const open = db
      .rows(db.sql.selectFrom('job').select(['id', 'status']).where('status', 'in', ['waiting', 'running']))
      .filter(({ id }) => ids === undefined || ids.includes(id));
    const ended_at = new Date().toISOString();
    for (const { id } of open) db.run(db.sql.updateTable('job').set({ status: 'cancelled', worker: null, ended_at }).where('id', '=', id));
    return open.filter(({ status }) => status === 'running').map(({ id }) => id);
  });
}

/** Makes jobs wait again, with new attempts. @param ids failed or cancelled jobs; undefined means all failed ones @returns their number */
export function retryJobs(db: ProjectDatabase, ids?: readonly string[]): number {
  return db.transaction(() => {
    const ended = db
      .rows(db.sql.selectFrom('job').select(['id', 'status']).where('status', 'in', ['failed', 'cancelled']))
      .filter(({ id, status }) => (ids === undefined ? status === 'failed' : ids.includes(id)));
    for (const { id } of ended) db.run(db.sql.updateTable('job').set({ status: 'waiting', error: '', ended_at: null, attempts: 0 }).where('id', '=', id));
    return ended.length;
  });
}

/** Moves jobs to the front of the queue, or back to their position. */
export function prioritise(db: ProjectDatabase, ids: readonly string[], first: boolean): void {
  db.transaction(() => {
    for (const id of ids)
      db.run(
        db.sql
          .updateTable('job')
          .set({ priority: first ? NEXT : 0 })
          .where('id', '=', id),
      );
  });
}

export function setPaused(db: ProjectDatabase, paused: boolean): void {
  db.run(db.sql.updateTable('queue').set({ paused: paused ? 1 : 0 }));
}

/** @throws StudioError 'wrong-usage' unless it is 1 to 64 */
export function setAtOnce(db: ProjectDatabase, atOnce: number): void {
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 64) throw new StudioError('wrong-usage/parallel-videos', {});
  db.run(db.sql.updateTable('queue').set({ at_once: atOnce }));
}

/** Paths of the videos of all jobs, in any state. */
export const queuedPaths = (db: ProjectDatabase): string[] => db.rows(db.sql.selectFrom('job').select('path')).map(({ path }) => path);

/** Removes done and cancelled jobs from the queue. Runs and results stay. */
export function clearFinished(db: ProjectDatabase): void {
  db.run(db.sql.deleteFrom('job').where('status', 'in', ['done', 'cancelled']));
}

export function readQueue(db: ProjectDatabase, approval: Approval): QueueState {
  const held = new Set(heldJobs(db, approval).map(({ id }) => id));
  const { paused, at_once } = db.onlyRow(db.sql.selectFrom('queue').select(['paused', 'at_once']));
  const jobs = db.rows(
    db.sql
      .selectFrom('job')
      .innerJoin('batch', 'batch.id', 'job.batch_id')
      .selectAll('job')
      .select(['batch.run_id', 'batch.model_id'])
      .orderBy('job.priority', 'desc')
      .orderBy('job.position'),
  );
  return {
    paused: paused === 1,
    atOnce: at_once,
    jobs: jobs.map((row): QueueJob => ({
      id: row.id,
      batch: row.batch_id,
      run: row.run_id,
      model: row.model_id,
      path: row.path,
      name: row.name,
      bytes: row.bytes,
      isFirst: row.priority >= NEXT,
      isHeld: held.has(row.id),
      status: row.status,
      failure: readFact(row.error),
      attempts: row.attempts,
      secondsTaken: row.seconds_taken,
      timesRealTime: row.times_real_time,
      startedAt: row.started_at,
      endedAt: row.ended_at,
    })),
  };
}
