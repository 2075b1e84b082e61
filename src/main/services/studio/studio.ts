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
import { ownApproval } from '../settings/own-approval.ts';
import type { QueueOrder, QueuePort, QueueStarter } from '../queue/queue-messages.ts';
import { StudioEvents } from './studio-events.ts';

/** What a host brings along: how it starts processes, and which host it is. */
export interface ProcessLaunchers {
  readonly host: 'desktop' | 'web';
  readonly startEngine: EngineStarter;
  readonly startQueue: QueueStarter;
  readonly startTrainer: TrainerStarter;
}

/** How often the store is asked whether another program has changed it. */
const LOOK_AROUND_MS = 200;

interface OpenProject {
  readonly project: Project;
  readonly around: NodeJS.Timeout;
  readonly watch: FolderWatch;
  readonly fineTuning: FineTuning;
  queue: QueuePort | undefined;
}

/**
 * The program behind every window of a host: the open project, the process that works through its queue, and what is
 * told to the windows. It knows no host.
 */
export class Studio {
  readonly launchers: ProcessLaunchers;
  readonly events = new StudioEvents();
  #open: OpenProject | undefined;
  /** Openings and closings one after the other. */
  readonly #next = inSeries();

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

  /** Opens a project in the place of the one that is open. @throws StudioError as openProject does; the old one stays open then */
  async openProject(folder: string, create: boolean): Promise<Project> {
    if (!isAbsolute(folder)) throw new StudioError('wrong-usage/relative-path', { path: folder });
    return this.#next(async () => {
      if (this.#open?.project.state.folder === resolve(folder)) return this.#open.project;
      const project = await openProject(folder, { create });
      try {
        const fineTuning = await FineTuning.of(project, this.launchers, () => this.publish({ kind: 'training' }));
        const { jobs } = readQueue(project.db, ownApproval());
        const around = this.#lookAround(project);
        await this.#close();
        this.#open = {
          project,
          around,
          watch: new FolderWatch(
            project.db,
            () => this.wakeQueue(),
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
   * Puts a backup in a project's place; where that project is open here, it is closed before.
   * @throws StudioError as restoreProject does; the project is closed then too
   */
  async restoreProject(folder: string, backup: string | undefined): Promise<Restored> {
    return this.#next(async () => {
      if (this.#open?.project.state.folder === resolve(folder)) await this.#close();
      return restoreProject(folder, { backup });
    });
  }

  #publishProblem(error: unknown): void {
    this.publish({ kind: 'problem', ...problemData(error) });
  }

  /** A backup that cannot be made (a full disk, a read-only folder) does not keep anybody from the project. */
  #backUp(project: Project): void {
    try {
      backUpDaily(project);
    } catch (error) {
      this.publish({ kind: 'problem', ...problemData(new StudioError('cannot-write/daily-backup', { problem: toFact(error) }, error)) });
    }
  }

  async close(): Promise<void> {
    await this.#next(() => this.#close());
  }

  publish(event: StudioEvent): void {
    this.events.publish(event);
  }

  /** There may be work: starts the queue's process where none runs. */
  wakeQueue(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.publish({ kind: 'queue' });
    if (open.queue !== undefined) open.queue.send({ kind: 'wake' });
    else this.#startQueue(open);
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
      // After a close or a restart it is another's turn.
      if (open.queue !== queue) return;
      open.queue = undefined;
      this.publish({ kind: 'problem', ...problemData(new StudioError('engine-died/queue', { detail: reason })) });
      this.publish({ kind: 'queue' });
    });
    queue.send({ kind: 'open', folder: open.project.state.folder });
  }

  /** Tells windows what other programs did to the project: `adatosk analyze --project`, or another host. */
  #lookAround(project: Project): NodeJS.Timeout {
    const { db } = project;
    const seen = { version: db.pragma('data_version'), clock: clockOf(db), results: resultCount(db) };
    let problem = '';
    return setInterval(() => {
      try {
        const version = db.pragma('data_version');
        if (version === seen.version) return;
        seen.version = version;
        const clock = clockOf(db);
        // Its own edits do not change data_version, but they move the clock: windows know them already, and read nothing twice.
        if (clock !== seen.clock) this.publish({ kind: 'changed', clock });
        seen.clock = clock;
        const results = resultCount(db);
        if (results !== seen.results) this.publish({ kind: 'recorded' });
        seen.results = results;
        this.publish({ kind: 'queue' });
        problem = '';
      } catch (error) {
        // Busy for now: the next look sees it.
        if (error instanceof StudioError && error.code === 'project-busy') return;
        // A disk that is gone: once, not five times a second.
        if (sentenceOf(error) !== problem) this.#publishProblem(error);
        problem = sentenceOf(error);
      }
    }, LOOK_AROUND_MS);
  }

  async #close(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    clearInterval(open.around);
    open.watch.stop();
    await open.fineTuning.close();
    const { queue } = open;
    open.queue = undefined;
    if (queue !== undefined) await ended(queue);
    open.project.close();
    this.publish({ kind: 'project' });
  }
}

/** A queue's process puts its jobs back before it ends; one that does not end soon is ended. */
const LONGEST_GOODBYE_MS = 5000;

async function ended(queue: QueuePort): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      queue.kill();
      resolve();
    }, LONGEST_GOODBYE_MS);
    queue.onEnd(() => {
      clearTimeout(timer);
      resolve();
    });
    queue.send({ kind: 'stop' });
  });
}
