/** Faces that one copy of a project merged or split, while labels were made in the other copy. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { returningFace } from '../../../../testing/face-tracks.ts';
import { someSegment } from '../../../../testing/project.ts';
import { FILE, RECORD, timing } from '../../../../testing/results.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { beginRun, recordResult } from '../../project/recorded-results.ts';
import { addCoder, readLayer } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject, openProject } from '../../project/store/open-project.ts';
import { decideConflict, openConflicts } from '../../project/merge-conflicts.ts';
import { giveCopies } from './copies.ts';
import { mergeCopies } from './merge-copies.ts';
import { mergeFaces, shownFaces, splitFace } from './face-tracks.ts';

let folder: string;
let ids: { video: string; run: string; ben: string; layer: string };

/** A project with a video in which Ben labelled face 2 at 2 s and from 5 to 6 s, and face 3 at 8 s; and two copies of it. */
beforeEach(async () => {
  folder = await temporaryFolder();
  const { db, close } = await openProject(join(folder, 'main'), { create: true });
  const run = beginRun(db, RECORD);
  recordResult(db, run, FILE, returningFace(FILE.name), timing());
  const [ben, layer, video] = [addCoder(db, 'Ben').id, newId(), allVideos(db)[0]!.id];
  ids = { video, run, ben, layer };
  const row = { id: layer, video_id: video, kind: 'coder', coder_id: ben, run_id: null, scheme_id: 'seven-expressions', created_at: '2026' } as const;
  const labels = [
    { id: 'early', face_id: 2, start_s: 2, end_s: 3 },
    { id: 'across', face_id: 2, start_s: 5, end_s: 6 },
    { id: 'returned', face_id: 3, start_s: 8, end_s: 9 },
  ].map((each) => ({ table: 'segment' as const, kind: 'insert' as const, row: someSegment(layer, 0, each) }));
  edit(db, { table: 'layer', kind: 'insert', row }, ...labels);
  await giveCopies(db, folder, { coders: ['one', 'two'], videos: [], doubleShare: 1, seed: 1 });
  close();
});

function edit(db: ProjectDatabase, ...rows: RowEdit[]): void {
  applyEdit(db, { coderId: ids.ben, step: step('other', { text: 'test' }), rows });
}
const inCopy = (copy: string, work: (db: ProjectDatabase) => unknown): Promise<unknown> => inProject(join(folder, copy), work);
const of = (face: number) => ({ coderId: ids.ben, video: ids.video, run: ids.run, face });
const add = (db: ProjectDatabase, face: number, start: number, end: number): void =>
  edit(db, { table: 'segment', kind: 'insert', row: someSegment(ids.layer, start, { face_id: face, end_s: end }) });
const relabel = (db: ProjectDatabase, id: string, label: string): void => {
  const { revision } = db.onlyRow(db.sql.selectFrom('segment').select('revision').where('id', '=', id));
  edit(db, { table: 'segment', kind: 'update', id, revision, set: { label } });
};
const labelsIn = (copy: string): Promise<unknown[]> =>
  inProject(join(folder, copy), (db) => readLayer(db, ids.layer).segments.map(({ face_id, label, start_s, end_s }) => [face_id, label, start_s, end_s]));
const facesIn = (copy: string): Promise<number[]> => inProject(join(folder, copy), (db) => shownFaces(db, ids.video).map(({ face }) => face));

function takeOther(db: ProjectDatabase): void {
  const [{ id, current }] = openConflicts(db) as [ReturnType<typeof openConflicts>[number]];
  decideConflict(db, ids.ben, { id, take: 'other', revision: current.row === null ? null : Number(current.row['revision']) });
}

test('labels of the other copy follow, in both directions of the merge, and are counted once', async () => {
  await inCopy('one', (db) => {
    mergeFaces(db, { ...of(3), into: 1 });
    splitFace(db, { ...of(2), atS: 5.5 });
  });
  await inCopy('two', (db) => {
    add(db, 3, 6, 7);
    add(db, 2, 7, 8);
    relabel(db, 'early', 'fear');
  });
  for (const copy of ['one', 'two']) await cp(join(folder, copy), join(folder, `${copy} again`), { recursive: true });
  const [forth] = await mergeCopies([join(folder, 'two')], join(folder, 'one'));
  const [back] = await mergeCopies([join(folder, 'one again')], join(folder, 'two again'));
  expect([forth!.conflicts, back!.conflicts]).toEqual([0, 0]);
  const expected = [
    [2, 'fear', 2, 3],
    [2, 'happiness', 5, 5.5],
    [4, 'happiness', 5.5, 6],
    [1, 'happiness', 6, 7],
    [4, 'happiness', 7, 8],
    [1, 'happiness', 8, 9],
  ];
  expect([await labelsIn('one'), await labelsIn('two again')]).toEqual([expected, expected]);
  expect([await facesIn('one'), await facesIn('two again')]).toEqual([
    [1, 2, 4],
    [1, 2, 4],
  ]);
  // A second merge of the same copy, with a label that was changed there since.
  await inCopy('two', (db) => relabel(db, 'returned', 'anger'));
  await mergeCopies([join(folder, 'two')], join(folder, 'one'));
  expect(await labelsIn('one')).toContainEqual([1, 'anger', 8, 9]);
});

test('a label that both copies changed keeps both versions, each on the face that is shown', async () => {
  await inCopy('one', (db) => {
    relabel(db, 'returned', 'disgust');
    mergeFaces(db, { ...of(3), into: 1 });
  });
  await inCopy('two', (db) => relabel(db, 'returned', 'surprise'));
  await mergeCopies([join(folder, 'two')], join(folder, 'one'));
  await inCopy('one', (db) => {
    const [conflict] = openConflicts(db);
    const versions = [conflict!.current.row, conflict!.other.row].map((row) => [row!['face_id'], row!['label']]);
    expect(versions.sort()).toEqual([
      [1, 'disgust'],
      [1, 'surprise'],
    ]);
    const other = conflict!.other.row!['label'];
    takeOther(db);
    expect(readLayer(db, ids.layer).segments.at(-1)).toMatchObject({ face_id: 1, label: other });
  });
});

test('copies that edited the faces of one video differently are a conflict; labels follow the version that is taken', async () => {
  await inCopy('one', (db) => mergeFaces(db, { ...of(3), into: 1 }));
  await inCopy('two', (db) => splitFace(db, { ...of(2), atS: 5.5 }));
  const [merged] = await mergeCopies([join(folder, 'two')], join(folder, 'one'));
  expect(merged!.conflicts).toBe(1);
  // The merge stays. The label that the other copy cut stays cut: no label is deleted.
  expect([await facesIn('one'), await labelsIn('one')]).toEqual([
    [1, 2],
    [
      [2, 'happiness', 2, 3],
      [2, 'happiness', 5, 5.5],
      [2, 'happiness', 5.5, 6],
      [1, 'happiness', 8, 9],
    ],
  ]);
  await inCopy('one', takeOther);
  expect([await facesIn('one'), await labelsIn('one')]).toEqual([
    [1, 2, 3, 4],
    [
      [2, 'happiness', 2, 3],
      [2, 'happiness', 5, 5.5],
      [4, 'happiness', 5.5, 6],
      [3, 'happiness', 8, 9],
    ],
  ]);
});
