import type { Ref } from 'vue';
import { ref } from 'vue';

/** The span of the video that all tracks show, in seconds. */
export interface TimeView {
  readonly from: Ref<number>;
  readonly to: Ref<number>;
  /** Shows everything between two moments, from now on the widest view. */
  reset(start: number, end: number): void;
  /** @param factor below 1 shows less of the video; `around` stays where it is */
  zoom(around: number, factor: number): void;
  pan(seconds: number): void;
  show(from: number, to: number): void;
  /** Moves on by pages when a moment leaves the view, so that lines do not slide under the eye. */
  follow(moment: number): void;
}

/** Closer than this no track shows more. */
const SHORTEST_VIEW_S = 0.5;

export function useTimeView(): TimeView {
  const [from, to] = [ref(0), ref(1)];
  let [start, end] = [0, 1];
  const show = (a: number, b: number): void => {
    const width = Math.min(end - start, Math.max(Math.min(SHORTEST_VIEW_S, end - start), b - a));
    const left = Math.min(end - width, Math.max(start, a));
    [from.value, to.value] = [left, left + width];
  };
  return {
    from,
    to,
    show,
    reset: (a, b) => {
      [start, end] = [a, Math.max(b, a + 0.1)];
      show(start, end);
    },
    zoom: (around, factor) => show(around - (around - from.value) * factor, around + (to.value - around) * factor),
    pan: (seconds) => show(from.value + seconds, to.value + seconds),
    follow: (moment) => {
      const width = to.value - from.value;
      if (moment < from.value || moment > to.value) show(moment - 0.1 * width, moment + 0.9 * width);
    },
  };
}
