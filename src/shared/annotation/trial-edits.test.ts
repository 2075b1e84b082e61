import { describe, expect, test } from 'vitest';
import type { TrialRow } from './trial-edits.ts';
import { changeTrial, createTrial, freeName, freeSpan, overlapsOf, removeTrial } from './trial-edits.ts';

const trial = (id: string, start_s: number, end_s: number | null, more: Partial<TrialRow> = {}): TrialRow => ({
  ...{ id, video_id: 'v', name: id, type: 'film', item: '', condition: '', start_s, end_s, revision: 3 },
  ...more,
});
const pairs = (...trials: TrialRow[]): string[] => overlapsOf(trials).map(({ earlier, later }) => `${earlier.id} ${later.id}`);

test('a new trial fits between those of its type, or follows the one that the moment lies in', () => {
  const trials = [trial('b', 4, 6), trial('a', 1, 2), trial('c', 6, 7), trial('bell', 9, null)];
  const span = (fromS: number): readonly number[] | null => {
    const found = freeSpan(trials, fromS, 5, 20);
    return found && [found.startS, found.endS];
  };
  expect([0, 1.5, 2, 4, 5.9, 8, 9, 18, 20].map(span)).toEqual([[0, 1], [2, 4], [2, 4], [7, 9], [7, 9], [8, 9], [9, 14], [18, 20], null]);
});

describe('overlaps of trials', () => {
  test('spans are half-open: one that begins where another ends does not overlap with it', () => {
    expect(pairs(trial('b', 2, 4), trial('a', 0, 2))).toEqual([]);
    expect(pairs(trial('b', 1.99, 4), trial('a', 0, 2))).toEqual(['a b']);
  });

  test('a long span is compared with all later ones, not only with the next one', () => {
    expect(pairs(trial('a', 0, 10), trial('b', 1, 2), trial('c', 5, 6))).toEqual(['a b', 'a c']);
  });

  test('a marker in a span is an overlap, markers at one moment are none', () => {
    expect(pairs(trial('a', 0, 10), trial('m', 4, null))).toEqual(['a m']);
    expect(pairs(trial('m', 4, null), trial('n', 4, null), trial('a', 5, 6), trial('o', 6, null))).toEqual([]);
  });
});

describe('edits of trials', () => {
  const draft = { name: '1', type: 'film', item: '', condition: 'joy', start_s: 1, end_s: null };

  test('write only what changed', () => {
    expect(changeTrial(trial('1', 1, 2), draft)).toEqual([{ table: 'trial', kind: 'update', id: '1', revision: 3, set: { condition: 'joy', end_s: null } }]);
    expect(changeTrial(trial('1', 1, null, { condition: 'joy' }), draft)).toEqual([]);
    expect(createTrial('v', draft, 'x')).toEqual({ table: 'trial', kind: 'insert', row: { id: 'x', video_id: 'v', ...draft } });
    expect(removeTrial(trial('1', 1, 2))).toEqual({ table: 'trial', kind: 'delete', id: '1', revision: 3 });
  });

  test('a new trial gets the lowest free number of its type', () => {
    const known = [trial('1', 0, 1), trial('3', 2, 3), trial('2', 0, 1, { type: 'bell' })];
    expect(freeName(known, 'film')).toBe('2');
    expect(freeName(known, 'bell')).toBe('1');
  });
});
