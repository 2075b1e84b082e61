import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowRef, toRaw } from 'vue';
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

/** Delay before the window reconnects to the event stream. */
const RECONNECT_MS = 1000;

/** Tables whose rows the library shows. */
const IN_LIBRARY: ReadonlySet<string> = new Set(['video', 'participant', 'session', 'face_participant', 'face_tracks']);

/** The open project in this window: library, runs and queue, kept up to date by the program's events. */
export const useProject = defineStore('project', () => {
  const state = ref<ProjectState | null>(null);
  const videos = shallowRef<readonly LibraryVideo[]>([]);
  const runs = shallowRef<readonly Run[]>([]);
  /** Folders of the project. New videos in a watched folder are analysed. */
  const folders = shallowRef<Answer<StudioClient['library']['folders']>>([]);
  const queue = shallowRef<QueueState>({ paused: false, atOnce: 1, jobs: [] });
  /** Progress of the running jobs, by job id. share: 0..1. */
  const progress = reactive(new Map<string, { share: number; timesRealTime: number | null }>());
  const problem = ref<Problem | null>(null);
  const isReady = ref(false);
  /** Called for every event. */
  const listeners = new Set<(event: StudioEvent) => void>();

  /** Runs an operation and shows its error, if any. @returns whether it succeeded */
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

  /** Runs work that no person requested, for example after an event. An error is shown; an earlier problem stays in sight. */
  async function inBackground(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const found = problemOf(error);
      // The project was closed in the meantime.
      if (found.code !== 'no-project') problem.value ??= found;
    }
  }

  /** Counts the readings of the library and of the queue: answers that a later reading has overtaken are dropped. */
  const readings = { library: 0, queue: 0 };
  async function readLibrary(): Promise<void> {
    const reading = ++readings.library;
    const answers = await Promise.all([studio.library.list(), studio.runs.list()]);
    if (reading === readings.library) [videos.value, runs.value] = answers;
  }

  async function readQueue(): Promise<void> {
    const reading = ++readings.queue;
    const answers = await Promise.all([studio.queue.state(), studio.library.folders()]);
    if (reading !== readings.queue) return;
    [queue.value, folders.value] = answers;
    const running = new Set(queue.value.jobs.filter(({ status }) => status === 'running').map(({ id }) => id));
    for (const job of progress.keys()) if (!running.has(job)) progress.delete(job);
  }

  async function readAll(): Promise<void> {
    state.value = await studio.project.state();
    if (state.value === null) {
      readings.library += 1;
      readings.queue += 1;
      videos.value = [];
      runs.value = [];
      folders.value = [];
      queue.value = { paused: false, atOnce: 1, jobs: [] };
    } else await Promise.all([readLibrary(), readQueue()]);
    isReady.value = true;
  }

  const reload = {
    library: coalesced(() => inBackground(readLibrary)),
    queue: coalesced(() => inBackground(readQueue)),
    all: coalesced(() => inBackground(readAll)),
  };

  function applyEvent(event: StudioEvent): void {
    if (event.kind === 'progress') progress.set(event.job, { share: event.share, timesRealTime: event.timesRealTime });
    else if (event.kind === 'queue') reload.queue();
    else if (event.kind === 'recorded') reload.library();
    else if (event.kind === 'changed') reload.all();
    else if (event.kind === 'project') reload.all();
    else if (event.kind === 'problem') problem.value = problemFrom(event);
    else if (event.kind === 'edited' && event.edit.changes.some(({ table }) => IN_LIBRARY.has(table))) reload.library();
    for (const listener of listeners) listener(event);
  }

  /** Follows the events as long as the window exists. After a lost connection, everything is read again. */
  async function listen(): Promise<void> {
    let lost: Problem | null = null;
    for (;;) {
      try {
        const events = await studio.project.events();
        await readAll();
        if (lost !== null && toRaw(problem.value) === lost) problem.value = null;
        lost = null;
        for await (const event of events) applyEvent(event);
      } catch (error) {
        isReady.value = true;
        problem.value = lost = problemOf(error);
      }
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }

  function onEvent(listener: (event: StudioEvent) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  const timeLeft = computed(() => secondsLeft(queue.value, new Map([...progress].map(([job, { share }]) => [job, share]))));
  /** The different warnings of all runs. */
  const warnings = computed(() => [...new Set(runs.value.flatMap((run) => run.warnings).map(wordsOf))]);

  return { state, videos, runs, folders, queue, progress, problem, isReady, timeLeft, warnings, attempt, inBackground, listen, onEvent, readQueue };
});

/** Combines many calls within 50 ms into one, because events come in bursts. @param work must not throw */
function coalesced(work: () => Promise<void>): () => void {
  let waiting = false;
  let running = false;
  const run = async (): Promise<void> => {
    waiting = false;
    running = true;
    await work();
    running = false;
    if (waiting) void run();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    if (!running) setTimeout(() => void run(), 50);
  };
}
