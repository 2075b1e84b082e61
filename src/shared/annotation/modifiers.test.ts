import { expect, test } from 'vitest';
import { FACS_INTENSITY, isModifierText, modifierSets, modifiersText, modifierValues, withModifier } from './modifiers.ts';

test('sets of modifiers are read from one line; empty parts are left out', () => {
  expect(modifierSets(FACS_INTENSITY)).toEqual([{ name: 'intensity', values: ['A', 'B', 'C', 'D', 'E'] }]);
  expect(modifierSets(' intensity : A,B, B ,; side: left, right;; open; empty:')).toEqual([
    { name: 'intensity', values: ['A', 'B'] },
    { name: 'side', values: ['left', 'right'] },
    { name: '', values: ['open'] },
  ]);
  expect(modifierSets('')).toEqual([]);
  expect([isModifierText('side: left|right'), isModifierText('side: left, right')]).toEqual([false, true]);
});

test('a value of one set is changed without the others; values of more sets than the scheme has stay', () => {
  expect(withModifier(null, 1, 'left', 2)).toBe('|left');
  expect(withModifier('|left', 0, 'C', 2)).toBe('C|left');
  expect(withModifier('C|left', 1, '', 2)).toBe('C|');
  expect(withModifier('C|', 0, '', 2)).toBeNull();
  expect(withModifier('C|left|imported', 0, 'D', 1)).toBe('D|left|imported');
  expect([modifierValues('C', 2), modifierValues(null, 1)]).toEqual([['C', ''], ['']]);
  expect([modifiersText('C|left'), modifiersText('|left'), modifiersText(null)]).toEqual(['C, left', 'left', '']);
});
