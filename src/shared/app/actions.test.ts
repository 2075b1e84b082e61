import { expect, test } from 'vitest';
import { acceleratorOf, ACTIONS, keyName, shownKey } from './actions.ts';

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
