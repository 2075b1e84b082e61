import { computed, onBeforeUnmount, onMounted, shallowReactive } from 'vue';
import type { Action, ActionId } from '../../../shared/app/actions.ts';
import { ACTIONS, keyName, shownKey } from '../../../shared/app/actions.ts';
import { useSettings } from '../stores/settings-store.ts';

type Handlers = Partial<Record<ActionId, () => unknown>>;

/** Handlers of the available actions: those of the app, and those of the review view. */
const handlers = shallowReactive(new Map<Action['place'], Handlers>());

/** Registers handlers while the component is mounted. */
export function useActions(place: Action['place'], own: Handlers): void {
  onMounted(() => handlers.set(place, own));
  onBeforeUnmount(() => {
    if (handlers.get(place) === own) handlers.delete(place);
  });
}

/** The review view's handlers take precedence over the app's. */
const handlerOf = (id: ActionId): (() => unknown) | undefined => handlers.get('review')?.[id] ?? handlers.get('everywhere')?.[id];

/** Performs an action from a menu, the command palette or a key. @returns whether it was available */
export function perform(id: ActionId): boolean {
  const handler = handlerOf(id);
  if (handler === undefined) return false;
  void handler();
  return true;
}

/** The actions that are available now. */
export const available = computed(() => ACTIONS.filter(({ id }) => handlerOf(id) !== undefined));

const INPUT_SELECTOR = 'input[type="text"], input[type="search"], input[type="number"], textarea, select';

/** Whether an open dialog, or the focused field or button, handles the key itself. */
export function isHandledElsewhere(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (document.querySelector('dialog[open]') !== null) return true;
  if (target.matches(INPUT_SELECTOR)) return !event.ctrlKey && !event.metaKey;
  // Space and Enter activate the focused element.
  return target.matches('button, summary, a, [role="button"]') && (event.key === ' ' || event.key === 'Enter');
}

/** Shortcuts that edit the text while a field has the focus. */
const TEXT_SHORTCUTS = new Set(['Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+A', 'Ctrl+C', 'Ctrl+V', 'Ctrl+X']);

/** Handles the shortcuts of the whole window. Only the root component may use it. */
export function useKeys(): void {
  const settings = useSettings();
  function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || isHandledElsewhere(event)) return;
    const name = keyName(event);
    if ((event.target as HTMLElement).matches(INPUT_SELECTOR) && TEXT_SHORTCUTS.has(name)) return;
    const id = settings.actionByKey.get(name);
    if (id !== undefined && perform(id)) event.preventDefault();
  }
  onMounted(() => window.addEventListener('keydown', onKeyDown));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKeyDown));
}

/** The key of an action in brackets, for button titles; '' if it has none. */
export function useKeyHints(): (id: ActionId) => string {
  const { keyOf } = useSettings();
  return (id) => {
    const key = keyOf(id);
    return key === undefined ? '' : ` (${shownKey(key)})`;
  };
}
