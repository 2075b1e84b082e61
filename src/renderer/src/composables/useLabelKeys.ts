import type { Ref } from 'vue';
import { onBeforeUnmount, onMounted, ref } from 'vue';
import { keyName } from '../../../shared/app/actions.ts';
import { isHandledElsewhere } from './useActions.ts';

interface LabelKeyOptions {
  readonly isEnabled: () => boolean;
  /** Whether a key labels the span for which it is held down, instead of choosing a label at once. */
  readonly isHeld: () => boolean;
  /** Current position in the video, in seconds. */
  readonly now: () => number;
  readonly choose: (label: string) => void;
  readonly release: (label: string, fromS: number) => void;
}

/** Handles the label keys, including the numeric keypad. They take precedence over all other shortcuts. */
export function useLabelKeys(
  labels: Ref<readonly { readonly key: string; readonly name: string }[]>,
  options: LabelKeyOptions,
): { held: Ref<{ key: string; label: string; from: number } | null> } {
  const held = ref<{ key: string; label: string; from: number } | null>(null);
  function onKeyDown(event: KeyboardEvent): void {
    if (isHandledElsewhere(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const label = labels.value.find(({ key }) => key === keyName(event) || key === event.key);
    if (label === undefined || !options.isEnabled()) return;
    event.preventDefault();
    if (event.repeat) return;
    if (options.isHeld()) held.value = { key: event.code, label: label.name, from: options.now() };
    else options.choose(label.name);
  }
  function onKeyUp(event: KeyboardEvent): void {
    const now = held.value;
    if (now === null || now.key !== event.code) return;
    held.value = null;
    options.release(now.label, now.from);
  }
  onMounted(() => {
    window.addEventListener('keydown', onKeyDown, { capture: true });
    window.addEventListener('keyup', onKeyUp);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKeyDown, { capture: true });
    window.removeEventListener('keyup', onKeyUp);
  });
  return { held };
}
