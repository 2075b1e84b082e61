import { storeToRefs } from 'pinia';
import type { Ref, ShallowRef } from 'vue';
import { computed, nextTick, onBeforeUnmount, shallowRef, watch } from 'vue';
import type { SegmentRow, Span } from '../../../../shared/annotation/segment-edits.ts';
import { lowerBound } from '../../../../shared/basics/sorted-search.ts';
import type { TimeView } from '../../composables/useTimeView.ts';
import { useReview } from '../../stores/review-store.ts';
import type { Player } from './player/player.ts';
import { useLoop } from './useLoop.ts';

/** Moves the playhead, the video, the selection and the view. */
export interface Navigation {
  /** The displayed frame; during a seek the requested one. */
  readonly frame: Ref<number>;
  /** Number of frames that the video has shown: it changes whenever there is a new picture. */
  readonly pictures: Ref<number>;
  /** Whether the picture of the requested frame has not come yet. */
  readonly isSeeking: Ref<boolean>;
  /** End of the frame at the playhead, in seconds. */
  readonly frameEnd: Ref<number>;
  /** The span that is repeated; null without one. */
  readonly loop: Ref<Span | null>;
  readonly onFrame: (index: number) => void;
  /** The video has played to its end. */
  readonly onEnded: () => void;
  readonly goTo: (seconds: number) => void;
  readonly goToFrame: (index: number) => void;
  readonly step: (frames: number) => void;
  /** Selects a label or peak and goes to it; null clears the selection. */
  readonly select: (id: string | null) => void;
  readonly goToProposal: (segment: SegmentRow) => Promise<void>;
  /** Like goToProposal, but the zoom stays. */
  readonly goToLabel: (segment: SegmentRow) => Promise<void>;
  readonly goToSpan: (span: { face: number; startS: number; endS: number }) => void;
  readonly jumpToPeak: (direction: 1 | -1) => void;
  readonly selectNeighbour: (direction: 1 | -1) => void;
  readonly toggleLoop: () => void;
  readonly setLoop: (span: Span | null) => void;
  readonly markLoop: (edge: 'start' | 'end') => void;
  readonly showSpan: (startS: number, endS: number) => void;
  readonly wholeVideo: () => void;
}

/** So long after the last picture, the seek has ended at that one. */
const GIVE_UP_MS = 1500;

export function useNavigation(player: Readonly<ShallowRef<Player | null>>, view: TimeView): Navigation {
  const { video, face, times, edges, playhead, selected, selectedSegment, selectedPeak, own, proposals, isBlind } = storeToRefs(useReview());
  const frame = shallowRef(0);
  const requested = shallowRef<number | null>(null);
  const pictures = shallowRef(0);
  let givingUp: ReturnType<typeof setTimeout> | undefined;
  onBeforeUnmount(() => clearTimeout(givingUp));

  const wholeVideo = (): void => view.reset(times.value[0] ?? 0, edges.value.at(-1) ?? 1);
  watch([() => video.value?.id, times], wholeVideo, { immediate: true });
  watch(
    () => video.value?.id,
    () => {
      clearTimeout(givingUp);
      requested.value = null;
      frame.value = frameAt(playhead.value);
    },
  );
  // The player appears only after the check that the file is playable: it then seeks to the current playhead.
  watch(player, (mounted) => mounted?.seek(playhead.value));

  const { loop, ...looping } = useLoop((seconds) => player.value?.seekFrame(frameAt(seconds)));
  const frameEnd = computed(() => edges.value[lowerBound(edges.value, playhead.value + 1e-6)] ?? edges.value.at(-1) ?? playhead.value);
  /** The frame that is shown at a moment. */
  const frameAt = (seconds: number): number => Math.max(0, lowerBound(times.value, seconds + 1e-6) - 1);

  function onFrame(index: number): void {
    pictures.value += 1;
    clearTimeout(givingUp);
    // During a seek, an earlier picture can come once more: the number of the requested frame stays, unless no other picture follows.
    if (requested.value !== null && index !== requested.value && player.value?.isPlaying !== true) {
      givingUp = setTimeout(() => show(index), GIVE_UP_MS);
      return;
    }
    show(index);
  }
  function show(index: number): void {
    frame.value = index;
    requested.value = null;
    playhead.value = times.value[index] ?? 0;
    if (player.value?.isPlaying !== true) return;
    looping.follow({ startS: playhead.value, endS: frameEnd.value }, player.value);
    view.follow(playhead.value);
  }
  /** A loop up to the last frame ends with the video. */
  function onEnded(): void {
    if (loop.value === null) return;
    goTo(loop.value.startS);
    player.value?.play();
  }
  /** Sets the playhead at once, so that a label given while the player seeks gets the requested time. */
  function goToFrame(index: number): void {
    const wanted = Math.max(0, Math.min(times.value.length - 1, index));
    if (player.value !== null && wanted !== frame.value) requested.value = wanted;
    frame.value = wanted;
    player.value?.seekFrame(wanted);
    playhead.value = times.value[wanted] ?? 0;
    view.follow(playhead.value);
  }
  /** From the frame that was requested last, so that steps in quick succession count. */
  function step(frames: number): void {
    player.value?.pause();
    goToFrame(frame.value + frames);
  }
  const goTo = (seconds: number): void => goToFrame(frameAt(seconds));

  function select(id: string | null): void {
    selected.value = id;
    const [segment, peak] = [selectedSegment.value, selectedPeak.value];
    if (segment !== undefined && (playhead.value < segment.start_s || playhead.value >= segment.end_s)) goTo(segment.start_s);
    if (peak !== undefined) goTo(peak.apex_s);
  }
  function showSpan(startS: number, endS: number): void {
    const margin = Math.max(1, 2 * (endS - startS));
    view.show(startS - margin, endS + margin);
  }
  async function goToProposal(segment: SegmentRow): Promise<void> {
    if (segment.face_id !== face.value) face.value = segment.face_id;
    await nextTick();
    selected.value = segment.id;
    goTo(segment.start_s);
    showSpan(segment.start_s, segment.end_s);
  }
  async function goToLabel(segment: SegmentRow): Promise<void> {
    if (segment.face_id !== face.value) face.value = segment.face_id;
    await nextTick();
    selected.value = segment.id;
    goTo(segment.start_s);
    const [from, to] = [view.from.value, view.to.value];
    if (segment.start_s < from || segment.end_s > to) view.show(segment.start_s - 0.1 * (to - from), segment.start_s + 0.9 * (to - from));
  }
  function goToSpan({ face: of, startS, endS }: { face: number; startS: number; endS: number }): void {
    face.value = of;
    selected.value = null;
    goTo(startS);
    showSpan(startS, endS);
  }
  /** Peaks are compared by their frame: an apex lies somewhere in its frame, and the playhead at the frame's start. */
  function jumpToPeak(direction: 1 | -1): void {
    const all = [...(isBlind.value ? [] : (proposals.value?.peaks ?? [])), ...(own.value?.peaks ?? [])].filter(({ face_id }) => face_id === face.value);
    const frames = [...new Set(all.map(({ apex_s }) => frameAt(apex_s)))].sort((a, b) => a - b);
    const current = frameAt(playhead.value);
    const next = direction === 1 ? frames.find((each) => each > current) : frames.findLast((each) => each < current);
    if (next !== undefined) goToFrame(next);
  }
  function selectNeighbour(direction: 1 | -1): void {
    const all = (own.value?.segments ?? []).filter(({ face_id }) => face_id === face.value);
    const at = all.findIndex(({ id }) => id === selected.value);
    const next =
      at >= 0
        ? all[at + direction]
        : direction === 1
          ? all.find(({ start_s }) => start_s >= playhead.value)
          : all.findLast(({ start_s }) => start_s <= playhead.value);
    if (next !== undefined) {
      selected.value = next.id;
      goTo(next.start_s);
    }
  }
  function setLoop(span: Span | null): void {
    looping.set(span);
    if (span !== null && (playhead.value < span.startS || playhead.value >= span.endS)) goTo(span.startS);
  }
  function toggleLoop(): void {
    looping.toggle();
    if (loop.value !== null) goTo(loop.value.startS);
  }
  const markLoop = (edge: 'start' | 'end'): void => looping.mark(edge, edge === 'start' ? playhead.value : frameEnd.value);

  return {
    frame,
    pictures,
    isSeeking: computed(() => requested.value !== null),
    frameEnd,
    loop,
    onFrame,
    onEnded,
    goTo,
    goToFrame,
    step,
    select,
    goToProposal,
    goToLabel,
    goToSpan,
    jumpToPeak,
    selectNeighbour,
    toggleLoop,
    setLoop,
    markLoop,
    showSpan,
    wholeVideo,
  };
}
