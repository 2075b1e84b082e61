import type { Ref } from 'vue';
import { ref } from 'vue';
import type { Problem } from '../api/api.ts';
import { problemOf } from '../api/api.ts';
import { useProject } from '../stores/project-store.ts';

/**
 * Runs asynchronous work of a dialog, with its busy state and last problem.
 * @param isEdit the work edits the project: when it has succeeded, the problem of an earlier edit outside the dialog is no longer shown
 */
export function useAttempt({ isEdit = false } = {}): {
  isBusy: Ref<boolean>;
  problem: Ref<Problem | null>;
  attempt: (work: () => Promise<void>) => Promise<void>;
} {
  const isBusy = ref(false);
  const problem = ref<Problem | null>(null);
  const project = isEdit ? useProject() : null;
  async function attempt(work: () => Promise<void>): Promise<void> {
    isBusy.value = true;
    problem.value = null;
    try {
      await work();
      if (project !== null) project.problem = null;
    } catch (error) {
      problem.value = problemOf(error);
    }
    isBusy.value = false;
  }
  return { isBusy, problem, attempt };
}
