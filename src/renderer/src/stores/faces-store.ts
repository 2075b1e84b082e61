import { defineStore, storeToRefs } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { AppliedEdit } from '../../../shared/annotation/editable-rows.ts';
import type { StudioClient } from '../api/api.ts';
import { studio } from '../api/api.ts';
import { useProject } from './project-store.ts';
import { useReview } from './review-store.ts';

type FaceList = Awaited<ReturnType<StudioClient['faces']['list']>>;
export type ShownFace = FaceList['faces'][number];

/** What this window changed last, until something else is changed. */
export type FaceChange =
  | { readonly kind: 'merged'; readonly clock: number; readonly face: number; readonly into: number; readonly overlapping: number }
  | { readonly kind: 'split'; readonly clock: number; readonly face: number; readonly to: number; readonly atS: number };

/** The face tracks of the open video, and their edits by the coder of this window. Each edit is one undo step. */
export const useFaces = defineStore('faces', () => {
  const project = useProject();
  const review = useReview();
  const { video, run, face, coder } = storeToRefs(review);
  const list = shallowRef<FaceList>({ isOfEarlierRun: false, faces: [] });
  const lastChange = shallowRef<FaceChange | null>(null);

  async function read(): Promise<void> {
    const id = video.value?.id;
    if (id === undefined) return;
    const found = await studio.faces.list({ video: id });
    if (id === video.value?.id) list.value = found;
  }

  function requested(): { coder: string; video: string; run: string; face: number } {
    if (coder.value === null || video.value === null || run.value === null) throw new Error('No analysed video is open, or no coder is set.');
    return { coder: coder.value.id, video: video.value.id, run: run.value, face: face.value };
  }

  /** Shows the chosen face as part of another one. @throws the problem: both are visible at the same time, for example */
  async function mergeInto(into: number): Promise<void> {
    const of = requested();
    const { edit, overlapping } = await studio.faces.merge({ ...of, into });
    await shown(edit, into, { kind: 'merged', clock: edit.clock, face: of.face, into, overlapping });
  }

  /** Shows the chosen face as a new face from a moment on, which is then chosen. */
  async function splitAt(atS: number): Promise<void> {
    await project.attempt(async () => {
      const of = requested();
      const { edit, face: to } = await studio.faces.split({ ...of, atS });
      await shown(edit, to, { kind: 'split', clock: edit.clock, face: of.face, to, atS });
    });
  }

  async function shown(edit: AppliedEdit, chosen: number, change: FaceChange): Promise<void> {
    await review.showEdit(edit);
    face.value = chosen;
    lastChange.value = change;
  }

  // The offer to undo is about the coder's last step.
  project.onEvent((event) => {
    const isLater = event.kind === 'edited' && event.coderId === coder.value?.id && event.edit.clock > (lastChange.value?.clock ?? Infinity);
    if (event.kind === 'changed' || event.kind === 'project' || isLater) lastChange.value = null;
  });
  watch(
    () => video.value?.id,
    () => (lastChange.value = null),
  );

  return { list, lastChange, read, mergeInto, splitAt };
});
