import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { applyEdit, undo } from '../../project/edits.ts';
import { addVideo, allVideos } from '../../project/library.ts';
import { listCoders, listParticipants } from '../../project/review.ts';
import { writeProject } from '../exchange/export-project.ts';
import { assignedFaces, setParticipants } from './participants.ts';

const folder = await temporaryFolder();
const project = await makeProject();
const { db } = project;
const { ann, annLayer } = furnish(project);
addVideo(db, { path: '/videos/alone.mp4', name: 'alone.mp4', size: 1, modifiedMs: 0 });
addVideo(db, { path: '/a/same.mp4', name: 'same.mp4', size: 1, modifiedMs: 0 });
addVideo(db, { path: '/b/same.mp4', name: 'same.mp4', size: 1, modifiedMs: 0 });
const faces = [1, 2, 3].map((face_id) => ({ table: 'segment' as const, kind: 'insert' as const, row: someSegment(annLayer, 1, { face_id }) }));
applyEdit(db, { coderId: ann, step: step('other', { text: 'test' }), rows: faces });

let files = 0;
async function set(text: string): ReturnType<typeof setParticipants> {
  const file = join(folder, `people${++files}.csv`);
  await writeFile(file, text);
  return setParticipants(db, file, 'Cara');
}
const assigned = (name: string): unknown[] =>
  assignedFaces(db)
    .filter(({ video }) => video === name)
    .map(({ face, participant, condition, session }) => [face, participant, condition, session]);

test('faces, whole videos and participants are set in one step, which can be undone; only what differs is written', async () => {
  const text =
    'sep=;\nVideo;face_id;Participant;condition;session;age\ninterview.mp4;1;A;warm;S1;31\ninterview.mp4;2;B;;S1;24\ninterview.mp4;3;;;S1;\nalone.mp4;;A;;S2;31\n;;A;control;;31\n';
  const edit = await set(text);
  expect(assigned('interview.mp4')).toEqual([
    [1, 'A', 'warm', 'S1'],
    [2, 'B', '', 'S1'],
    [3, '', '', 'S1'],
  ]);
  expect(assigned('alone.mp4')).toEqual([[null, 'A', 'control', 'S2']]);
  expect(listParticipants(db).map(({ code, attributes }) => [code, JSON.parse(attributes)])).toEqual([
    ['A', { age: '31' }],
    ['B', { age: '24' }],
  ]);
  expect(edit!.step).toEqual(step('participants.set', { count: edit!.changes.length, file: 'people1.csv' }));
  expect(await set(text)).toBeNull();
  // One cell differs: one row is written.
  expect((await set(text.replace('interview.mp4;2;B;;', 'interview.mp4;2;B;cold;')))!.changes).toHaveLength(1);
  const cara = listCoders(db).find(({ name }) => name === 'Cara')!.id;
  undo(db, cara);
  undo(db, cara);
  expect(listParticipants(db)).toEqual([]);
  expect(assigned('interview.mp4').every((row) => (row as unknown[])[1] === '')).toBe(true);
});

test('attributes are a table of their own in the statistics, described as such', async () => {
  await set('participant,age,Group\nA,31,old\nB,,young\n');
  const out = await temporaryFolder();
  await writeProject(db, { format: 'statistics', run: null, layers: [] }, out);
  expect(await readFile(join(out, 'participants.csv'), 'utf8')).toBe('participant,condition,age,group\r\nA,,31,old\r\nB,,,young\r\n');
  expect(await readFile(join(out, 'data-dictionary.csv'), 'utf8')).toContain('participants.csv,group,text,,');
  undo(db, listCoders(db).find(({ name }) => name === 'Cara')!.id);
});

test('participants.csv has the one condition of all faces of a participant, and none if they have several', async () => {
  const rows = async (): Promise<string[]> => {
    const out = await temporaryFolder();
    await writeProject(db, { format: 'statistics', run: null, layers: [] }, out);
    return (await readFile(join(out, 'participants.csv'), 'utf8')).split('\r\n').slice(1, 3);
  };
  await set('video,face_id,participant,condition\ninterview.mp4,1,A,warm\ninterview.mp4,2,B,cold\nalone.mp4,,A,warm\n');
  expect(await rows()).toEqual(['A,warm', 'B,cold']);
  await set('video,face_id,participant,condition\ninterview.mp4,2,A,cold\n');
  expect(await rows()).toEqual(['A,', 'B,']);
  const cara = listCoders(db).find(({ name }) => name === 'Cara')!.id;
  undo(db, cara);
  undo(db, cara);
});

test('columns that the table does not have stay as they are', async () => {
  await set('video,participant,condition\nalone.mp4,A,x\n');
  await set('video,session\nalone.mp4,S9\n');
  expect(assigned('alone.mp4')).toEqual([[null, 'A', 'x', 'S9']]);
});

test('all rows that cannot be used are named together, and nothing is changed', async () => {
  const before = [allVideos(db), listParticipants(db), assignedFaces(db)];
  const text = [
    'video,face_id,participant,session,age',
    'none.mp4,,Z,,',
    'same.mp4,,Z,,',
    'interview.mp4,7,Z,,',
    'interview.mp4,one,Z,,',
    'interview.mp4,1,Z,S1,30',
    'interview.mp4,1,Y,S1,',
    'interview.mp4,2,Z,S2,40',
    ',,,,5',
  ].join('\n');
  await expect(set(text)).rejects.toMatchObject({
    id: 'data-set-invalid/participants',
    parameters: {
      problems: [
        { id: 'study/unknown-video' },
        { id: 'study/ambiguous-video' },
        { id: 'participants/unknown-face' },
        { id: 'participants/unknown-face' },
        { id: 'participants/twice' },
        { id: 'participants/contradiction', parameters: { column: 'age', value: '40', other: '30' } },
        { id: 'participants/contradiction', parameters: { column: 'session', value: 'S2', other: 'S1' } },
        { id: 'participants/empty-row' },
      ],
    },
  });
  expect([allVideos(db), listParticipants(db), assignedFaces(db)]).toEqual(before);
  await expect(set('name,code\na,b\n')).rejects.toMatchObject({ id: 'data-set-invalid/not-participants' });
  await expect(set('video,participant,Participant\na,b,c\n')).rejects.toMatchObject({ id: 'data-set-invalid/same-column' });
});
