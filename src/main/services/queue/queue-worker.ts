import { join } from 'node:path';
import { fromFact, problemData } from '../../../shared/app/errors.ts';
import type { RunSystem } from '../../../shared/domain/results.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Device } from '../../adatosk/runtime/providers.ts';
import { AnalysisJournal } from '../../analysis/analysis-journal.ts';
import { WorkerPool, runVideo } from '../../analysis/batch.ts';
import { findProgram } from '../../media/programs.ts';
import type { TakenJob } from '../../project/batch-queue.ts';
import { finishJob, isBatchOver, keepAlive, setPaused, setRun, releaseOrphanedJobs, takeJob, workerName } from '../../project/batch-queue.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import type { BatchRow } from '../../project/store/schema.ts';
import type { SessionRequest } from '../analysis/analysis-session.ts';
import { AnalysisSession } from '../analysis/analysis-session.ts';
import type { QueueEvent } from './queue-messages.ts';
import { knownModel } from '../models/all-models.ts';
import { logProblem } from '../diagnostics/problem-log.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { RunRecorder } from '../analysis/run-recorder.ts';
import { runSystem } from '../analysis/runs/run-system.ts';

const HEARTBEAT_MS = 15_000;

/** A batch with running or finished jobs. */
interface OpenBatch {
  readonly session: AnalysisSession;
  readonly recorder: RunRecorder;
  readonly begun: Date;
  readonly system: RunSystem;
}

/**
 * Runs the jobs of a project's batch queue. Each result is stored in the project at once, and every job is left in a state
 * from which another worker can continue.
 */
export class QueueWorker {
  readonly #db: ProjectDatabase;
  readonly #start: EngineStarter;
  readonly #publish: (event: QueueEvent) => void;
  readonly #journals: string;
  readonly #name: string;
  readonly #pool: WorkerPool<TakenJob>;
  readonly #batches = new Map<string, Promise<OpenBatch>>();
  readonly #heartbeat: NodeJS.Timeout;
  #working: Promise<void> | undefined;
  #stopping = false;

  /** @param folder the project's */
  constructor(db: ProjectDatabase, folder: string, start: EngineStarter, publish: (event: QueueEvent) => void, name = workerName()) {
    this.#db = db;
    this.#journals = join(folder, 'unfinished');
    this.#start = start;
    this.#publish = publish;
    this.#name = name;
    this.#pool = new WorkerPool(
      () => this.#take(),
      (job, signal) => this.#work(job, signal),
    );
    this.#heartbeat = setInterval(() => this.#sendHeartbeat(), HEARTBEAT_MS);
  }

  /** Must be called when there may be new jobs: at the start, after videos were added, after a pause. */
  wake(): void {
    if (this.#stopping) return;
    releaseOrphanedJobs(this.#db);
    if (this.#working === undefined) this.#working = this.#drain().finally(() => (this.#working = undefined));
    else this.#pool.fill();
  }

  /** Deletes the journals of interrupted analyses that were not continued for a long time. */
  deleteOldJournals(): Promise<void> {
    return AnalysisJournal.deleteOld(this.#journals);
  }

  /** Stops running jobs that were cancelled. */
  cancel(ids: readonly string[]): void {
    this.#pool.stop(({ id }) => ids.includes(id));
  }

  /** Stops the worker. Running jobs return to the state 'waiting'. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#heartbeat);
    this.#pool.stop();
    await this.#working;
  }

  async #drain(): Promise<void> {
    try {
      // Repeated for jobs that were added while the last job ended.
      do await this.#pool.drain();
      while (this.#pool.running > 0);
    } catch (error) {
      this.#pause(error);
    } finally {
      for (const open of this.#batches.values()) void open.then(({ session }) => session.stop()).catch(() => undefined);
      this.#batches.clear();
    }
  }

  /** Pauses the queue after an error that would affect every job. */
  #pause(error: unknown): void {
    logProblem('queue', error);
    try {
      setPaused(this.#db, true);
    } catch {
      // The disk of the project is full or disconnected. The event below still reports the error.
    }
    this.#publish({ kind: 'problem', ...problemData(error) });
    this.#publish({ kind: 'changed' });
  }

  #take(): TakenJob | undefined {
    if (this.#stopping) return undefined;
    const job = takeJob(this.#db, ownApproval(), this.#name);
    if (job !== undefined) this.#publish({ kind: 'changed' });
    return job;
  }

  async #work(job: TakenJob, signal: AbortSignal): Promise<void> {
    const { id, path, name, bytes, batch } = job;
    try {
      const { session, recorder } = await this.#open(batch);
      const { modelSha256, options } = session;
      const { summary } = await runVideo(
        {
          tools: () => session.tools(),
          modelSha256,
          options,
          parts: null,
          resume: true,
          journals: this.#journals,
          onResult: (video, result, timing) => recorder.keep(video, result, timing, signal),
        },
        { path, name, bytes },
        (share, timesRealTime) => this.#publish({ kind: 'progress', job: id, share, timesRealTime }),
        signal,
      );
      const { failure, secondsTaken, timesRealTime } = summary;
      if (failure !== null) logProblem('video', fromFact(failure));
      const status = summary.status === 'cancelled' && this.#stopping ? 'waiting' : summary.status;
      finishJob(this.#db, id, { status, failure, secondsTaken, timesRealTime }, this.#name);
      await this.#endIfOver(batch.id);
    } catch (error) {
      finishJob(this.#db, id, { status: 'waiting', failure: null, secondsTaken: null, timesRealTime: null }, this.#name);
      throw error;
    }
    this.#publish({ kind: 'changed' });
  }

  #open(batch: BatchRow): Promise<OpenBatch> {
    let open = this.#batches.get(batch.id);
    if (open === undefined) {
      open = this.#openBatch(batch);
      this.#batches.set(batch.id, open);
    }
    return open;
  }

  async #openBatch(batch: BatchRow): Promise<OpenBatch> {
    const begun = new Date();
    const [system] = await Promise.all([runSystem(), findProgram('ffprobe')]);
    const options = JSON.parse(batch.options) as SessionRequest['options'];
    const session = await AnalysisSession.open(
      { model: await knownModel(batch.model_id, batch.model_sha256), device: batch.device as Device, threads: batch.threads, options },
      this.#start,
    );
    // The engines must run first: the record of the run contains the device.
    await session.engines();
    const recorder = batch.run_id === null ? RunRecorder.begin(this.#db, session.record(begun, false, system), false) : new RunRecorder(this.#db, batch.run_id);
    if (batch.run_id === null) setRun(this.#db, batch.id, recorder.run);
    return { session, recorder, begun, system };
  }

  /** Ends the run and stops the engines after the last video of a batch. */
  async #endIfOver(batch: string): Promise<void> {
    if (!isBatchOver(this.#db, batch)) return;
    const open = await this.#batches.get(batch);
    this.#batches.delete(batch);
    if (open === undefined) return;
    open.recorder.end(open.session.record(open.begun, false, open.system));
    open.session.stop();
  }

  #sendHeartbeat(): void {
    try {
      keepAlive(this.#db, this.#name);
      if (releaseOrphanedJobs(this.#db) > 0) this.wake();
    } catch {
      // The database is locked or the disk is full: the next heartbeat tries again.
    }
  }
}
