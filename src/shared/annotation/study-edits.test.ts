import { describe, expect, test } from 'vitest';
import type { StudyVideo } from './study-edits.ts';
import { attributeEdits, attributesOf, studyEdits, studyStep } from './study-edits.ts';

const video = (id: string, more: Partial<StudyVideo> = {}): StudyVideo => ({ id, revision: 7, participant: null, session: null, condition: '', ...more });
const known = {
  participants: [{ id: 'p1', code: 'P01', condition: '', note: '', attributes: '{}', revision: 1 }],
  sessions: [{ id: 's1', participant_id: null, name: 'morning', held_at: '', condition: '', revision: 1 }],
};
const edits = (...[videos, change]: [StudyVideo[], Parameters<typeof studyEdits>[1]]): ReturnType<typeof studyEdits> =>
  studyEdits(videos, change, known, () => 'new');

describe('a change of participant, session or condition', () => {
  test('writes only the videos and columns that differ', () => {
    const videos = [video('a', { participant: 'P01', condition: 'rest' }), video('b', { condition: 'rest' })];
    expect(edits(videos, { participant: 'P01', condition: 'rest' })).toEqual([
      { table: 'video', kind: 'update', id: 'b', revision: 7, set: { participant_id: 'p1' } },
    ]);
    expect(edits(videos, { condition: 'rest' })).toEqual([]);
  });

  test('adds an unknown participant or session once, in the same edit', () => {
    expect(edits([video('a'), video('b')], { session: 'evening' })).toEqual([
      { table: 'session', kind: 'insert', row: { id: 'new', participant_id: null, name: 'evening', held_at: '', condition: '' } },
      { table: 'video', kind: 'update', id: 'a', revision: 7, set: { session_id: 'new' } },
      { table: 'video', kind: 'update', id: 'b', revision: 7, set: { session_id: 'new' } },
    ]);
    expect(edits([video('a')], { participant: 'P09' }).map(({ table, kind }) => `${table} ${kind}`)).toEqual(['participant insert', 'video update']);
  });

  test('takes a value away with an empty text', () => {
    expect(edits([video('a', { session: 'morning', participant: 'P01' }), video('b')], { session: '' })).toEqual([
      { table: 'video', kind: 'update', id: 'a', revision: 7, set: { session_id: null } },
    ]);
  });

  test('is described by its value, or by the number of videos', () => {
    expect(studyStep({ session: 'evening' }, 3)).toEqual({ kind: 'video.session', parameters: { session: 'evening' } });
    expect(studyStep({ condition: '' }, 3)).toEqual({ kind: 'video.study', parameters: { count: 3 } });
    expect(studyStep({ participant: 'P01', condition: 'rest' }, 2)).toEqual({ kind: 'video.study', parameters: { count: 2 } });
  });
});

test('attributes of a participant: only what differs is written; an empty text takes one away', () => {
  const row = { ...known.participants[0]!, attributes: '{"age":"31","group":"a"}' };
  expect(attributesOf(row)).toEqual({ age: '31', group: 'a' });
  expect(attributeEdits(row, { age: '31', sex: '' })).toEqual([]);
  expect(attributeEdits(row, { age: '', sex: 'f' })).toEqual([
    { table: 'participant', kind: 'update', id: 'p1', revision: 1, set: { attributes: '{"group":"a","sex":"f"}' } },
  ]);
});
