import type { Ref } from 'vue';
import { ref } from 'vue';
import type { Problem } from '../api/api.ts';
import { problemOf } from '../api/api.ts';

/** Work that a dialog asks for: whether it goes on, and what went wrong the last time. */
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
