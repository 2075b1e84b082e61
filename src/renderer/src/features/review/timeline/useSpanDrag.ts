import type { Ref } from 'vue';
import { onBeforeUnmount, onMounted, ref } from 'vue';
import { SHORTEST_S } from '../../../../../shared/annotation/segment-edits.ts';

/** A row with a place on the time axis. A moment has the same start and end. */
interface Placed {
  readonly id: string;
  readonly start_s: number;
  readonly end_s: number;
}
export type DraggedPart = 'start' | 'end' | 'both';
export interface DraggedSpan {
  readonly id: string;
  readonly part: DraggedPart;
  readonly startS: number;
  readonly endS: number;
}

interface SpanDragOptions<T extends Placed> {
  /** Seconds at the pointer. */
  readonly secondsAt: (event: PointerEvent) => number;
  /** @param isFree without snapping to moments */
  readonly snapped: (seconds: number, isFree: boolean) => number;
  /** The last moment at which a span can end, in seconds. */
  readonly lastS: () => number;
  /** An edge, or a span without length, is being dragged: the moment that the video should show. */
  readonly onTrim?: (seconds: number) => void;
  readonly onDrop: (row: T, span: { readonly startS: number; readonly endS: number }) => void;
}

/** A shorter movement is a click. */
export const DRAG_PIXELS = 4;

/**
 * Moves a span on the time axis, or one of its edges, by dragging. Alt suspends snapping; Escape puts the span back.
 * `isClick` is asked by the click that follows: after a drag, it does nothing.
 */
export function useSpanDrag<T extends Placed>(
  options: SpanDragOptions<T>,
): {
  dragged: Ref<DraggedSpan | null>;
  begin: (event: PointerEvent, row: T, part: DraggedPart) => void;
  move: (event: PointerEvent) => void;
  end: () => void;
  cancel: () => void;
  isClick: () => boolean;
} {
  /** The dragged span, once the pointer has moved far enough. */
  const dragged = ref<DraggedSpan | null>(null);
  let pressed: { readonly row: T; readonly part: DraggedPart; readonly x: number; readonly grabOffset: number } | null = null;
  let wasDragged = false;

  function begin(event: PointerEvent, row: T, part: DraggedPart): void {
    wasDragged = false;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    pressed = { row, part, x: event.clientX, grabOffset: options.secondsAt(event) - row.start_s };
  }
  function move(event: PointerEvent): void {
    if (pressed === null || (!wasDragged && Math.abs(event.clientX - pressed.x) < DRAG_PIXELS)) return;
    wasDragged = true;
    const { row, part, grabOffset } = pressed;
    const [from, to] = [dragged.value?.startS ?? row.start_s, dragged.value?.endS ?? row.end_s];
    if (part === 'both') {
      const length = row.end_s - row.start_s;
      const startS = Math.max(0, Math.min(options.lastS() - length, options.snapped(options.secondsAt(event) - grabOffset, event.altKey)));
      dragged.value = { id: row.id, part, startS, endS: startS + length };
      if (length === 0) options.onTrim?.(startS);
      return;
    }
    const at = options.snapped(options.secondsAt(event), event.altKey);
    const startS = part === 'start' ? Math.max(0, Math.min(at, to - SHORTEST_S)) : from;
    const endS = part === 'end' ? Math.min(options.lastS(), Math.max(at, from + SHORTEST_S)) : to;
    dragged.value = { id: row.id, part, startS, endS };
    // The last frame of a span is the one before its end.
    options.onTrim?.(part === 'start' ? startS : endS - SHORTEST_S);
  }
  function end(): void {
    const [now, row] = [dragged.value, pressed?.row];
    cancel();
    if (now !== null && row !== undefined && (now.startS !== row.start_s || now.endS !== row.end_s))
      options.onDrop(row, { startS: now.startS, endS: now.endS });
  }
  function cancel(): void {
    pressed = null;
    dragged.value = null;
  }
  function isClick(): boolean {
    const is = !wasDragged;
    wasDragged = false;
    return is;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || dragged.value === null) return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  }
  // Before the shortcut of the review, which would clear the selection.
  onMounted(() => window.addEventListener('keydown', onKeyDown, { capture: true }));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKeyDown, { capture: true }));
  return { dragged, begin, move, end, cancel, isClick };
}
