import type { Ref } from 'vue';
import { watch } from 'vue';
import type { TimeView } from '../../composables/useTimeView.ts';
import { usePlace } from '../../stores/place-store.ts';

/** Begins with the tab and the visible span of before a reload, and remembers later ones. */
export function useRememberedPlace<T extends string>(tab: Ref<T>, tabs: readonly T[], view: TimeView): void {
  const place = usePlace();
  const known = tabs.find((each) => each === place.tab);
  if (known !== undefined) tab.value = known;
  if (place.view !== null) view.show(place.view.from, place.view.to);
  watch([tab, view.from, view.to], () => {
    place.tab = tab.value;
    place.view = { from: view.from.value, to: view.to.value };
  });
}
