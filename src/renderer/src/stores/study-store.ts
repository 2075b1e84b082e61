import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { KnownStudy, StudyChange, StudyVideo } from '../../../shared/annotation/study-edits.ts';
import { isStudyStep, studyEdits, studyStep } from '../../../shared/annotation/study-edits.ts';
import { studio } from '../api/api.ts';
import { useProject } from './project-store.ts';
import { CODER_KEY } from './review-store.ts';

/** Participants, sessions and conditions of the library's videos. Each change is one undo step of the coder of this window. */
export const useStudy = defineStore('study', () => {
  const project = useProject();
  const known = shallowRef<KnownStudy>({ participants: [], sessions: [] });
  /** Revisions by video after this window's own edits: the library is read again a moment later. */
  const revisions = new Map<string, number>();

  /** Reads the participants and sessions that can be chosen. */
  async function readKnown(): Promise<void> {
    const [participants, sessions] = await Promise.all([studio.people.participants(), studio.people.sessions()]);
    known.value = { participants, sessions };
  }

  const coderName = (): string => localStorage.getItem(CODER_KEY) ?? '';
  function setCoderName(name: string): void {
    localStorage.setItem(CODER_KEY, name.trim());
  }

  /** @returns whether it succeeded; an error is shown */
  function change(videos: readonly StudyVideo[], to: StudyChange): Promise<boolean> {
    return project.attempt(async () => {
      const coder = await studio.people.addCoder({ name: coderName() });
      await readKnown();
      const newest = videos.map((video) => ({ ...video, revision: Math.max(video.revision, revisions.get(video.id) ?? 0) }));
      const rows = studyEdits(newest, to, known.value, () => crypto.randomUUID());
      if (rows.length === 0) return;
      const changed = rows.filter(({ table }) => table === 'video').length;
      const { clock } = await studio.edits.apply({ coderId: coder.id, step: studyStep(to, changed), rows });
      for (const row of rows) if (row.kind === 'update') revisions.set(row.id, clock);
      await readKnown();
    });
  }

  /** Undoes or redoes the last step, if it was made in the library: a label of a video is not undone without being seen. */
  function applyHistory(direction: 'undo' | 'redo'): Promise<boolean> {
    return project.attempt(async () => {
      const coder = (await studio.people.coders()).find(({ name }) => name === coderName());
      if (coder === undefined) return;
      const steps = await studio.edits.history({ coder: coder.id, most: 1000 });
      const next = direction === 'undo' ? steps.find(({ state }) => state === 'done') : steps.findLast(({ state }) => state === 'undone');
      if (next === undefined || !isStudyStep(next.step)) return;
      const applied = await studio.edits[direction]({ coder: coder.id });
      for (const { table, id } of applied?.changes ?? []) if (table === 'video') revisions.set(id, applied?.clock ?? 0);
    });
  }

  return { known, readKnown, coderName, setCoderName, change, applyHistory };
});
