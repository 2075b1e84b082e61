import type { Ref } from 'vue';
import { ref } from 'vue';

/** The visible span of the video in all tracks, in seconds. */
export interface TimeView {
  readonly from: Ref<number>;
  readonly to: Ref<number>;
  /** Shows the whole span, which becomes the limit for zooming and panning. */
  reset(start: number, end: number): void;
  /** @param factor below 1 to zoom in; `around` keeps its position */
  zoom(around: number, factor: number): void;
  pan(seconds: number): void;
  show(from: number, to: number): void;
  /** When `moment` leaves the view, scrolls by a page instead of continuously, so that the curves stand still. */
  follow(moment: number): void;
}

/** The wheel zooms around a moment; with Shift, or sideways, it pans. @param perPixel seconds per pixel of the track */
export function wheelOver(view: TimeView, event: WheelEvent, atS: number, perPixel: number): void {
  event.preventDefault();
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) view.pan((event.deltaX || event.deltaY) * perPixel);
  else view.zoom(atS, Math.exp(event.deltaY * 0.0015));
}

/** Shortest visible span. */
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
