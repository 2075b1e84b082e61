import { describe, expect, test } from 'vitest';
import { isFound, labelSearch, neighbourHit } from './label-search.ts';

const label = { texts: ['happiness', 'Freude', 'Anna', 'AU12 · C', 'looks down, then Smiles'], confidence: 0.5 as number | null };
const finds = (text: string, of = label): boolean => isFound(of, labelSearch(text));

describe('the search for labels', () => {
  test('finds a part of the label, coder, modifiers or note in upper or lower case; all words must apply', () => {
    expect(['happi', 'FREUDE', 'anna smiles', 'au12', 'anna sadness', ''].map((text) => finds(text))).toEqual([true, true, true, true, false, false]);
  });

  test.each([
    ['<0.5', false],
    ['< 0.51', true],
    ['<= 0,5', true],
    ['≤50%', true],
    ['>0.5', false],
    ['>= .5', true],
    ['> 0.4 <0.6 anna', true],
    ['> 0.4 ben', false],
    ['=0.5', true],
    ['= 0.51', false],
  ])('"%s" compares the confidence of 0.5: %s', (text, expected) => {
    expect(finds(text)).toBe(expected);
  });

  test('a label without a confidence satisfies no condition for it', () => {
    expect(['<0.5', '>=0', 'anna'].map((text) => finds(text, { ...label, confidence: null }))).toEqual([false, false, true]);
  });
});

test('the next hit is after the selected one, or after the playhead; the ends are joined', () => {
  const starts = [1, 4, 9];
  expect([0, 2].map((current) => neighbourHit(starts, current, 0, 1))).toEqual([1, 0]);
  expect([0, 2].map((current) => neighbourHit(starts, current, 0, -1))).toEqual([2, 1]);
  expect([0, 2, 4, 9.5].map((playhead) => neighbourHit(starts, -1, playhead, 1))).toEqual([0, 1, 1, 0]);
  expect([0, 2, 4, 9.5].map((playhead) => neighbourHit(starts, -1, playhead, -1))).toEqual([2, 0, 1, 2]);
  expect(neighbourHit([], -1, 3, 1)).toBe(-1);
});
