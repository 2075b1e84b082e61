import { defineStore, storeToRefs } from 'pinia';
import { ref, watch } from 'vue';
import { z } from 'zod';
import { useProject } from './project-store.ts';
import { useReview } from './review-store.ts';

/** Where the window was, in sessionStorage: a reload comes back to it. Another window, and the next start, begin anew. */
const placeSchema = z.object({
  folder: z.string(),
  video: z.string(),
  face: z.int(),
  /** Seconds. */
  playhead: z.number(),
  tab: z.string(),
  /** The visible span of a video's timeline in seconds; null for the whole video. */
  view: z.object({ video: z.string(), from: z.number(), to: z.number() }).nullable(),
});
const STORAGE_KEY = 'adatosk.place';
/** The playhead moves with every frame; it is stored at most this often. */
const STORE_INTERVAL_MS = 500;

/** The place in the open video. The review view sets `tab` and `view`, and begins with them. */
export const usePlace = defineStore('place', () => {
  const project = useProject();
  const review = useReview();
  const { state } = storeToRefs(project);
  const { video, face, playhead } = storeToRefs(review);
  const tab = ref('');
  const view = ref<z.infer<typeof placeSchema>['view']>(null);

  let timer: ReturnType<typeof setTimeout> | undefined;
  function store(): void {
    clearTimeout(timer);
    timer = undefined;
    const [folder, id] = [state.value?.folder, video.value?.id];
    if (folder === undefined) return;
    if (id === undefined) sessionStorage.removeItem(STORAGE_KEY);
    else
      sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ folder, video: id, face: face.value, playhead: playhead.value, tab: tab.value, view: view.value }));
  }

  function stored(): z.infer<typeof placeSchema> | null {
    try {
      return placeSchema.parse(JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? ''));
    } catch {
      return null;
    }
  }

  /** Opens the video that was open before a reload, if it is still there; then follows the window's place. */
  async function restore(): Promise<void> {
    const place = stored();
    if (place !== null && place.folder === state.value?.folder && project.videos.some(({ id, isMissing }) => id === place.video && !isMissing)) {
      [tab.value, view.value] = [place.tab, place.view];
      await review.open(place.video, place);
    }
    watch([() => video.value?.id, face, playhead, tab, view], () => (timer ??= setTimeout(store, STORE_INTERVAL_MS)));
    window.addEventListener('pagehide', store);
  }

  return { tab, view, restore };
});
