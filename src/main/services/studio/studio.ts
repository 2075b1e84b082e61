import { isAbsolute, resolve } from 'node:path';
import type { StudioEvent } from '../../../shared/contract/events.ts';
import { problemData, sentenceOf, StudioError, toFact } from '../../../shared/app/errors.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import { readQueue } from '../../project/batch-queue.ts';
import type { Project } from '../../project/store/open-project.ts';
import { backUpDaily, openProject } from '../../project/store/open-project.ts';
import type { Restored } from '../../project/store/restore-project.ts';
import { restoreProject } from '../../project/store/restore-project.ts';
import { resultCount } from '../../project/recorded-results.ts';
import { clockOf } from '../../project/review.ts';
import type { TrainerStarter } from '../../training/trainer/trainer-messages.ts';
import { inSeries } from '../../process/serial.ts';
import { FineTuning } from '../fine-tuning/fine-tuning.ts';
import { FolderWatch } from '../library/folder-watch.ts';
import { logProblem } from '../diagnostics/problem-log.ts';
import { ownApproval } from '../settings/own-approval.ts';
import type { QueueOrder, QueuePort, QueueStarter } from '../queue/queue-messages.ts';
import { StudioEvents } from './studio-events.ts';

/** The kind of a host and its functions that start processes. */
export interface ProcessLaunchers {
  readonly host: 'desktop' | 'web';
  readonly startEngine: EngineStarter;
  readonly startQueue: QueueStarter;
  readonly startTrainer: TrainerStarter;
}

/** Interval of the check whether another program has changed the database. */
const CHECK_INTERVAL_MS = 200;
/** Every how many checks the project file is looked for. */
const FILE_CHECK = 10;
/** While a change waits for another program, no window gets an answer. Calls of windows are repeated instead (services/api/context.ts). */
const BUSY_MS = 200;

interface OpenProject {
  readonly project: Project;
  readonly changeTimer: NodeJS.Timeout;
  readonly watch: FolderWatch;
  readonly fineTuning: FineTuning;
  queue: QueuePort | undefined;
}

/**
 * The state of a host: the open project, the process that runs its queue, and the events for all windows. It does not
 * depend on the kind of the host.
 */
export class Studio {
  readonly launchers: ProcessLaunchers;
  readonly events = new StudioEvents();
  #open: OpenProject | undefined;
  /** Runs the opening and closing of projects one after the other. */
  readonly #inSeries = inSeries();

  constructor(launchers: ProcessLaunchers) {
    this.launchers = launchers;
  }

  /** @throws StudioError 'no-project' */
  get project(): Project {
    if (this.#open === undefined) throw new StudioError('no-project', {});
    return this.#open.project;
  }

  /** @throws StudioError 'no-project' */
  get fineTuning(): FineTuning {
    if (this.#open === undefined) throw new StudioError('no-project', {});
    return this.#open.fineTuning;
  }

  get hasProject(): boolean {
    return this.#open !== undefined;
  }

  isOpen(folder: string): boolean {
    return this.#open?.project.state.folder === resolve(folder);
  }

  /** Opens a project and closes the open one. @throws StudioError the errors of openProject; the old project then stays open */
  async openProject(folder: string, create: boolean): Promise<Project> {
    if (!isAbsolute(folder)) throw new StudioError('wrong-usage/relative-path', { path: folder });
    return this.#inSeries(async () => {
      if (this.#open !== undefined && this.isOpen(folder)) return this.#open.project;
      const project = await openProject(folder, { create, busyMs: BUSY_MS });
      try {
        const fineTuning = await FineTuning.of(project, this.launchers, () => this.publish({ kind: 'training' }));
        const { jobs } = readQueue(project.db, ownApproval());
        const changeTimer = this.#watchDatabase(project);
        await this.#close();
        this.#open = {
          project,
          changeTimer,
          watch: new FolderWatch(
            project.db,
            () => this.announceQueued(),
            (error) => this.#publishProblem(error),
          ),
          fineTuning,
          queue: undefined,
        };
        if (jobs.some(({ status, isHeld }) => (status === 'waiting' && !isHeld) || status === 'running')) this.wakeQueue();
      } catch (error) {
        project.close();
        throw error;
      }
      this.#backUp(project);
      this.publish({ kind: 'project' });
      return project;
    });
  }

  /**
   * Replaces a project by a backup. If that project is open here, it is closed first.
   * @throws StudioError the errors of restoreProject; the project is then closed as well
   */
  async restoreProject(folder: string, backup: string | undefined): Promise<Restored> {
    return this.#inSeries(async () => {
      if (this.isOpen(folder)) await this.#close();
      return restoreProject(folder, { backup });
    });
  }

  #publishProblem(error: unknown): void {
    logProblem('studio', error);
    this.publish({ kind: 'problem', ...problemData(error) });
  }

  /** Makes the daily backup. If it fails (a full disk, a read-only folder), the project stays usable. */
  #backUp(project: Project): void {
    try {
      backUpDaily(project);
    } catch (error) {
      this.#publishProblem(new StudioError('cannot-write/daily-backup', { problem: toFact(error) }, error));
    }
  }

  async close(): Promise<void> {
    await this.#inSeries(() => this.#close());
  }

  publish(event: StudioEvent): void {
    this.events.publish(event);
  }

  /** Wakes the queue process, or starts it if it does not run. Must be called when there may be new jobs. */
  wakeQueue(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.publish({ kind: 'queue' });
    if (open.queue !== undefined) open.queue.send({ kind: 'wake' });
    else this.#startQueue(open);
  }

  /** Announces videos that are new in the library and in the queue. */
  announceQueued(): void {
    this.publish({ kind: 'recorded' });
    this.wakeQueue();
  }

  orderQueue(order: QueueOrder): void {
    this.#open?.queue?.send(order);
    this.publish({ kind: 'queue' });
  }

  #startQueue(open: OpenProject): void {
    const queue = this.launchers.startQueue();
    open.queue = queue;
    queue.onMessage((event) => {
      if (event.kind === 'changed') this.publish({ kind: 'queue' });
      else this.publish(event);
    });
    queue.onEnd((reason) => {
      // After a close or a restart, another process is responsible.
      if (open.queue !== queue) return;
      open.queue = undefined;
      this.#publishProblem(new StudioError('engine-died/queue', { detail: reason }));
      this.publish({ kind: 'queue' });
    });
    queue.send({ kind: 'open', folder: open.project.state.folder });
  }

  /** Publishes changes that other programs make to the project, such as `adatosk analyze --project` or another host. */
  #watchDatabase(project: Project): NodeJS.Timeout {
    const { db } = project;
    const seen = { version: db.pragma('data_version'), clock: clockOf(db), results: resultCount(db) };
    let problem = '';
    let checks = 0;
    return setInterval(() => {
      try {
        if (++checks % FILE_CHECK === 0) db.refuseLostFile();
        const version = db.pragma('data_version');
        if (version === seen.version) {
          if (checks % FILE_CHECK === 0) problem = '';
          return;
        }
        seen.version = version;
        const clock = clockOf(db);
        // Edits of this process advance the clock but not data_version; windows already know them.
        if (clock !== seen.clock) this.publish({ kind: 'changed', clock });
        seen.clock = clock;
        const results = resultCount(db);
        if (results !== seen.results) this.publish({ kind: 'recorded' });
        seen.results = results;
        this.publish({ kind: 'queue' });
        problem = '';
      } catch (error) {
        // The database is locked: the next check sees the change.
        if (error instanceof StudioError && error.code === 'project-busy') return;
        // For example a disconnected disk: reported once, not five times a second.
        if (sentenceOf(error) !== problem) this.#publishProblem(error);
        problem = sentenceOf(error);
      }
    }, CHECK_INTERVAL_MS);
  }

  async #close(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    clearInterval(open.changeTimer);
    open.watch.stop();
    await open.fineTuning.close();
    const { queue } = open;
    open.queue = undefined;
    if (queue !== undefined) await stopQueue(queue);
    open.project.close();
    this.publish({ kind: 'project' });
  }
}

const QUEUE_STOP_TIMEOUT_MS = 5000;

/** Stops a queue process, which returns its jobs to the queue first. It is killed after the timeout. */
async function stopQueue(queue: QueuePort): Promise<void> {
  await new Promise<void>((ended) => {
    const timer = setTimeout(() => {
      queue.kill();
      ended();
    }, QUEUE_STOP_TIMEOUT_MS);
    queue.onEnd(() => {
      clearTimeout(timer);
      ended();
    });
    queue.send({ kind: 'stop' });
  });
}
