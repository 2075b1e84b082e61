import { computed, onBeforeUnmount, onMounted, shallowReactive } from 'vue';
import type { Action, ActionId } from '../../../shared/app/actions.ts';
import { ACTIONS, keyName, shownKey } from '../../../shared/app/actions.ts';
import { useSettings } from '../stores/settings-store.ts';

type Handlers = Partial<Record<ActionId, () => unknown>>;

/** What can be done now, by who can do it: the app, and the view on screen. */
const handlers = shallowReactive(new Map<Action['place'], Handlers>());

/** Says what actions do for as long as the component is there. */
export function useActions(place: Action['place'], own: Handlers): void {
  onMounted(() => handlers.set(place, own));
  onBeforeUnmount(() => {
    if (handlers.get(place) === own) handlers.delete(place);
  });
}

/** The view's way comes before the app's. */
const handlerOf = (id: ActionId): (() => unknown) | undefined => handlers.get('review')?.[id] ?? handlers.get('everywhere')?.[id];

/** Does something by its name, from a menu, the palette or a key. @returns whether anybody could */
export function perform(id: ActionId): boolean {
  const handler = handlerOf(id);
  if (handler === undefined) return false;
  void handler();
  return true;
}

/** What can be done now. */
export const available = computed(() => ACTIONS.filter(({ id }) => handlerOf(id) !== undefined));

const WRITING = 'input[type="text"], input[type="search"], input[type="number"], textarea, select';

/** Whether a key belongs to the field or the button that has the focus. */
export function belongsElsewhere(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (document.querySelector('dialog[open]') !== null) return true;
  if (target.matches(WRITING)) return !event.ctrlKey && !event.metaKey;
  // Space and Enter press what has the focus.
  return target.matches('button, summary, a, [role="button"]') && (event.key === ' ' || event.key === 'Enter');
}

/** In a field, Ctrl with these means the text. */
const OF_TEXT = new Set(['Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+A', 'Ctrl+C', 'Ctrl+V', 'Ctrl+X']);

/** Keys of the whole window, as the person has set them; for the app's root alone. */
export function useKeys(): void {
  const settings = useSettings();
  function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || belongsElsewhere(event)) return;
    const name = keyName(event);
    if ((event.target as HTMLElement).matches(WRITING) && OF_TEXT.has(name)) return;
    const id = settings.actionByKey.get(name);
    if (id !== undefined && perform(id)) event.preventDefault();
  }
  onMounted(() => window.addEventListener('keydown', onKeyDown));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKeyDown));
}

/** Says an action's key in brackets, for the titles of buttons; nothing where it has none. */
export function useKeyHints(): (id: ActionId) => string {
  const { keyOf } = useSettings();
  return (id) => {
    const key = keyOf(id);
    return key === undefined ? '' : ` (${shownKey(key)})`;
  };
}
