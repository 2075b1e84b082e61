import { computed, onBeforeUnmount, onMounted, shallowReactive } from 'vue';
import type { Action, ActionId } from '../../../shared/app/actions.ts';
import { ACTIONS, keyName, shownKey } from '../../../shared/app/actions.ts';
import { useSettings } from '../stores/settings-store.ts';
import { isModalOpen } from './open-dialog.ts';

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

const INPUT_SELECTOR = 'input[type="text"], input[type="search"], input[type="number"], textarea, [role="combobox"]';

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

/** Keys of a menu; in the menu of labels, all others are those of the labels. */
const MENU_KEYS: ReadonlySet<string> = new Set(['ArrowUp', 'ArrowDown', 'Enter', ' ', 'Escape', 'Tab', 'Home', 'End']);

/** Whether an open dialog, list or menu, or the focused field or widget, handles the key itself. */
export function isHandledElsewhere(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (isModalOpen()) return true;
  // An open menu or popover closes itself.
  if (event.key === 'Escape' && document.querySelector('[data-dismissable-layer]') !== null) return true;
  if (target.closest('[role="menu"]') !== null) return target.closest('[data-label-menu]') === null || MENU_KEYS.has(event.key);
  if (target.matches(INPUT_SELECTOR)) return !event.ctrlKey && !event.metaKey;
  // With Shift, arrows are shortcuts of the review: sliders do not use them.
  if (event.shiftKey && target.matches('input[type="range"]')) return false;
  return WIDGET_KEYS.some(({ selector, keys }) => target.matches(selector) && keys.has(event.key));
}

/** Whether the person used the mouse last, and not the keyboard. */
let isByMouse = false;
export const wasByMouse = (): boolean => isByMouse;
const RELEASED = 'button, input[type="checkbox"], input[type="range"], [role="separator"], g[role="button"]';
/** After the mouse, a widget does not keep the focus: Space would press it again, and a letter would choose in a list, instead of playing and labelling. */
function releaseFocus(): void {
  const focused = document.activeElement;
  if (!isByMouse) return;
  if (focused?.matches(RELEASED) === true && focused.closest('[role="menu"], [role="dialog"]') === null) (focused as HTMLElement).blur();
}

/** Shortcuts that edit the text while a field has the focus. */
const TEXT_SHORTCUTS = new Set(['Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+A', 'Ctrl+C', 'Ctrl+V', 'Ctrl+X']);

/** Actions that a held key repeats. */
const REPEATED = /^(frame|second|peak|segment|zoom|edge)\.|^(faster|slower)$/;

/** Handles the shortcuts of the whole window. Only the root component may use it. */
export function useKeys(): void {
  const settings = useSettings();
  function onKeyDown(event: KeyboardEvent): void {
    isByMouse = false;
    if (event.defaultPrevented || isHandledElsewhere(event)) return;
    const name = keyName(event);
    if ((event.target as HTMLElement).matches(INPUT_SELECTOR) && TEXT_SHORTCUTS.has(name)) return;
    const id = settings.actionByKey.get(name);
    if (id === undefined) return;
    // A key that is held decides or deletes once; only movements repeat.
    if (event.repeat && !REPEATED.test(id)) event.preventDefault();
    else if (perform(id)) event.preventDefault();
  }
  const onPointerDown = (): void => void (isByMouse = true);
  onMounted(() => {
    window.addEventListener('pointerdown', onPointerDown, { capture: true });
    window.addEventListener('change', releaseFocus);
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('click', releaseFocus);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKeyDown);
    window.removeEventListener('click', releaseFocus);
    window.removeEventListener('change', releaseFocus);
    window.removeEventListener('pointerdown', onPointerDown, { capture: true });
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
