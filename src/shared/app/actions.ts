/** Everything a person can do by a key, from a menu or from the palette: all of them read it from here. */
export interface Action {
  readonly id: ActionId;
  /** In English; the window's catalogues have it in its languages. */
  readonly label: string;
  /** Where it can be done: everywhere, or while a video is reviewed. */
  readonly place: 'everywhere' | 'review';
  /** The desktop's menu that has it. */
  readonly menu?: 'file' | 'edit' | 'view' | 'help';
  /** The key unless the person chose another, as keyName writes it. */
  readonly key?: string;
}

const EVERYWHERE = [
  { id: 'project.new', label: 'New project…', menu: 'file', key: 'Ctrl+N' },
  { id: 'project.open', label: 'Open project…', menu: 'file', key: 'Ctrl+O' },
  { id: 'library.addFolder', label: 'Add a folder of videos…', menu: 'file', key: 'Ctrl+Shift+A' },
  { id: 'library.addVideos', label: 'Add videos…', menu: 'file', key: 'Ctrl+Shift+V' },
  { id: 'import.open', label: 'Import labels…', menu: 'file', key: 'Ctrl+I' },
  { id: 'export.open', label: 'Export…', menu: 'file', key: 'Ctrl+E' },
  { id: 'results.open', label: 'Look at tables…', menu: 'file' },
  { id: 'backups.open', label: 'Restore a backup…', menu: 'file' },
  { id: 'edit.undo', label: 'Undo', menu: 'edit', key: 'Ctrl+Z' },
  { id: 'edit.redo', label: 'Redo', menu: 'edit', key: 'Ctrl+Shift+Z' },
  { id: 'settings.open', label: 'Settings…', menu: 'edit', key: 'Ctrl+,' },
  { id: 'palette.open', label: 'Do something by its name…', menu: 'view', key: 'Ctrl+K' },
  { id: 'figures.open', label: 'Plots and agreement', menu: 'view', key: 'Ctrl+Shift+P' },
  { id: 'training.open', label: 'Fine-tune the model…', menu: 'view' },
  { id: 'help.keys', label: 'Keys', menu: 'help', key: '?' },
  { id: 'help.computer', label: 'Check this computer…', menu: 'help' },
  { id: 'help.about', label: 'About and privacy', menu: 'help' },
] as const;

const REVIEW = [
  { id: 'play', label: 'Play or pause', key: 'Space' },
  { id: 'frame.next', label: 'One frame on', key: 'ArrowRight' },
  { id: 'frame.previous', label: 'One frame back', key: 'ArrowLeft' },
  { id: 'second.next', label: 'One second on', key: 'Shift+ArrowRight' },
  { id: 'second.previous', label: 'One second back', key: 'Shift+ArrowLeft' },
  { id: 'peak.next', label: 'Next peak', key: 'N' },
  { id: 'peak.previous', label: 'Peak before', key: 'P' },
  { id: 'segment.next', label: 'Select the next label of mine', key: 'PageDown' },
  { id: 'segment.previous', label: 'Select the label of mine before', key: 'PageUp' },
  { id: 'proposal.next', label: 'Next proposal to review', key: 'J' },
  { id: 'faster', label: 'Faster', key: 'ArrowUp' },
  { id: 'slower', label: 'Slower', key: 'ArrowDown' },
  { id: 'loop', label: 'Loop the selected label, or stop looping', key: 'L' },
  { id: 'mark.in', label: 'A label begins here', key: 'I' },
  { id: 'edge.start', label: 'The selected label begins here', key: '[' },
  { id: 'edge.end', label: 'The selected label ends here', key: ']' },
  { id: 'accept', label: 'Accept the selected proposal', key: 'A' },
  { id: 'reject', label: 'Reject the selected proposal', key: 'R' },
  { id: 'split', label: 'Split at the playhead', key: 'S' },
  { id: 'merge', label: 'Merge with the next one', key: 'M' },
  { id: 'delete', label: 'Delete what is selected', key: 'Delete' },
  { id: 'peak.add', label: 'Add a peak of the selected label here', key: 'K' },
  { id: 'peak.here', label: 'Move the selected peak’s apex here', key: '.' },
  { id: 'labels.edit', label: 'Labels of the project…' },
  { id: 'note.add', label: 'Write a note at this moment', key: 'T' },
  { id: 'heat', label: 'Next mask on the face', key: 'H' },
  { id: 'blind', label: 'Blind mode', key: 'Ctrl+B' },
  { id: 'zoom.in', label: 'Zoom in', key: '+' },
  { id: 'zoom.out', label: 'Zoom out', key: '-' },
  { id: 'zoom.selection', label: 'Zoom to what is selected', key: 'Z' },
  { id: 'zoom.all', label: 'Show the whole video', key: '0' },
  { id: 'library.back', label: 'Back to the library', key: 'Ctrl+L' },
  { id: 'cancel', label: 'Let go', key: 'Escape' },
] as const;

export type ActionId = (typeof EVERYWHERE)[number]['id'] | (typeof REVIEW)[number]['id'];

export const ACTIONS: readonly Action[] = [
  ...EVERYWHERE.map((action) => ({ ...action, place: 'everywhere' as const })),
  ...REVIEW.map((action) => ({ ...action, place: 'review' as const })),
];

/** What a keyboard event tells. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * A pressed key's name: Ctrl (Command counts as it), Alt and Shift, then the key. Letters are capital; Shift is named where
 * it makes no other sign. Numbers of the numeric pad are numbers.
 */
export function keyName({ key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): string {
  const isLetter = /^\p{L}$/u.test(key);
  const name = key === ' ' ? 'Space' : isLetter ? key.toUpperCase() : /^Numpad\d$/.test(code) ? code.slice(-1) : key;
  const shift = shiftKey && (isLetter || name.length > 1) ? 'Shift+' : '';
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${shift}${name}`;
}

const SHOWN: Readonly<Record<string, string>> = {
  ...{ ArrowRight: '→', ArrowLeft: '←', ArrowUp: '↑', ArrowDown: '↓', Delete: 'Del', Escape: 'Esc', PageDown: 'Page ↓', PageUp: 'Page ↑', '-': '−' },
};

/** A key as a person reads it. */
export function shownKey(name: string): string {
  const parts = partsOf(name);
  return parts.map((part) => SHOWN[part] ?? part).join(' ');
}

/** A key as Electron writes it in menus. */
export function acceleratorOf(name: string): string {
  const parts = partsOf(name).map((part) => part.replace('Ctrl', 'CmdOrCtrl').replace(/^Arrow/, ''));
  return parts.map((part) => (part === '+' ? 'Plus' : part)).join('+');
}

function partsOf(name: string): string[] {
  return name.endsWith('+') ? [...name.slice(0, -1).split('+').filter(Boolean), '+'] : name.split('+');
}
