import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { furnish, someSegment } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { applyEdit, newId, undo } from '../../project/edits.ts';
import { addVideo, allVideos, videoOf } from '../../project/library.ts';
import { addCoder, layersOf, listCoders, listParticipants, notesOf, readLayer } from '../../project/review.ts';
import { insertSignal, listSignals, moveSignals, readSignal } from '../../project/signals.ts';
import { listBackups } from '../../project/store/backups.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject, openProject } from '../../project/store/open-project.ts';
import { SeriesPacker } from '../../project/store/packed-series.ts';
import { coderProgress, decideConflict, giveCopies, mergeCopies, openConflicts } from './copies.ts';

let folder: string;
let main: string;
let ids: ReturnType<typeof furnish>;

/** A project with a video that Ann and Ben label, in the folder `main`. */
beforeEach(async () => {
  folder = await temporaryFolder();
  main = join(folder, 'main');
  const project = await openProject(main, { create: true });
  ids = furnish(project);
  const { ann, annLayer } = ids;
  edit(project.db, ann, { table: 'segment', kind: 'insert', row: someSegment(annLayer, 0, { id: 'first' }) });
  edit(project.db, ann, { table: 'segment', kind: 'insert', row: someSegment(annLayer, 5, { id: 'second', label: 'anger' }) });
  project.close();
});

function edit(db: ProjectDatabase, coderId: string, ...rows: RowEdit[]): void {
  applyEdit(db, { coderId, step: step('other', { text: 'test' }), rows });
}
const give = (coders: readonly string[], doubleShare = 1) => inProject(main, (db) => giveCopies(db, folder, { coders, videos: [], doubleShare, seed: 1 }));
const change = (copy: string, work: (db: ProjectDatabase) => void) => inProject(join(folder, copy), work);
const revisionOf = (db: ProjectDatabase, id: string): number => db.onlyRow(db.sql.selectFrom('segment').select('revision').where('id', '=', id)).revision;
const setLabel = (db: ProjectDatabase, id: string, label: string): void =>
  edit(db, ids.ann, { table: 'segment', kind: 'update', id, revision: revisionOf(db, id), set: { label } });
const remove = (db: ProjectDatabase, id: string): void => edit(db, ids.ann, { table: 'segment', kind: 'delete', id, revision: revisionOf(db, id) });

/** The content of a project, without revisions, ids of new rows and the order of steps. */
const contentOf = (copy: string) =>
  inProject(join(folder, copy), (db) => ({
    labels: allVideos(db).flatMap((video) =>
      layersOf(db, video.id).flatMap((layer) =>
        readLayer(db, layer.id).segments.map(({ label, start_s, end_s, face_id }) => [video.name, layer.coder_id, face_id, label, start_s, end_s]),
      ),
    ),
    notes: allVideos(db).flatMap((video) => notesOf(db, video.id).map(({ text }) => text)),
    participants: listParticipants(db).map(({ code, condition }) => [code, condition]),
    coders: listCoders(db).map(({ name }) => name),
    conflicts: openConflicts(db)
      .map(({ table, kept, other }) => [table, kept?.['label'] ?? null, other?.['label'] ?? null])
      .sort(),
  }));

test('layers of different coders join: every label of both is kept, also after a second merge', async () => {
  await give(['Ann', 'Ben']);
  await change('Ann', (db) => edit(db, ids.ann, { table: 'segment', kind: 'insert', row: someSegment(ids.annLayer, 10) }));
  await change('Ben', (db) => edit(db, ids.ben, { table: 'segment', kind: 'insert', row: someSegment(ids.benLayer, 10, { label: 'fear' }) }));
  const merged = await mergeCopies([join(folder, 'Ann'), join(folder, 'Ben')], main);
  expect(merged.map(({ added, changed, deleted, conflicts, layers }) => [added, changed, deleted, conflicts, layers])).toEqual([
    [1, 0, 0, 0, []],
    [1, 0, 0, 0, []],
  ]);
  await change('Ann', (db) => {
    setLabel(db, 'first', 'surprise');
    remove(db, 'second');
  });
  const [again] = await mergeCopies([join(folder, 'Ann')], main);
  expect(again).toMatchObject({ added: 0, changed: 1, deleted: 1, conflicts: 0 });
  expect((await contentOf('main')).labels.map((label) => [label[3], label[4]])).toEqual([
    ['surprise', 0],
    ['happiness', 10],
    ['fear', 10],
  ]);
  // A coder's steps come along, and can be undone.
  await change('main', (db) => undo(db, ids.ben));
  expect((await contentOf('main')).labels).toHaveLength(2);
  expect(listBackups(join(main, 'backups')).map(({ reason }) => reason)).toContain('before-merge');
});

describe('copies that changed the same layer', () => {
  /** In one copy, the first label becomes fear and the second is deleted; in the other, both become disgust. Each adds a label and a note. */
  async function diverge(): Promise<void> {
    await give(['one', 'two']);
    for (const [copy, label, at] of [
      ['one', 'fear', 20],
      ['two', 'disgust', 30],
    ] as const)
      await change(copy, (db) => {
        setLabel(db, 'first', label);
        if (copy === 'one') remove(db, 'second');
        else setLabel(db, 'second', label);
        edit(db, ids.ann, { table: 'segment', kind: 'insert', row: someSegment(ids.annLayer, at) });
        edit(db, ids.ann, {
          table: 'note',
          kind: 'insert',
          row: { id: newId(), video_id: ids.video, coder_id: ids.ann, at_s: null, text: copy, made_at: copy },
        });
        edit(db, ids.ann, { table: 'participant', kind: 'insert', row: { id: newId(), code: 'P1', condition: 'x', note: '', attributes: '{}' } });
      });
  }

  test('give the same result in both directions, with the conflicts, and neither version is lost', async () => {
    await diverge();
    for (const copy of ['one', 'two']) await cp(join(folder, copy), join(folder, `${copy} again`), { recursive: true });
    const [forth] = await mergeCopies([join(folder, 'two')], join(folder, 'one'));
    const [back] = await mergeCopies([join(folder, 'one again')], join(folder, 'two again'));
    expect([forth!.conflicts, forth!.layers]).toEqual([2, [{ video: 'interview.mp4', layer: 'Ann' }]]);
    expect(back!.conflicts).toBe(2);
    const [a, b] = [await contentOf('one'), await contentOf('two again')];
    expect({ ...a, notes: a.notes.sort() }).toEqual({ ...b, notes: b.notes.sort() });
    expect(a.conflicts).toEqual([
      ['segment', 'disgust', null],
      ['segment', 'fear', 'disgust'],
    ]);
    expect(a.labels.map((label) => [label[3], label[4]])).toEqual([
      ['fear', 0],
      ['disgust', 5],
      ['happiness', 20],
      ['happiness', 30],
    ]);
    expect(a.participants).toEqual([['P1', 'x']]);
  });

  test('a person decides a conflict', async () => {
    await diverge();
    await mergeCopies([join(folder, 'one'), join(folder, 'two')], main);
    await change('main', (db) => {
      const conflicts = openConflicts(db);
      expect(conflicts.map(({ video }) => video)).toEqual(['interview.mp4', 'interview.mp4']);
      const [changed, deleted] = [conflicts.find(({ other }) => other !== null)!, conflicts.find(({ other }) => other === null)!];
      decideConflict(db, changed.id, 'other');
      decideConflict(db, deleted.id, 'other');
      expect(openConflicts(db)).toEqual([]);
      expect(() => decideConflict(db, changed.id, 'kept')).toThrow(expect.objectContaining({ id: 'wrong-usage/conflict-unknown' }));
      expect(readLayer(db, ids.annLayer).segments.map(({ label, start_s }) => [label, start_s])).toEqual([
        ['disgust', 0],
        ['happiness', 20],
        ['happiness', 30],
      ]);
    });
  });
});

test('a copy of the folder made by hand can be merged, too', async () => {
  await cp(main, join(folder, 'by hand'), { recursive: true });
  await change('by hand', (db) => {
    setLabel(db, 'first', 'fear');
    const { id } = addCoder(db, 'Cara');
    const layer = newId();
    edit(
      db,
      id,
      {
        table: 'layer',
        kind: 'insert',
        row: { id: layer, video_id: ids.video, kind: 'coder', coder_id: id, run_id: null, scheme_id: 'seven-expressions', created_at: '' },
      },
      { table: 'segment', kind: 'insert', row: someSegment(layer, 7) },
    );
  });
  const [merged] = await mergeCopies([join(folder, 'by hand')], main);
  expect(merged).toMatchObject({ changed: 1, conflicts: 0 });
  await change('main', (db) => {
    expect(readLayer(db, ids.annLayer).segments[0]!.label).toBe('fear');
    expect(coderProgress(db)).toEqual([
      { coder: 'Ann', videos: 1, labels: 2, peaks: 0, of: 1 },
      { coder: 'Ben', videos: 1, labels: 0, peaks: 0, of: 1 },
      { coder: 'Cara', videos: 1, labels: 1, peaks: 0, of: 1 },
    ]);
  });
});

test('copies divide the videos: a drawn share for all coders, the others for one each; nothing of other videos is in a copy', async () => {
  await inProject(main, (db) => {
    for (let i = 0; i < 19; i++) addVideo(db, { path: `/videos/v${i}.mp4`, name: `v${i}.mp4`, size: i, modifiedMs: 0 });
    edit(db, ids.ann, { table: 'note', kind: 'insert', row: { id: newId(), video_id: ids.video, coder_id: ids.ann, at_s: null, text: 'SECRET', made_at: '' } });
  });
  const copies = await give(['Ann', 'Ben', 'Cara'], 0.25);
  expect(copies.map(({ shared }) => shared)).toEqual([5, 5, 5]);
  expect(copies.map(({ videos }) => videos)).toEqual([10, 10, 10]);
  const namesIn = (copy: string) => inProject(join(folder, copy), (db) => allVideos(db).map(({ name }) => name));
  const [a, b, c] = [await namesIn('Ann'), await namesIn('Ben'), await namesIn('Cara')];
  expect(a.filter((name) => b.includes(name) && c.includes(name))).toHaveLength(5);
  expect(new Set([...a, ...b, ...c]).size).toBe(20);
  const without = ['Ann', 'Ben', 'Cara'].find((_, i) => ![a, b, c][i]!.includes('interview.mp4'))!;
  const bytes = await import('node:fs/promises').then(({ readFile }) => readFile(join(folder, without, 'project.adatosk')));
  expect(bytes.includes('SECRET')).toBe(false);
  // A video that a copy does not have is not deleted by its merge.
  await mergeCopies([join(folder, without)], main);
  expect((await namesIn('main')).length).toBe(20);
  await inProject(main, (db) => {
    expect(videoOf(db, ids.video).name).toBe('interview.mp4');
    expect(readLayer(db, ids.annLayer).segments).toHaveLength(2);
    expect(() => giveCopies(db, folder, { coders: ['a/b', 'a:b'], videos: [], doubleShare: 1, seed: 1 })).toThrow(
      expect.objectContaining({ id: 'wrong-usage/same-folder' }),
    );
    expect(() => giveCopies(db, folder, { coders: ['Ann'], videos: [], doubleShare: 1, seed: 1 })).toThrow(expect.objectContaining({ id: 'project-exists' }));
  });
});

test('a project that is no copy is refused', async () => {
  const other = await openProject(join(folder, 'other'), { create: true });
  other.close();
  await expect(mergeCopies([join(folder, 'other')], main)).rejects.toMatchObject({ id: 'wrong-usage/not-a-copy' });
});

describe('signals of copies', () => {
  const add = (db: ProjectDatabase, name: string): void => {
    const packer = new SeriesPacker(1);
    for (let i = 0; i < 100; i++) packer.push(i / 10, [i]);
    insertSignal(db, { videoId: ids.video, name, unit: '', source: 'log.csv', offsetS: 0 }, packer.finish()[0]!);
  };
  const signalsOf = (db: ProjectDatabase): unknown[] =>
    listSignals(db).map((signal) => [signal.name, signal.offset_s, [...readSignal(db, signal)].reduce((sum, { values }) => sum + values.length, 0)]);

  test('a copy has them; those that it adds come back, and so does a moved offset', async () => {
    await change('main', (db) => add(db, 'EDA'));
    await give(['Ann']);
    await change('Ann', (db) => {
      expect(signalsOf(db)).toEqual([['EDA', 0, 100]]);
      add(db, 'HR');
      moveSignals(db, [listSignals(db)[0]!.id], 1.5, ids.ann);
    });
    await mergeCopies([join(folder, 'Ann')], main);
    await mergeCopies([join(folder, 'Ann')], main);
    await change('main', (db) =>
      expect(signalsOf(db)).toEqual([
        ['EDA', 1.5, 100],
        ['HR', 0, 100],
      ]),
    );
  });

  test('the same signal added in both is one signal; without its video a copy has no samples', async () => {
    await change('main', (db) => addVideo(db, { path: '/videos/other.mp4', name: 'other.mp4', size: 1, modifiedMs: 0 }));
    await give(['Ann']);
    for (const copy of ['main', 'Ann']) await change(copy, (db) => add(db, 'EDA'));
    await mergeCopies([join(folder, 'Ann')], main);
    await change('main', (db) => expect(signalsOf(db)).toEqual([['EDA', 0, 100]]));
    await inProject(main, (db) =>
      giveCopies(db, join(folder, 'part'), { coders: ['Ben'], videos: [allVideos(db).find(({ name }) => name === 'other.mp4')!.id], doubleShare: 1, seed: 1 }),
    );
    await change(join('part', 'Ben'), (db) => {
      expect(listSignals(db)).toEqual([]);
      expect(db.rows(db.sql.selectFrom('signal_block').select('position'))).toEqual([]);
    });
  });
});
