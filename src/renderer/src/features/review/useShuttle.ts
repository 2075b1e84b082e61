import { storeToRefs } from 'pinia';
import type { Ref, ShallowRef } from 'vue';
import { onBeforeUnmount, ref } from 'vue';
import { lowerBound } from '../../../../shared/basics/sorted-search.ts';
import { useReview } from '../../stores/review-store.ts';
import { doubleRate, RATES } from './player/playback-rates.ts';
import type { Player } from './player/player.ts';
import type { Navigation } from './useNavigation.ts';

/** Playing forwards and backwards as in video editors (J, K and L). */
export interface Shuttle {
  /** Rate at which the video runs backwards; 0 while it does not. */
  readonly backwards: Ref<number>;
  /** Plays; while it plays, doubles the rate. */
  readonly forwards: () => void;
  /** Runs backwards; while it does, doubles the rate. */
  readonly reverse: () => void;
  /** Stops, and goes back to at most the normal rate. */
  readonly stop: () => void;
}

/**
 * A browser cannot play backwards: the frame that is due by the clock is sought as soon as the one before is displayed. So the rate is
 * true, and as many frames are skipped as the computer cannot decode in time. There is no sound.
 */
export function useShuttle(player: Readonly<ShallowRef<Player | null>>, { frame, isSeeking, goToFrame }: Navigation): Shuttle {
  const { times, playhead } = storeToRefs(useReview());
  const backwards = ref(0);
  /** Where and when the video began to run backwards at this rate. */
  let begun = { atS: 0, ms: 0 };
  /** The last frame that was sought here. Another one means that something else moved the playhead. */
  let sought = 0;
  let pending = 0;

  function tick(): void {
    if (player.value?.isPlaying === true || frame.value !== sought) halt();
    if (backwards.value === 0) return;
    if (!isSeeking.value) {
      const dueS = begun.atS - (backwards.value * (performance.now() - begun.ms)) / 1000;
      const due = Math.max(0, lowerBound(times.value, dueS + 1e-6) - 1);
      if (due < frame.value) {
        goToFrame(due);
        sought = frame.value;
      }
      if (due === 0) return halt();
    }
    pending = requestAnimationFrame(tick);
  }
  function halt(): void {
    backwards.value = 0;
    cancelAnimationFrame(pending);
  }
  onBeforeUnmount(halt);

  function reverse(): void {
    player.value?.pause();
    const next = backwards.value === 0 ? 1 : Math.min(RATES.at(-1) ?? 1, 2 * backwards.value);
    halt();
    backwards.value = next;
    begun = { atS: playhead.value, ms: performance.now() };
    sought = frame.value;
    pending = requestAnimationFrame(tick);
  }
  function stop(): void {
    halt();
    player.value?.pause();
    player.value?.setRate(Math.min(1, player.value.rate));
  }
  function forwards(): void {
    if (player.value === null) return;
    if (player.value.isPlaying) return player.value.setRate(doubleRate(player.value.rate));
    stop();
    player.value.toggle();
  }
  return { backwards, forwards, reverse, stop };
}
