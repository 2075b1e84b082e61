import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import type { Step } from '../../../shared/annotation/steps.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { KnownStudy, StudyChange, StudyVideo } from '../../../shared/annotation/study-edits.ts';
import { attributeEdits, removalEdits, removalStep, studyEdits, studyStep } from '../../../shared/annotation/study-edits.ts';
import { studio } from '../api/api.ts';
import { i18n } from '../texts/i18n.ts';
import { stepText } from '../texts/step-text.ts';
import { useHistory } from './history-store.ts';
import type { LibraryVideo } from './project-store.ts';
import { useProject } from './project-store.ts';
import { CODER_KEY } from './review-store.ts';
import { useToasts } from './toasts-store.ts';

/** Participants, sessions and conditions of the library's videos. Each change is one undo step of the coder of this window. */
export const useStudy = defineStore('study', () => {
  const project = useProject();
  const toasts = useToasts();
  const steps = useHistory();
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

  const newest = <V extends { readonly id: string; readonly revision: number }>(video: V): V => ({
    ...video,
    revision: Math.max(video.revision, revisions.get(video.id) ?? 0),
  });

  /** Applies the edits as one step, and says so with a way back. */
  async function apply(coderId: string, made: Step, rows: readonly RowEdit[]): Promise<void> {
    const { clock } = await studio.edits.apply({ coderId, step: made, rows: [...rows] });
    for (const row of rows) if (row.kind === 'update') revisions.set(row.id, clock);
    toasts.show(stepText(made), { undo: () => applyHistory('undo') });
  }

  /** @returns whether it succeeded; an error is shown */
  function change(videos: readonly StudyVideo[], to: StudyChange): Promise<boolean> {
    return project.attempt(async () => {
      const coder = await studio.people.addCoder({ name: coderName() });
      await readKnown();
      const rows = studyEdits(videos.map(newest), to, known.value, () => crypto.randomUUID());
      if (rows.length === 0) return;
      const changed = rows.filter(({ table }) => table === 'video').length;
      await apply(coder.id, studyStep(to, changed), rows);
      await readKnown();
    });
  }

  /** Gives a participant other attributes, as one step. @returns whether it succeeded; an error is shown */
  function changeAttributes(code: string, changes: Readonly<Record<string, string>>): Promise<boolean> {
    return project.attempt(async () => {
      const coder = await studio.people.addCoder({ name: coderName() });
      await readKnown();
      const row = known.value.participants.find((each) => each.code === code);
      const rows = row === undefined ? [] : attributeEdits(row, changes);
      if (rows.length === 0) return;
      await apply(coder.id, step('participant.attributes', { participant: code }), rows);
      await readKnown();
    });
  }

  /** Removes videos from the project; their files and what was made in them stay. @returns whether it succeeded; an error is shown */
  function remove(videos: readonly LibraryVideo[]): Promise<boolean> {
    return project.attempt(async () => {
      const coder = await studio.people.addCoder({ name: coderName() });
      const paths = new Set(videos.map(({ path }) => path));
      const open = project.queue.jobs.filter(({ path, status }) => paths.has(path) && (status === 'waiting' || status === 'running'));
      if (open.length > 0) await studio.queue.cancel({ jobs: open.map(({ id }) => id) });
      await apply(coder.id, removalStep(videos.map(({ name }) => name)), removalEdits(videos.map(newest)));
    });
  }

  /** Undoes or redoes the last step, if it was made in the library; says where it belongs if not. */
  function applyHistory(direction: 'undo' | 'redo'): Promise<boolean> {
    return project.attempt(async () => {
      const coder = (await studio.people.coders()).find(({ name }) => name === coderName());
      if (coder === undefined) toasts.show(i18n.global.t(`coding.nothingTo.${direction}`), { kind: 'problem' });
      else
        await steps.apply(direction, coder.id, {
          onApplied: ({ changes, clock }) => {
            for (const { table, id } of changes) if (table === 'video') revisions.set(id, clock);
          },
        });
    });
  }

  return { known, readKnown, coderName, setCoderName, change, changeAttributes, remove, applyHistory };
});
