import type { Ref } from 'vue';
import { onBeforeUnmount, onMounted, ref } from 'vue';
import { keyName } from '../../../shared/app/actions.ts';
import { isHandledElsewhere } from './useActions.ts';

interface LabelKeyOptions {
  readonly isEnabled: () => boolean;
  /** Whether a key labels a span while the video plays, instead of choosing a label at once. */
  readonly isPlaying: () => boolean;
  /** Current position in the video, in seconds. */
  readonly now: () => number;
  readonly choose: (label: string) => void;
  /** The span that a key has labelled is over. */
  readonly finish: (label: string, fromS: number) => void;
}

/** A label that is being given while the video plays. */
export interface GrowingLabel {
  readonly code: string;
  readonly label: string;
  readonly fromS: number;
  /** Time of the key press, in milliseconds of the window's clock. */
  readonly pressedAt: number;
  /** The key was only tapped: the next tap ends the label. */
  readonly isTapped: boolean;
}

/** A shorter press is a tap. */
const TAP_MS = 250;

/** The label whose key was pressed, also on the numeric keypad. */
export function labelOfKey<L extends { readonly key: string }>(labels: readonly L[], event: KeyboardEvent): L | undefined {
  return labels.find(({ key }) => key !== '' && (key === keyName(event) || key === event.key));
}

/**
 * Handles the label keys, including the numeric keypad. They take precedence over all other shortcuts. While the video plays, a key
 * labels for as long as it is held; a tap starts a label, and the next tap of it ends the label. The key of another label ends it and
 * starts that one.
 */
export function useLabelKeys(
  labels: Ref<readonly { readonly key: string; readonly name: string }[]>,
  options: LabelKeyOptions,
): { growing: Ref<GrowingLabel | null>; drop: () => boolean } {
  const growing = ref<GrowingLabel | null>(null);
  function finish(): void {
    const now = growing.value;
    growing.value = null;
    if (now !== null) options.finish(now.label, now.fromS);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (isHandledElsewhere(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const label = labelOfKey(labels.value, event);
    if (label === undefined || !options.isEnabled()) return;
    event.preventDefault();
    if (event.repeat) return;
    const isSecondTap = growing.value?.label === label.name;
    if (growing.value !== null) finish();
    if (isSecondTap) return;
    if (options.isPlaying()) growing.value = { code: event.code, label: label.name, fromS: options.now(), pressedAt: event.timeStamp, isTapped: false };
    else options.choose(label.name);
  }
  function onKeyUp(event: KeyboardEvent): void {
    const now = growing.value;
    if (now === null || now.isTapped || now.code !== event.code) return;
    if (event.timeStamp - now.pressedAt < TAP_MS) growing.value = { ...now, isTapped: true };
    else finish();
  }
  /** The release of a held key goes to the other window. */
  function onWindowBlur(): void {
    if (growing.value?.isTapped === false) finish();
  }
  onMounted(() => {
    window.addEventListener('blur', onWindowBlur);
    window.addEventListener('keydown', onKeyDown, { capture: true });
    window.addEventListener('keyup', onKeyUp);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKeyDown, { capture: true });
    window.removeEventListener('keyup', onKeyUp);
    window.removeEventListener('blur', onWindowBlur);
  });
  /** Gives up the label that is being given. @returns whether there was one */
  function drop(): boolean {
    const wasGrowing = growing.value !== null;
    growing.value = null;
    return wasGrowing;
  }
  return { growing, drop };
}
