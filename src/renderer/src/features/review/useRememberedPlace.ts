import { storeToRefs } from 'pinia';
import type { Ref } from 'vue';
import { watch } from 'vue';
import type { TimeView } from '../../composables/useTimeView.ts';
import { usePlace } from '../../stores/place-store.ts';
import { useReview } from '../../stores/review-store.ts';

/** Begins with the tab, and for the same video with the visible span, of before; and remembers later ones. */
export function useRememberedPlace<T extends string>(tab: Ref<T>, tabs: readonly T[], view: TimeView): void {
  const place = usePlace();
  const { video } = storeToRefs(useReview());
  const known = tabs.find((each) => each === place.tab);
  if (known !== undefined) tab.value = known;
  if (place.view !== null && place.view.video === video.value?.id) view.show(place.view.from, place.view.to);
  watch([tab, view.from, view.to], () => {
    place.tab = tab.value;
    if (video.value !== null) place.view = { video: video.value.id, from: view.from.value, to: view.to.value };
  });
}
