import type { Ref } from 'vue';
import { onBeforeUnmount, onMounted, ref } from 'vue';
import { keyName } from '../../../shared/app/actions.ts';
import { belongsElsewhere } from './useActions.ts';

interface LabelKeyUse {
  readonly isEnabled: () => boolean;
  /** Whether a pressed key means «until it is let go» and not «now». */
  readonly isHeld: () => boolean;
  /** Seconds of the video. */
  readonly now: () => number;
  readonly choose: (label: string) => void;
  readonly release: (label: string, fromS: number) => void;
}

/** Keys of labels, numbers of the numeric pad included. They come before all other keys. */
export function useLabelKeys(
  labels: Ref<readonly { readonly key: string; readonly name: string }[]>,
  use: LabelKeyUse,
): { held: Ref<{ key: string; label: string; from: number } | null> } {
  const held = ref<{ key: string; label: string; from: number } | null>(null);
  function onKeyDown(event: KeyboardEvent): void {
    if (belongsElsewhere(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const label = labels.value.find(({ key }) => key === keyName(event) || key === event.key);
    if (label === undefined || !use.isEnabled()) return;
    event.preventDefault();
    if (event.repeat) return;
    if (use.isHeld()) held.value = { key: event.code, label: label.name, from: use.now() };
    else use.choose(label.name);
  }
  function onKeyUp(event: KeyboardEvent): void {
    const now = held.value;
    if (now === null || now.key !== event.code) return;
    held.value = null;
    use.release(now.label, now.from);
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
