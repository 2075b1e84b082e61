import { hostname } from 'node:os';
import { StudioError } from '../../shared/app/errors.ts';
import type { Fact } from '../../shared/app/facts.ts';
import { readFact } from '../../shared/app/notices.ts';
import type { QueueJob, QueueState } from '../../shared/domain/queue.ts';
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

/** What all videos of a batch are analysed with. */
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

/** A worker that has not been heard of for so long has gone, whatever its process id says. */
const LONGEST_SILENCE_MS = 60_000;
/** The highest priority goes first; a person's "do this next" is 1, everything else 0. */
const NEXT = 1;

/** Puts videos at the end of the queue, or at its beginning, as one batch. @returns the batch's id */
export function addBatch(db: ProjectDatabase, approval: Approval, settings: BatchSettings, videos: readonly QueuedVideo[], first = false): string {
  const id = newId();
  db.transaction(() => {
    const { modelId: model_id, modelSha256: model_sha256, device, threads } = settings;
    const batch: BatchRow = {
      ...{ id, model_id, model_sha256, device, threads, options: JSON.stringify(settings.options) },
      ...{ run_id: null, added_at: new Date().toISOString() },
    };
    db.run(db.sql.insertInto('batch').values(batch));
    for (const { path, name, bytes } of videos) {
      const signature = approval.signJob(signedJob(batch, path));
      db.run(db.sql.insertInto('job').values({ id: newId(), batch_id: id, path, name, bytes, priority: first ? NEXT : 0, approval: signature } as JobRow));
    }
  });
  return id;
}

function signedJob({ id, model_id, model_sha256, device, options }: Omit<BatchRow, 'run_id' | 'added_at' | 'threads'>, path: string): SignedJob {
  return { batchId: id, modelId: model_id, modelSha256: model_sha256, device, options, path };
}

/** Waiting jobs that were not requested on this computer by this person; they are not begun. */
function heldJobs(db: ProjectDatabase, approval: Approval): { id: string; batch: BatchRow; path: string }[] {
  const batches = new Map(db.rows(db.sql.selectFrom('batch').selectAll()).map((batch) => [batch.id, batch]));
  return db
    .rows(db.sql.selectFrom('job').select(['id', 'batch_id', 'path', 'approval']).where('status', '=', 'waiting'))
    .flatMap(({ id, batch_id, path, approval: signature }) => {
      const batch = batches.get(batch_id)!;
      return approval.isJob(signedJob(batch, path), signature) ? [] : [{ id, batch, path }];
    });
}

/**
 * The person starts all waiting jobs of a received project.
 * @param hashOf the SHA-256 of the model of that id; it throws where this computer has no such model
 * @returns how many
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

/** Ids of the models that waiting jobs of a received project name. */
export const heldModels = (db: ProjectDatabase, approval: Approval): string[] => [...new Set(heldJobs(db, approval).map(({ batch }) => batch.model_id))];

/** The name under which a process takes jobs: the computer and the process. */
export function workerName(pid = process.pid): string {
  return `${hostname()} ${pid}`;
}

/** Takes the next waiting job for a worker; undefined where none may be begun, the queue is paused, or as many run as may. */
export function takeJob(db: ProjectDatabase, approval: Approval, worker: string): TakenJob | undefined {
  return db.transaction(() => {
    const { paused, at_once } = db.row(db.sql.selectFrom('queue').select(['paused', 'at_once']))!;
    const running = db.row(
      db.sql
        .selectFrom('job')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('status', '=', 'running'),
    )!;
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
    const batch = db.row(db.sql.selectFrom('batch').selectAll().where('id', '=', next.batch_id))!;
    return { id: next.id, batch, path: next.path, name: next.name, bytes: next.bytes };
  });
}

/** The run of a batch from now on. */
export function setRun(db: ProjectDatabase, batch: string, run: string): void {
  db.run(db.sql.updateTable('batch').set({ run_id: run }).where('id', '=', batch));
}

/** Whether nothing of a batch waits or runs any more. */
export function isBatchOver(db: ProjectDatabase, batch: string): boolean {
  return db.row(db.sql.selectFrom('job').select('id').where('batch_id', '=', batch).where('status', 'in', ['waiting', 'running']).limit(1)) === undefined;
}

/** Says that a worker is still at its jobs. */
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
 * Ends a worker's job; one that a person has cancelled meanwhile stays cancelled.
 * @param worker where it is given, a job that another worker has taken since stays with that one
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
  db.run(worker === undefined ? ended : ended.where('worker', '=', worker));
}

/**
 * Jobs whose worker is gone wait again; those whose result was kept before it went are done.
 * @returns how many were taken back
 */
export function takeBackJobs(db: ProjectDatabase, now = new Date()): number {
  return db.transaction(() => {
    const gone = db
      .rows(
        db.sql
          .selectFrom('job')
          .innerJoin('batch', 'batch.id', 'job.batch_id')
          .select(['job.id', 'path', 'worker', 'seen_at', 'run_id'])
          .where('status', '=', 'running'),
      )
      .filter(({ worker, seen_at }) => !isAlive(worker, seen_at, now));
    for (const { id, path, run_id } of gone) {
      const isKept = run_id !== null && hasResult(db, run_id, path);
      finishJob(db, id, { status: isKept ? 'done' : 'waiting', failure: null, secondsTaken: null, timesRealTime: null });
    }
    return gone.length;
  });
}

function isAlive(worker: string | null, seenAt: string | null, now: Date): boolean {
  if (worker === null || seenAt === null || now.getTime() - Date.parse(seenAt) > LONGEST_SILENCE_MS) return false;
  const [computer, pid] = worker.split(/ (?=\d+$)/);
  if (computer !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Cancels jobs that wait or run, all where none are named. @returns the ids of those that ran: their workers are to be told */
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

/** Failed and cancelled jobs wait again. @returns how many */
export function retryJobs(db: ProjectDatabase, ids?: readonly string[]): number {
  return db.transaction(() => {
    const ended = db
      .rows(db.sql.selectFrom('job').select(['id', 'status']).where('status', 'in', ['failed', 'cancelled']))
      .filter(({ id, status }) => (ids === undefined ? status === 'failed' : ids.includes(id)));
    for (const { id } of ended) db.run(db.sql.updateTable('job').set({ status: 'waiting', error: '', ended_at: null }).where('id', '=', id));
    return ended.length;
  });
}

/** Puts jobs before all others that wait, or back among them. */
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

/** Paths of all videos in the queue, whatever became of them. */
export const queuedPaths = (db: ProjectDatabase): string[] => db.rows(db.sql.selectFrom('job').select('path')).map(({ path }) => path);

/** Removes what is over from the list; runs and results stay. */
export function clearFinished(db: ProjectDatabase): void {
  db.run(db.sql.deleteFrom('job').where('status', 'in', ['done', 'cancelled']));
}

export function readQueue(db: ProjectDatabase, approval: Approval): QueueState {
  const held = new Set(heldJobs(db, approval).map(({ id }) => id));
  const { paused, at_once } = db.row(db.sql.selectFrom('queue').select(['paused', 'at_once']))!;
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
      ...{ id: row.id, batch: row.batch_id, run: row.run_id, model: row.model_id, path: row.path, name: row.name, bytes: row.bytes },
      ...{ isFirst: row.priority >= NEXT, isHeld: held.has(row.id), status: row.status, failure: readFact(row.error), attempts: row.attempts },
      ...{ secondsTaken: row.seconds_taken, timesRealTime: row.times_real_time },
    })),
  };
}
