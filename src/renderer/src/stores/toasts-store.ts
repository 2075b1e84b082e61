import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';

/** A short message about what has happened. It goes away by itself. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'problem';
  /** Takes back what has happened; null if that is not possible. */
  readonly undo: (() => unknown) | null;
  /** What else the message offers, with the text of its button. */
  readonly action: { readonly text: string; readonly perform: () => unknown } | null;
}

/** The messages that are shown now. A new one replaces the one before: what was done last is what can be taken back. */
export const useToasts = defineStore('toasts', () => {
  const toast = shallowRef<Toast | null>(null);
  const shown = ref(0);
  function show(text: string, { undo = null, action = null, kind = 'done' }: Partial<Pick<Toast, 'undo' | 'action' | 'kind'>> = {}): void {
    shown.value += 1;
    toast.value = { id: shown.value, text, kind, undo, action };
  }
  return { toast, show, close: () => (toast.value = null) };
});
