import { storeToRefs } from 'pinia';
import type { Ref } from 'vue';
import { computed, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { GrowingLabel } from '../../composables/useLabelKeys.ts';
import { useLabelKeys } from '../../composables/useLabelKeys.ts';
import { useCoding } from '../../stores/coding-store.ts';
import { useReview } from '../../stores/review-store.ts';
import { labelName } from '../../texts/i18n.ts';
import { clockTime } from '../../texts/formats.ts';
import type { Navigation } from './useNavigation.ts';

/** A span that waits for its label, and the place in the window where it was drawn. */
export interface DrawnSpan {
  readonly startS: number;
  readonly endS: number;
  readonly x: number;
  readonly y: number;
}

/** The ways to give a label: a key, a drawn span, a span from a mark to the playhead. */
export interface Labelling {
  readonly growing: Ref<GrowingLabel | null>;
  readonly drawn: Ref<DrawnSpan | null>;
  /** What a label key does now, in words. */
  readonly hint: Ref<string>;
  readonly chooseLabel: (label: string) => Promise<void>;
  readonly mark: () => void;
  /** Gives up the innermost thing that is going on. @returns whether there was one */
  readonly cancel: () => boolean;
}

/** Length of a label that is given at the playhead, in seconds. */
const NEW_LABEL_S = 1;
/** A tap at the end of the video would give a label without length. */
const SHORTEST_S = 0.01;

/** @param isEnabled whether the label keys label; otherwise something else uses them */
export function useLabelling({ frameEnd }: Navigation, isPlaying: () => boolean, isEnabled: () => boolean): Labelling {
  const { t } = useI18n();
  const review = useReview();
  const coding = useCoding();
  const { video, face, labels, edges, playhead, selected, selectedSegment, selectedPeak, coder } = storeToRefs(review);
  /** Start of the new label, in seconds: set by the key I; null if not set. */
  const markedIn = ref<number | null>(null);
  const drawn = ref<DrawnSpan | null>(null);

  /** Whether a label key changes the selection: only if the playhead is in it, so that no key changes what is out of sight. */
  const isAtSelection = computed(() => {
    const [segment, peak] = [selectedSegment.value, selectedPeak.value];
    if (segment !== undefined) return segment.start_s <= playhead.value + 1e-6 && playhead.value < segment.end_s;
    return peak !== undefined && peak.onset_s <= frameEnd.value && playhead.value <= peak.offset_s;
  });

  async function chooseLabel(label: string): Promise<void> {
    const [span, from] = [drawn.value, markedIn.value];
    [drawn.value, markedIn.value] = [null, null];
    if (span !== null) await coding.create(label, span);
    else if (from !== null) await coding.create(label, { startS: Math.min(from, playhead.value), endS: Math.max(from, frameEnd.value) });
    else if (isAtSelection.value) await coding.label(label);
    else
      await coding.create(label, {
        startS: playhead.value,
        endS: Math.max(frameEnd.value, Math.min(playhead.value + NEW_LABEL_S, edges.value.at(-1) ?? Infinity)),
      });
  }
  const { growing, drop } = useLabelKeys(labels, {
    isEnabled: () => coder.value !== null && isEnabled(),
    isPlaying: () => isPlaying() && markedIn.value === null && drawn.value === null,
    now: () => playhead.value,
    choose: (label) => void chooseLabel(label),
    finish: (label, fromS) => {
      selected.value = null;
      void coding.create(label, { startS: fromS, endS: Math.max(frameEnd.value, fromS + SHORTEST_S) });
    },
  });

  // A label that was begun belongs to its video, face and coder.
  watch([() => video.value?.id, face, () => coder.value?.id], () => void cancel());
  function cancel(): boolean {
    if (drop()) return true;
    const wasActive = drawn.value !== null || markedIn.value !== null;
    [drawn.value, markedIn.value] = [null, null];
    return wasActive;
  }
  const hint = computed(() => {
    if (growing.value !== null) return t(growing.value.isTapped ? 'coding.tapped' : 'coding.holding', { label: labelName(growing.value.label) });
    if (markedIn.value !== null) return t('coding.marked', { from: clockTime(markedIn.value) });
    if (selected.value !== null && isAtSelection.value) return t('coding.relabels');
    return t('coding.how');
  });
  return { growing, drawn, hint, chooseLabel, mark: () => (markedIn.value = playhead.value), cancel };
}
