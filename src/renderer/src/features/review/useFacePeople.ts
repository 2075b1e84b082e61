import { storeToRefs } from 'pinia';
import type { Ref } from 'vue';
import { onUnmounted, shallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { StudioClient } from '../../api/api.ts';
import { studio } from '../../api/api.ts';
import { useProject } from '../../stores/project-store.ts';
import { useReview } from '../../stores/review-store.ts';

type FaceOf = Awaited<ReturnType<StudioClient['people']['faces']>>[number];

const CHANGES_FACES = new Set(['face_participant', 'face_tracks', 'participant', 'video']);

/** The participants of the faces in the open video, kept up to date. */
export function useFacePeople(): { people: Ref<readonly FaceOf[]>; nameOfFace: (face: number) => string } {
  const { t } = useI18n();
  const project = useProject();
  const { video } = storeToRefs(useReview());
  const people = shallowRef<readonly FaceOf[]>([]);

  /** Number of the last reading. Answers to earlier ones are dropped. */
  let reading = 0;
  async function read(): Promise<void> {
    const own = ++reading;
    const id = video.value?.id;
    const found = id === undefined ? [] : await studio.people.faces({ video: id });
    if (own === reading) people.value = found;
  }
  watch(
    () => video.value?.id,
    () => void project.inBackground(read),
    { immediate: true },
  );
  const stopListening = project.onEvent((event) => {
    const isOurs =
      event.kind === 'edited' ? event.edit.changes.some(({ table }) => CHANGES_FACES.has(table)) : event.kind === 'changed' || event.kind === 'project';
    if (isOurs) void project.inBackground(read);
  });
  onUnmounted(stopListening);

  /** 'Face 1 · P04', or 'Face 1' without a participant. */
  function nameOfFace(face: number): string {
    const participant = people.value.find((each) => each.face === face)?.participant ?? '';
    return participant === '' ? t('compare.face', { face }) : t('compare.faceOf', { face, participant });
  }
  return { people, nameOfFace };
}
