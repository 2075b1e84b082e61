import { expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../testing/project.ts';
import type { RowEdit } from '../../shared/annotation/editable-rows.ts';
import { step } from '../../shared/annotation/steps.ts';
import { applyEdit, newId, redo, undo } from './edits.ts';
import { addVideo, allVideos, listVideos } from './library.ts';
import { knownFaces, subjectsOf } from './subjects.ts';

const project = await makeProject();
const { db } = project;
const { ann, annLayer, video: first } = furnish(project);
addVideo(db, { path: '/videos/second.mp4', name: 'second.mp4', size: 2, modifiedMs: 0 });
const [p1, p2] = [newId(), newId()];
const videoRow = (id: string) => allVideos(db).find((each) => each.id === id)!;
const second = allVideos(db).find(({ name }) => name === 'second.mp4')!.id;
const edit = (...rows: RowEdit[]): void => void applyEdit(db, { coderId: ann, step: step('other', { text: 'test' }), rows });
const setVideo = (id: string, set: Extract<RowEdit<'video'>, { kind: 'update' }>['set']): void =>
  edit({ table: 'video', kind: 'update', id, revision: videoRow(id).revision, set });

edit(
  { table: 'participant', kind: 'insert', row: { id: p1, code: 'P1', condition: 'control', note: '', attributes: '{}' } },
  { table: 'participant', kind: 'insert', row: { id: p2, code: 'P2', condition: '', note: '', attributes: '{}' } },
);
setVideo(first, { participant_id: p1 });
setVideo(second, { participant_id: p1 });

const subject = (id: string, face = 1): unknown[] => {
  const { participant, condition, missing } = subjectsOf(db)(videoRow(id), face);
  return [participant, condition, missing];
};

test('the only face of a video belongs to the participant of the video', () => {
  expect(subject(first)).toEqual(['P1', 'control', null]);
});

test('a condition of one video does not change another video of the participant', () => {
  setVideo(first, { condition: 'stress' });
  expect([subject(first), subject(second)]).toEqual([
    ['P1', 'stress', null],
    ['P1', 'control', null],
  ]);
});

test('with several faces, none is taken for the participant until it is assigned; the assignment can be undone', () => {
  edit(
    { table: 'segment', kind: 'insert', row: someSegment(annLayer, 1) },
    { table: 'segment', kind: 'insert', row: someSegment(annLayer, 1, { face_id: 2 }) },
  );
  expect(knownFaces(db, first)).toEqual([1, 2]);
  expect([subject(first, 1), subject(first, 2)]).toEqual([
    ['', 'stress', 'several-faces'],
    ['', 'stress', 'several-faces'],
  ]);
  edit(
    { table: 'face_participant', kind: 'insert', row: { id: newId(), video_id: first, face_id: 1, participant_id: p2, condition: 'listener' } },
    { table: 'face_participant', kind: 'insert', row: { id: newId(), video_id: first, face_id: 2, participant_id: null, condition: '' } },
  );
  const assigned = [
    ['P2', 'listener', null],
    ['', 'stress', 'not-a-participant'],
  ];
  expect([subject(first, 1), subject(first, 2)]).toEqual(assigned);
  undo(db, ann);
  expect(subject(first, 1)).toEqual(['', 'stress', 'several-faces']);
  redo(db, ann);
  expect([subject(first, 1), subject(first, 2)]).toEqual(assigned);
  const listed = listVideos(db).map(({ id, participant, faceParticipants }) => [id, participant, faceParticipants]);
  expect(listed).toContainEqual([first, 'P1', ['P2']]);
  expect(listed).toContainEqual([second, 'P1', []]);
});

test('a participant with assigned faces cannot be deleted, and a face has one assignment', () => {
  const { revision } = db.onlyRow(db.sql.selectFrom('participant').selectAll().where('id', '=', p2));
  expect(() => edit({ table: 'participant', kind: 'delete', id: p2, revision })).toThrow(expect.objectContaining({ code: 'edit-invalid' }));
  const again = { id: newId(), video_id: first, face_id: 1, participant_id: p1, condition: '' };
  expect(() => edit({ table: 'face_participant', kind: 'insert', row: again })).toThrow(expect.objectContaining({ code: 'edit-invalid' }));
});
