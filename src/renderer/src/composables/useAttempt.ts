import type { Ref } from 'vue';
import { ref } from 'vue';
import type { Problem } from '../api/api.ts';
import { problemOf } from '../api/api.ts';

/** Runs asynchronous work of a dialog, with its busy state and last problem. */
export function useAttempt(): { isBusy: Ref<boolean>; problem: Ref<Problem | null>; attempt: (work: () => Promise<void>) => Promise<void> } {
  const isBusy = ref(false);
  const problem = ref<Problem | null>(null);
  async function attempt(work: () => Promise<void>): Promise<void> {
    isBusy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = problemOf(error);
    }
    isBusy.value = false;
  }
  return { isBusy, problem, attempt };
}
