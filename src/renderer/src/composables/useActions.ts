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

/** Keys of widgets that are no text fields. */
const WIDGET_KEYS: readonly { readonly selector: string; readonly keys: ReadonlySet<string> }[] = [
  { selector: 'button, summary, a, [role="button"]', keys: new Set([' ', 'Enter']) },
  { selector: 'input[type="checkbox"], [role="switch"]', keys: new Set([' ']) },
  {
    selector: 'input[type="radio"], input[type="range"], [role="slider"], [role="tab"], [role="radio"], [role="separator"], [role^="menuitem"]',
    keys: new Set([' ', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown']),
  },
  { selector: 'input[type="color"], input[type="date"]', keys: new Set([' ', 'Enter', 'ArrowUp', 'ArrowDown']) },
];

/** Whether an open dialog or menu, or the focused field or widget, handles the key itself. */
export function isHandledElsewhere(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (document.querySelector('dialog[open]') !== null) return true;
  // An open menu or popover closes itself.
  if (event.key === 'Escape' && document.querySelector('[data-dismissable-layer]') !== null) return true;
  if (target.closest('[role="menu"]') !== null) return !/^\d$/.test(event.key);
  if (target.matches(INPUT_SELECTOR)) return !event.ctrlKey && !event.metaKey;
  // With Shift, arrows are shortcuts of the review: sliders do not use them.
  if (event.shiftKey && target.matches('input[type="range"]')) return false;
  return WIDGET_KEYS.some(({ selector, keys }) => target.matches(selector) && keys.has(event.key));
}

/** After a press with the mouse, a button does not keep the focus: Space would press it again instead of playing the video. */
function releaseFocus(event: MouseEvent): void {
  const focused = document.activeElement;
  // `detail` is 0 for a press by the keyboard.
  if (event.detail > 0 && focused instanceof HTMLButtonElement && focused.closest('[role="menu"], [role="dialog"], dialog') === null) focused.blur();
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
  onMounted(() => {
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('click', releaseFocus);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKeyDown);
    window.removeEventListener('click', releaseFocus);
  });
}

/** The key of an action in brackets, for button titles; '' if it has none. */
export function useKeyHints(): (id: ActionId) => string {
  const { keyOf } = useSettings();
  return (id) => {
    const key = keyOf(id);
    return key === undefined ? '' : ` (${shownKey(key)})`;
  };
}
