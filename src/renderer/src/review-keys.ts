/** What a key does while a video is reviewed: the sheet of keys and the keys themselves read from here. */
export interface KeyAction {
  readonly id: string;
  readonly label: string;
  /** The key as a person reads it. */
  readonly shown: string;
}

/** By the name that keyOf gives. Letters follow BORIS and ELAN where those agree with each other. */
export const KEYS: Readonly<Record<string, KeyAction>> = {
  ' ': { id: 'play', label: 'play or pause', shown: 'Space' },
  ArrowRight: { id: 'frame.next', label: 'one frame on', shown: '→' },
  ArrowLeft: { id: 'frame.previous', label: 'one frame back', shown: '←' },
  'Shift+ArrowRight': { id: 'second.next', label: 'one second on', shown: 'Shift →' },
  'Shift+ArrowLeft': { id: 'second.previous', label: 'one second back', shown: 'Shift ←' },
  n: { id: 'peak.next', label: 'next peak', shown: 'N' },
  p: { id: 'peak.previous', label: 'peak before', shown: 'P' },
  ArrowUp: { id: 'faster', label: 'faster', shown: '↑' },
  ArrowDown: { id: 'slower', label: 'slower', shown: '↓' },
  i: { id: 'mark.in', label: 'a label begins here', shown: 'I' },
  a: { id: 'accept', label: 'accept the selected proposal', shown: 'A' },
  s: { id: 'split', label: 'split at the playhead', shown: 'S' },
  m: { id: 'merge', label: 'merge with the next one', shown: 'M' },
  Delete: { id: 'delete', label: 'delete the selected label', shown: 'Del' },
  'Ctrl+z': { id: 'undo', label: 'undo', shown: 'Ctrl Z' },
  'Ctrl+Z': { id: 'redo', label: 'redo', shown: 'Ctrl Shift Z' },
  '+': { id: 'zoom.in', label: 'zoom in', shown: '+' },
  '-': { id: 'zoom.out', label: 'zoom out', shown: '−' },
  Escape: { id: 'cancel', label: 'let go', shown: 'Esc' },
  '?': { id: 'keys', label: 'this sheet', shown: '?' },
};

/** A key's name in KEYS: Command counts as Ctrl, Shift where it makes no other character. */
export function keyOf({ key, ctrlKey, metaKey, shiftKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): string {
  const shift = shiftKey && key.length > 1 ? 'Shift+' : '';
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${shift}${key}`;
}
