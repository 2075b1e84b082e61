import { expect, test } from 'vitest';
import { peopleOf } from './people.ts';

test('the people of a video are those of its faces, and its own participant', () => {
  expect(peopleOf({ participant: null, faceParticipants: ['A', 'B'] })).toEqual(['A', 'B']);
  expect(peopleOf({ participant: 'A', faceParticipants: ['A', 'B'] })).toEqual(['A', 'B']);
  expect(peopleOf({ participant: 'C', faceParticipants: ['A'] })).toEqual(['A', 'C']);
  expect(peopleOf({ participant: 'C', faceParticipants: [] })).toEqual(['C']);
  expect(peopleOf({ participant: null, faceParticipants: [] })).toEqual([]);
});
