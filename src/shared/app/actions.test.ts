import { expect, test } from 'vitest';
import { acceleratorOf, ACTIONS, keyName, keysOfActions, shownKey } from './actions.ts';

const none = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test('a key has one name, independent of keyboard layout and Caps Lock', () => {
  expect(keyName({ ...none, key: 'n' })).toBe('N');
  expect(keyName({ ...none, key: 'N' })).toBe('N');
  expect(keyName({ ...none, key: 'N', shiftKey: true })).toBe('Shift+N');
  expect(keyName({ ...none, key: '?', shiftKey: true })).toBe('?');
  expect(keyName({ ...none, key: '+' })).toBe('+');
  expect(keyName({ ...none, key: 'ArrowRight', shiftKey: true })).toBe('Shift+ArrowRight');
  expect(keyName({ ...none, key: 'z', metaKey: true })).toBe('Ctrl+Z');
  expect(keyName({ ...none, key: 'Z', ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+Z');
  expect(keyName({ ...none, key: 'End', code: 'Numpad1' })).toBe('1');
  expect(keyName({ ...none, key: ' ' })).toBe('Space');
});

test('each action has its own key, with a text for display and one for menus', () => {
  const keys = ACTIONS.flatMap(({ key }) => (key === undefined ? [] : [key]));
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length);
  expect(['Shift+ArrowRight', '+', 'Ctrl+Shift+Z', 'Ctrl++'].map(shownKey)).toEqual(['Shift →', '+', 'Ctrl Shift Z', 'Ctrl +']);
  expect(['Shift+ArrowRight', 'Ctrl+Shift+A', 'Ctrl++'].map(acceleratorOf)).toEqual(['Shift+Right', 'CmdOrCtrl+Shift+A', 'CmdOrCtrl+Plus']);
});

test('J, K and L play with the keys of video editors; the actions that had them get free keys', () => {
  const keys = keysOfActions({}, true);
  expect(new Set(keys.values()).size).toBe(keys.size);
  expect((['transport.backwards', 'transport.pause', 'transport.forwards', 'proposal.next', 'peak.add', 'loop'] as const).map((id) => keys.get(id))).toEqual([
    'J',
    'K',
    'L',
    'U',
    'X',
    'O',
  ]);
  const usual = keysOfActions({}, false);
  expect([usual.get('proposal.next'), usual.get('transport.backwards'), usual.get('loop')]).toEqual(['J', undefined, 'L']);
});

test('a person’s own key takes precedence over the default of another action', () => {
  const keys = keysOfActions({ 'note.add': 'J', accept: '' }, true);
  expect([keys.get('note.add'), keys.get('transport.backwards'), keys.get('accept')]).toEqual(['J', undefined, undefined]);
});
