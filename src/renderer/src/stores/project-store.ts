import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowRef } from 'vue';
import type { StudioEvent } from '../../../shared/contract/events.ts';
import type { QueueState } from '../../../shared/domain/queue.ts';
import { secondsLeft } from '../../../shared/domain/queue.ts';
import type { Problem, StudioClient } from '../api/api.ts';
import { wordsOf } from '../texts/facts.ts';
import { problemFrom, problemOf, studio } from '../api/api.ts';

type Answer<P> = P extends (...args: never[]) => Promise<infer A> ? A : never;
export type ProjectState = NonNullable<Answer<StudioClient['project']['state']>>;
export type LibraryVideo = Answer<StudioClient['library']['list']>[number];
export type Run = Answer<StudioClient['runs']['list']>[number];

/** After so long without an answer the window asks again whether the program is there. */
const AGAIN_MS = 1000;

/** The open project as the window sees it: library, runs, queue; kept up to date by the program's events. */
export const useProject = defineStore('project', () => {
  const state = ref<ProjectState | null>(null);
  const videos = shallowRef<readonly LibraryVideo[]>([]);
  const runs = shallowRef<readonly Run[]>([]);
  /** Folders of the project; videos that come into a watched one are analysed. */
  const folders = shallowRef<Answer<StudioClient['library']['folders']>>([]);
  const queue = shallowRef<QueueState>({ paused: false, atOnce: 1, jobs: [] });
  /** Shares of the running jobs, by job. */
  const progress = reactive(new Map<string, { share: number; timesRealTime: number | null }>());
  const problem = ref<Problem | null>(null);
  const isReady = ref(false);
  /** Others hear of what happens to a video's layers. */
  const listeners = new Set<(event: StudioEvent) => void>();

  /** Does something that may fail; what went wrong is shown. @returns whether it went well */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    problem.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      problem.value = problemOf(error);
      return false;
    }
  }

  async function readLibrary(): Promise<void> {
    [videos.value, runs.value] = await Promise.all([studio.library.list(), studio.runs.list()]);
  }

  async function readQueue(): Promise<void> {
    [queue.value, folders.value] = await Promise.all([studio.queue.state(), studio.library.folders()]);
    const running = new Set(queue.value.jobs.filter(({ status }) => status === 'running').map(({ id }) => id));
    for (const job of progress.keys()) if (!running.has(job)) progress.delete(job);
  }

  async function readAll(): Promise<void> {
    state.value = await studio.project.state();
    if (state.value === null) {
      videos.value = [];
      runs.value = [];
      folders.value = [];
      queue.value = { paused: false, atOnce: 1, jobs: [] };
    } else await Promise.all([readLibrary(), readQueue()]);
    isReady.value = true;
  }

  const again = { library: soon(readLibrary), queue: soon(readQueue), all: soon(readAll) };

  function applyEvent(event: StudioEvent): void {
    if (event.kind === 'progress') progress.set(event.job, { share: event.share, timesRealTime: event.timesRealTime });
    else if (event.kind === 'queue') again.queue();
    else if (event.kind === 'recorded') again.library();
    else if (event.kind === 'changed') again.all();
    else if (event.kind === 'project') again.all();
    else if (event.kind === 'problem') problem.value = problemFrom(event);
    else if (event.kind === 'edited' && event.edit.changes.some(({ table }) => ['video', 'participant', 'session'].includes(table))) again.library();
    for (const listener of listeners) listener(event);
  }

  /** Listens for as long as the window is there; after an interruption everything is read again. */
  async function listen(): Promise<void> {
    for (;;) {
      try {
        const events = await studio.project.events();
        await readAll();
        for await (const event of events) applyEvent(event);
      } catch (error) {
        isReady.value = true;
        problem.value = problemOf(error);
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  function onEvent(listener: (event: StudioEvent) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  const timeLeft = computed(() => secondsLeft(queue.value, new Map([...progress].map(([job, { share }]) => [job, share]))));
  /** What all runs together warn of, each once. */
  const warnings = computed(() => [...new Set(runs.value.flatMap((run) => run.warnings).map(wordsOf))]);

  return { state, videos, runs, folders, queue, progress, problem, isReady, timeLeft, warnings, attempt, listen, onEvent, readQueue };
});

/** Many calls in a moment are one: events come in swarms. What fails is told by the next event or answer. */
function soon(work: () => Promise<void>): () => void {
  let waiting = false;
  let running = false;
  const run = async (): Promise<void> => {
    waiting = false;
    running = true;
    await work().catch(() => undefined);
    running = false;
    if (waiting) void run();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    if (!running) setTimeout(() => void run(), 50);
  };
}
