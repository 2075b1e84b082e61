import { defineStore, storeToRefs } from 'pinia';
import { computed, ref, watch } from 'vue';
import { z } from 'zod';
import { byName } from '../../../shared/basics/name-order.ts';
import type { LibraryFilter, VideoState } from './video-state.ts';
import { ANALYSIS_FILTERS, matchesFilter, newestJobs, REVIEW_FILTERS, stateOf } from './video-state.ts';
import type { LibraryVideo } from './project-store.ts';
import { useProject } from './project-store.ts';

export const LIBRARY_ORDERS = ['name', 'length', 'faces', 'review'] as const;
type LibraryOrder = (typeof LIBRARY_ORDERS)[number];

/** What survives a reload of the window, in sessionStorage. */
const placeSchema = z.object({
  folder: z.string().catch(''),
  query: z.string().catch(''),
  filter: z.enum(['all', ...ANALYSIS_FILTERS, ...REVIEW_FILTERS]).catch('all'),
  order: z.enum(LIBRARY_ORDERS).catch('name'),
  /** Pixels from the top of the table. */
  scroll: z.number().catch(0),
});
const STORAGE_KEY = 'adatosk.library';

function readPlace(): z.infer<typeof placeSchema> {
  try {
    return placeSchema.parse(JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '{}'));
  } catch {
    return placeSchema.parse({});
  }
}

const COMPARE: Readonly<Record<LibraryOrder, (a: LibraryVideo, b: LibraryVideo) => number>> = {
  name: (a, b) => byName(a.name, b.name),
  length: (a, b) => (b.durationS ?? 0) - (a.durationS ?? 0),
  faces: (a, b) => (b.analysed?.faceShare ?? -1) - (a.analysed?.faceShare ?? -1),
  review: (a, b) => REVIEW_FILTERS.indexOf(a.review) - REVIEW_FILTERS.indexOf(b.review),
};

/** Which videos the library shows, in which order, and the state of each one. */
export const useLibrary = defineStore('library', () => {
  const project = useProject();
  const { videos, queue, runs, state } = storeToRefs(project);
  const place = readPlace();
  const query = ref(place.query);
  const filter = ref<LibraryFilter>(place.filter);
  const order = ref<LibraryOrder>(place.order);
  const scroll = ref(place.scroll);
  let folder = place.folder;

  // Another project begins with all of its videos.
  watch(
    () => state.value?.folder,
    (opened) => {
      if (opened === undefined || opened === folder) return;
      folder = opened;
      [query.value, filter.value, scroll.value] = ['', 'all', 0];
    },
    { immediate: true },
  );
  watch([query, filter, order, scroll], () => {
    const kept = { folder, query: query.value, filter: filter.value, order: order.value, scroll: scroll.value };
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(kept));
  });

  const states = computed((): ReadonlyMap<string, VideoState> => {
    const jobs = newestJobs(queue.value.jobs);
    const runStarts = new Map(runs.value.map(({ id, start }) => [id, start]));
    const view = { jobs, progress: project.progress, runStarts, now: Date.now() };
    return new Map(videos.value.map((video) => [video.id, stateOf(video, view)]));
  });
  const NOT_ANALYSED: VideoState = { kind: 'not_analysed' };
  const stateOfVideo = ({ id }: LibraryVideo): VideoState => states.value.get(id) ?? NOT_ANALYSED;

  const counts = computed(() => {
    const filters: readonly LibraryFilter[] = ['all', ...ANALYSIS_FILTERS, ...REVIEW_FILTERS];
    const count = (each: LibraryFilter): number => videos.value.filter((video) => matchesFilter(each, video, stateOfVideo(video))).length;
    return Object.fromEntries(filters.map((each) => [each, count(each)])) as Record<LibraryFilter, number>;
  });
  const listed = computed(() => {
    const text = query.value.trim().toLocaleLowerCase();
    const matches = ({ name, participant, faceParticipants, session, condition }: LibraryVideo): boolean =>
      `${name} ${participant ?? ''} ${faceParticipants.join(' ')} ${session ?? ''} ${condition}`.toLocaleLowerCase().includes(text);
    const shown = videos.value.filter((video) => matches(video) && matchesFilter(filter.value, video, stateOfVideo(video)));
    const compare = COMPARE[order.value];
    return shown.toSorted((a, b) => compare(a, b) || COMPARE.name(a, b));
  });

  return { query, filter, order, scroll, counts, listed, stateOfVideo };
});
