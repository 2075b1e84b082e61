import { ref } from 'vue';
import type { PeakRow } from '../../../../../shared/annotation/peak-edits.ts';
import { DRAG_PIXELS } from './useSpanDrag.ts';

interface PeakDragOptions {
  /** Seconds at the pointer. */
  readonly secondsAt: (event: PointerEvent) => number;
  readonly snapped: (seconds: number, isFree: boolean) => number;
  readonly onDrop: (peak: PeakRow, apexS: number) => void;
}

/** Moves the apex of a peak by dragging. Alt suspends snapping. */
export function usePeakDrag(options: PeakDragOptions): {
  apexOf: (peak: PeakRow) => number;
  begin: (event: PointerEvent, peak: PeakRow) => void;
  move: (event: PointerEvent) => void;
  end: () => void;
  cancel: () => void;
} {
  const dragged = ref<{ readonly peak: PeakRow; readonly x: number; readonly apexS: number | null } | null>(null);
  const apexOf = ({ id, apex_s }: PeakRow): number => (dragged.value?.peak.id === id ? (dragged.value.apexS ?? apex_s) : apex_s);
  const cancel = (): void => void (dragged.value = null);

  function begin(event: PointerEvent, peak: PeakRow): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    dragged.value = { peak, x: event.clientX, apexS: null };
  }
  function move(event: PointerEvent): void {
    const now = dragged.value;
    if (now === null || (now.apexS === null && Math.abs(event.clientX - now.x) < DRAG_PIXELS)) return;
    dragged.value = { ...now, apexS: Math.max(0, options.snapped(options.secondsAt(event), event.altKey)) };
  }
  function end(): void {
    const now = dragged.value;
    cancel();
    if (now !== null && now.apexS !== null) options.onDrop(now.peak, now.apexS);
  }
  return { apexOf, begin, move, end, cancel };
}
