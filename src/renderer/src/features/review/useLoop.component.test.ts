import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { defineComponent, h } from 'vue';
import { clientOf, mountInWindow, openFixture, openVideoAsAnn } from '../../../../../testing/window.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import { useReview } from '../../stores/review-store.ts';
import { useToasts } from '../../stores/toasts-store.ts';
import { useLoop } from './useLoop.ts';
import type { Player } from './player/player.ts';

let studio: Studio;
vi.mock('../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

beforeAll(async () => {
  ({ studio } = await openFixture());
});
beforeEach(openVideoAsAnn);
afterEach(() => void vi.useRealTimers());

async function mountLoop(): Promise<{ looping: ReturnType<typeof useLoop>; wentTo: number[]; unmount: () => void }> {
  const wentTo: number[] = [];
  let looping!: ReturnType<typeof useLoop>;
  const component = defineComponent(() => {
    looping = useLoop((seconds) => void wentTo.push(seconds));
    return () => h('p');
  });
  const mounted = await mountInWindow(component);
  return { looping, wentTo, unmount: () => mounted.unmount() };
}
/** A frame of 40 ms. */
const frame = (startS: number): { startS: number; endS: number } => ({ startS, endS: startS + 0.04 });

test('a loop goes back at its last frame; where that frame is not reported, by the clock', async () => {
  const { looping, wentTo, unmount } = await mountLoop();
  vi.useFakeTimers();
  const player = { rate: 2, isPlaying: true };
  const follow = (startS: number): void => looping.follow(frame(startS), player as Player);
  follow(1.96);
  expect(wentTo).toEqual([]);
  looping.set({ startS: 1, endS: 2 });
  follow(1.9);
  expect(wentTo).toEqual([]);
  follow(1.96);
  expect(wentTo).toEqual([1]);
  // At twice the speed, the end is 50 ms after the frame at 1.9 s.
  follow(1.9);
  vi.advanceTimersByTime(35);
  expect(wentTo).toEqual([1]);
  vi.advanceTimersByTime(14);
  expect(wentTo).toEqual([1, 1]);
  follow(1.9);
  player.isPlaying = false;
  vi.advanceTimersByTime(100);
  expect(wentTo).toEqual([1, 1]);
  unmount();
});

test('the key loops the selected label, or the last span; marks reach to the ends of the video', async () => {
  const review = useReview();
  const { looping, unmount } = await mountLoop();
  review.selected = null;
  looping.toggle();
  expect([looping.loop.value, useToasts().toast?.text]).toEqual([null, 'Select a label, or drag on the ruler with Shift: then it can be looped.']);
  looping.mark('start', 2);
  expect(looping.loop.value).toEqual({ startS: 2, endS: review.edges.at(-1) });
  looping.mark('end', 3);
  expect(looping.loop.value).toEqual({ startS: 2, endS: 3 });
  looping.mark('end', 1);
  expect(looping.loop.value).toEqual({ startS: review.times[0], endS: 1 });
  looping.toggle();
  looping.toggle();
  expect(looping.loop.value).toEqual({ startS: review.times[0], endS: 1 });
  looping.toggle();
  const segment = review.visibleLayers.flatMap(({ segments }) => segments)[0]!;
  review.selected = segment.id;
  looping.toggle();
  expect(looping.loop.value).toEqual({ startS: segment.start_s, endS: segment.end_s });
  unmount();
});
