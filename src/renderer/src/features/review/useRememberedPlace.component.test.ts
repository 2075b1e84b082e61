import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { defineComponent, ref } from 'vue';
import { clientOf, mountInWindow, openFixture, openVideoAsAnn } from '../../../../../testing/window.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import type { TimeView } from '../../composables/useTimeView.ts';
import { useTimeView } from '../../composables/useTimeView.ts';
import { usePlace } from '../../stores/place-store.ts';
import { useReview } from '../../stores/review-store.ts';
import { useRememberedPlace } from './useRememberedPlace.ts';

let studio: Studio;
vi.mock('../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));
beforeAll(async () => {
  ({ studio } = await openFixture());
});
beforeEach(openVideoAsAnn);

/** Opens the review with 100 s of video, and closes it at the end of the test. @returns its visible span */
async function viewOf(change: (view: TimeView) => void = () => undefined): Promise<[number, number]> {
  const view = useTimeView();
  view.reset(0, 100);
  const review = await mountInWindow(
    defineComponent({
      setup: () => {
        useRememberedPlace(ref('coding'), ['coding'], view);
        return () => null;
      },
    }),
  );
  change(view);
  await review.vm.$nextTick();
  review.unmount();
  return [view.from.value, view.to.value];
}

test('a video that is opened again shows the span of before; another one is shown whole', async () => {
  await viewOf((view) => view.show(20, 30));
  expect(await viewOf()).toEqual([20, 30]);
  usePlace().view = { video: 'another', from: 20, to: 30 };
  expect(await viewOf()).toEqual([0, 100]);
  expect(useReview().video).not.toBeNull();
});
