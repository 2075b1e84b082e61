import { MARGIN } from './axis.ts';
import type { TimeView } from './useTimeView.ts';
import { wheelOver } from './useTimeView.ts';

/** Elements on the lanes that handle the pointer themselves. */
const HANDLED = 'button, input, select, textarea, summary, a, [data-own-pointer]';

/** For v-on. */
interface LaneListeners {
  readonly wheel: (event: WheelEvent) => void;
  readonly pointerdown: (event: PointerEvent) => void;
  readonly pointermove: (event: PointerEvent) => void;
  readonly pointerup: () => void;
  readonly pointercancel: () => void;
}

/**
 * The pointer over lanes: a press or drag seeks, the wheel zooms at the pointer, with Shift it pans, and so does a drag with the
 * middle button.
 * @param width of the time axis in pixels
 */
export function useLanePointer(view: TimeView, width: () => number, seek: (seconds: number) => void): LaneListeners {
  let drag: { readonly kind: 'seek' | 'pan'; x: number } | undefined;
  const perPixel = (): number => (view.to.value - view.from.value) / width();
  const secondsAt = (event: MouseEvent): number =>
    view.from.value + (event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left - MARGIN.left) * perPixel();
  const end = (): void => void (drag = undefined);
  return {
    wheel: (event: WheelEvent) => {
      // Ctrl with the wheel is the zoom of the browser.
      if (event.defaultPrevented || event.ctrlKey) return;
      wheelOver(view, event, secondsAt(event), perPixel());
    },
    pointerdown: (event: PointerEvent) => {
      if (event.defaultPrevented || (event.target as HTMLElement).closest(HANDLED) !== null) return;
      const isOnAxis = event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left >= MARGIN.left;
      if (!isOnAxis || (event.button !== 0 && event.button !== 1)) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      drag = { kind: event.button === 0 ? 'seek' : 'pan', x: event.clientX };
      if (drag.kind === 'seek') seek(secondsAt(event));
      // The middle button would start to scroll.
      else event.preventDefault();
    },
    pointermove: (event: PointerEvent) => {
      if (drag === undefined) return;
      if (drag.kind === 'seek') seek(secondsAt(event));
      else view.pan((drag.x - event.clientX) * perPixel());
      drag.x = event.clientX;
    },
    pointerup: end,
    pointercancel: end,
  };
}
