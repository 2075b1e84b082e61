/** An action of the shortcuts, the menus and the command palette, which all read this table. Its name is in action-texts.ts. */
export interface Action {
  readonly id: ActionId;
  /** Where the action is available: everywhere, or only in the review view. */
  readonly place: 'everywhere' | 'review';
  /** The desktop menu that contains the action. */
  readonly menu?: 'file' | 'edit' | 'view' | 'help';
  /** Default key, in the notation of keyName. */
  readonly key?: string;
}

const EVERYWHERE = [
  { id: 'project.new', menu: 'file', key: 'Ctrl+N' },
  { id: 'project.open', menu: 'file', key: 'Ctrl+O' },
  { id: 'library.addFolder', menu: 'file', key: 'Ctrl+Shift+A' },
  { id: 'library.addVideos', menu: 'file', key: 'Ctrl+Shift+V' },
  { id: 'import.open', menu: 'file', key: 'Ctrl+I' },
  { id: 'export.open', menu: 'file', key: 'Ctrl+E' },
  { id: 'results.open', menu: 'file' },
  { id: 'copies.open', menu: 'file' },
  { id: 'backups.open', menu: 'file' },
  { id: 'edit.undo', menu: 'edit', key: 'Ctrl+Z' },
  { id: 'edit.redo', menu: 'edit', key: 'Ctrl+Shift+Z' },
  { id: 'settings.open', menu: 'edit', key: 'Ctrl+,' },
  { id: 'palette.open', menu: 'view', key: 'Ctrl+K' },
  { id: 'figures.open', menu: 'view', key: 'Ctrl+Shift+P' },
  { id: 'training.open', menu: 'view' },
  { id: 'help.keys', menu: 'help', key: '?' },
  { id: 'help.introduction', menu: 'help' },
  { id: 'help.computer', menu: 'help' },
  { id: 'help.about', menu: 'help' },
] as const;

const REVIEW = [
  { id: 'play', key: 'Space' },
  { id: 'frame.next', key: 'ArrowRight' },
  { id: 'frame.previous', key: 'ArrowLeft' },
  { id: 'second.next', key: 'Shift+ArrowRight' },
  { id: 'second.previous', key: 'Shift+ArrowLeft' },
  { id: 'time.goTo', key: 'Ctrl+G' },
  { id: 'find.open', key: 'Ctrl+F' },
  { id: 'peak.next', key: 'N' },
  { id: 'peak.previous', key: 'P' },
  { id: 'segment.next', key: 'PageDown' },
  { id: 'segment.previous', key: 'PageUp' },
  { id: 'proposal.next', key: 'J' },
  { id: 'faster', key: 'ArrowUp' },
  { id: 'slower', key: 'ArrowDown' },
  { id: 'loop', key: 'L' },
  { id: 'mark.loopStart', key: 'Shift+I' },
  { id: 'mark.loopEnd', key: 'Shift+O' },
  { id: 'transport.backwards' },
  { id: 'transport.pause' },
  { id: 'transport.forwards' },
  { id: 'sound.mute', key: 'Shift+M' },
  { id: 'mark.in', key: 'I' },
  { id: 'edge.start', key: '[' },
  { id: 'edge.end', key: ']' },
  { id: 'accept', key: 'A' },
  { id: 'reject', key: 'R' },
  { id: 'split', key: 'S' },
  { id: 'merge', key: 'M' },
  { id: 'delete', key: 'Delete' },
  { id: 'peak.add', key: 'K' },
  { id: 'edge.earlier', key: ',' },
  { id: 'edge.later', key: '.' },
  { id: 'peak.here', key: 'Shift+K' },
  { id: 'labels.edit' },
  { id: 'note.add', key: 'T' },
  { id: 'heat', key: 'H' },
  { id: 'blind', key: 'Ctrl+B' },
  { id: 'zoom.in', key: '+' },
  { id: 'zoom.out', key: '-' },
  { id: 'zoom.selection', key: 'Z' },
  { id: 'zoom.all', key: '0' },
  { id: 'library.back', key: 'Ctrl+L' },
  { id: 'selection.clear', key: 'Enter' },
  { id: 'cancel', key: 'Escape' },
] as const;

export type ActionId = (typeof EVERYWHERE)[number]['id'] | (typeof REVIEW)[number]['id'];

export const ACTIONS: readonly Action[] = [
  ...EVERYWHERE.map((action) => ({ ...action, place: 'everywhere' as const })),
  ...REVIEW.map((action) => ({ ...action, place: 'review' as const })),
];

/** J, K and L as in video editors, and other keys for the actions that have these by default. */
const TRANSPORT_KEYS: Partial<Record<ActionId, string>> = {
  'transport.backwards': 'J',
  'transport.pause': 'K',
  'transport.forwards': 'L',
  'proposal.next': 'U',
  'peak.add': 'X',
  'peak.here': 'Shift+X',
  loop: 'O',
};

/**
 * The key of each action; an action without one is left out. A person's own key takes precedence: another action that has the same one by
 * default has none then.
 * @param own keys by action; '' for none @param hasTransportKeys whether J, K and L play
 */
export function keysOfActions(own: Readonly<Record<string, string>>, hasTransportKeys: boolean): Map<ActionId, string> {
  const keys = new Map<ActionId, string>();
  const taken = new Set(Object.values(own));
  for (const { id, key } of ACTIONS) {
    const byDefault = (hasTransportKeys ? TRANSPORT_KEYS[id] : undefined) ?? key;
    const chosen = own[id] ?? (byDefault !== undefined && taken.has(byDefault) ? '' : byDefault);
    if (chosen !== undefined && chosen !== '') keys.set(id, chosen);
  }
  return keys;
}

/** Keys of other programs for actions that have a key of their own here. A person's own keys take precedence. */
export const FURTHER_KEYS: Readonly<Record<string, ActionId>> = { 'Ctrl+Y': 'edit.redo' };

/** The used fields of a keyboard event. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * Name of a pressed key: Ctrl (also for Command), Alt and Shift, then the key. Letters are upper case. Shift is left out if it
 * changes the character ('?'). Digits of the numeric keypad are digits.
 */
export function keyName({ key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): string {
  const isLetter = /^\p{L}$/u.test(key);
  const name = key === ' ' ? 'Space' : isLetter ? key.toUpperCase() : /^Numpad\d$/.test(code) ? code.slice(-1) : key;
  const shift = shiftKey && (isLetter || name.length > 1) ? 'Shift+' : '';
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${shift}${name}`;
}

const SHOWN: Readonly<Record<string, string>> = {
  ArrowRight: '→',
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Delete: 'Del',
  Escape: 'Esc',
  PageDown: 'Page ↓',
  PageUp: 'Page ↑',
  '-': '−',
};

/** A key as the window displays it. */
export function shownKey(name: string): string {
  const parts = partsOf(name);
  return parts.map((part) => SHOWN[part] ?? part).join(' ');
}

/** A key as an Electron accelerator. */
export function acceleratorOf(name: string): string {
  const parts = partsOf(name).map((part) => part.replace('Ctrl', 'CmdOrCtrl').replace(/^Arrow/, ''));
  return parts.map((part) => (part === '+' ? 'Plus' : part)).join('+');
}

function partsOf(name: string): string[] {
  return name.endsWith('+') ? [...name.slice(0, -1).split('+').filter(Boolean), '+'] : name.split('+');
}
