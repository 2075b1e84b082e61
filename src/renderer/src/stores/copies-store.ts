import { defineStore, storeToRefs } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { Conflict } from '../../../shared/contract/copies.ts';
import { studio } from '../api/api.ts';
import { useProject } from './project-store.ts';
import { useStudy } from './study-store.ts';

/** Conflicts of merged copies in the open project, and their decision. */
export const useCopies = defineStore('copies', () => {
  const project = useProject();
  const study = useStudy();
  const { state } = storeToRefs(project);
  const conflicts = shallowRef<readonly Conflict[]>([]);

  /** Counts the readings: an answer that a later reading has overtaken is dropped. */
  let readings = 0;
  async function read(): Promise<void> {
    const reading = ++readings;
    const found = state.value === null ? [] : await studio.copies.conflicts();
    if (reading === readings) conflicts.value = found;
  }
  watch(
    () => state.value?.folder,
    () => {
      conflicts.value = [];
      void project.inBackground(read);
    },
    { immediate: true },
  );
  project.onEvent((event) => {
    const concerns =
      event.kind === 'changed' ||
      (event.kind === 'edited' && (conflicts.value.length > 0 || event.edit.changes.some(({ table }) => table === 'merge_conflict')));
    if (concerns) void project.inBackground(read);
  });

  /** Decides a conflict as the coder of this window, in one step that can be undone. */
  async function decide({ id, revision }: Conflict, take: 'kept' | 'other' | 'both'): Promise<void> {
    try {
      const coder = await studio.people.addCoder({ name: study.coderName() });
      await studio.copies.decide({ coder: coder.id, conflict: id, take, revision });
    } finally {
      await read();
    }
  }

  return { conflicts, read, decide };
});
