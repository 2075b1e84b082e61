import type { Ref } from 'vue';
import { onActivated, onBeforeUnmount, onDeactivated, ref, shallowRef } from 'vue';
import type { Problem } from '../../api/api.ts';
import { problemOf } from '../../api/api.ts';
import { useProject } from '../../stores/project-store.ts';

/** Progress in copies. */
interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Runs work on copies with its progress and its last problem. `stop` ends it, which is no problem. `isShown`: the tab is the current one
 * (the others are kept with their state, and their buttons must leave the foot of the dialog).
 */
export function useCopiesWork(): {
  isBusy: Ref<boolean>;
  progress: Ref<Progress | null>;
  problem: Ref<Problem | null>;
  run: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  stop: () => void;
  isShown: Ref<boolean>;
} {
  const isBusy = ref(false);
  const progress = shallowRef<Progress | null>(null);
  const problem = ref<Problem | null>(null);
  const isShown = ref(true);
  onActivated(() => (isShown.value = true));
  onDeactivated(() => (isShown.value = false));
  let controller: AbortController | undefined;
  const stopListening = useProject().onEvent((event) => {
    if (event.kind === 'copies' && isBusy.value) progress.value = { done: event.done, total: event.total };
  });
  onBeforeUnmount(stopListening);

  async function run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const current = new AbortController();
    controller = current;
    isBusy.value = true;
    problem.value = null;
    try {
      await work(current.signal);
    } catch (error) {
      if (!current.signal.aborted) problem.value = problemOf(error);
    }
    isBusy.value = false;
    progress.value = null;
  }
  return { isBusy, progress, problem, run, stop: () => controller?.abort(), isShown };
}
