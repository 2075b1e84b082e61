import { storeToRefs } from 'pinia';
import type { Ref } from 'vue';
import { onBeforeUnmount, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Span } from '../../../../shared/annotation/segment-edits.ts';
import { useReview } from '../../stores/review-store.ts';
import { useToasts } from '../../stores/toasts-store.ts';
import type { Player } from './player/player.ts';

interface Loop {
  /** null without one. */
  readonly loop: Ref<Span | null>;
  readonly set: (span: Span | null) => void;
  /** Loops the selected label, without one the last span; or stops looping. */
  readonly toggle: () => void;
  /** Without the other edge, the loop reaches to the start or the end of the video. */
  readonly mark: (edge: 'start' | 'end', atS: number) => void;
  /** A frame is displayed while the video plays: at the last one of the loop, it goes back. */
  readonly follow: (frame: { readonly startS: number; readonly endS: number }, player: Player) => void;
}

/** In a busy window, the report of the last frame can fail to come: the return is then due by the clock, which is set so early. */
const AHEAD_S = 0.3;

/** The span that is repeated while the video plays. It belongs to the open video. @param goBack seeks to a moment while the video plays */
export function useLoop(goBack: (seconds: number) => void): Loop {
  const { t } = useI18n();
  const toasts = useToasts();
  const { video, times, edges, selectedSegment } = storeToRefs(useReview());
  const loop = ref<Span | null>(null);
  /** The last span that was looped: it can be switched on again. */
  let last: Span | null = null;
  watch(
    () => video.value?.id,
    () => ([loop.value, last] = [null, null]),
  );
  let returning: ReturnType<typeof setTimeout> | undefined;
  onBeforeUnmount(() => clearTimeout(returning));

  function set(span: Span | null): void {
    loop.value = span;
    last = span ?? last;
  }
  function toggle(): void {
    const segment = selectedSegment.value;
    if (loop.value !== null) return set(null);
    const span = segment === undefined ? last : { startS: segment.start_s, endS: segment.end_s };
    if (span === null) toasts.show(t('review.nothingToLoop'), { kind: 'problem' });
    else set(span);
  }
  function mark(edge: 'start' | 'end', atS: number): void {
    const { startS, endS } = loop.value ?? { startS: -Infinity, endS: -Infinity };
    if (edge === 'start') set({ startS: atS, endS: endS > atS ? endS : (edges.value.at(-1) ?? atS) });
    else set({ startS: startS >= 0 && startS < atS ? startS : (times.value[0] ?? 0), endS: atS });
  }
  function follow(frame: { readonly startS: number; readonly endS: number }, player: Player): void {
    clearTimeout(returning);
    const span = loop.value;
    if (span === null) return;
    if (frame.endS >= span.endS - 1e-6) return goBack(span.startS);
    const leftS = (span.endS - frame.startS) / player.rate;
    // In the middle of the last frame.
    const earlierS = (frame.endS - frame.startS) / player.rate / 2;
    if (leftS < AHEAD_S) returning = setTimeout(() => player.isPlaying && loop.value === span && goBack(span.startS), 1000 * (leftS - earlierS));
  }
  return { loop, set, toggle, mark, follow };
}
