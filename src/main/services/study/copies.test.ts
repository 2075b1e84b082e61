import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { furnish, someSegment } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { sentenceOfFact } from '../../../shared/app/facts.ts';
import { applyEdit, history, newId, redo, undo } from '../../project/edits.ts';
import { addVideo, allVideos, videoOf } from '../../project/library.ts';
import { addCoder, layersOf, listCoders, listParticipants, notesOf, readLayer } from '../../project/review.ts';
import { insertSignal, listSignals, moveSignals, readSignal } from '../../project/signals.ts';
import { listBackups } from '../../project/store/backups.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject, openProject } from '../../project/store/open-project.ts';
import { SeriesPacker } from '../../project/store/packed-series.ts';
import { openConflicts } from '../../project/merge-conflicts.ts';
import { coderProgress } from './coder-progress.ts';
import { decide, describeConflicts } from './conflicts.ts';
import { giveCopies } from './copies.ts';
import { inspectCopies, mergeCopies, mergeCopiesInto } from './merge-copies.ts';

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
const change = (copy: string, work: (db: ProjectDatabase) => void | Promise<void>) => inProject(join(folder, copy), work);
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
      .map(({ table, current, other }) => [table, current.row?.['label'] ?? null, other.row?.['label'] ?? null])
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
  await change('main', (db) => void undo(db, ids.ben));
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
      const conflicts = describeConflicts(db);
      expect(conflicts.map(({ video, layer }) => [video, layer])).toEqual([
        ['interview.mp4', 'Ann'],
        ['interview.mp4', 'Ann'],
      ]);
      const [changed, deleted] = [conflicts.find(({ other }) => !other.isDeleted)!, conflicts.find(({ other }) => other.isDeleted)!];
      expect(changed.kept.facts.filter(({ differs }) => differs)).toEqual([{ column: 'label', value: 'fear', differs: true }]);
      expect(changed.other.facts.find(({ column }) => column === 'label')?.value).toBe('disgust');
      expect([changed.kept.by, changed.other.by, deleted.other.by]).toEqual(['Ann', 'Ann', 'Ann']);
      expect(Date.parse(deleted.other.at!)).toBeGreaterThan(Date.parse('2026-11-24T11:00:00Z'));
      // Ben decides, though the labels are Ann's.
      for (const { id, revision } of [changed, deleted]) decide(db, ids.ben, { id, take: 'other', revision });
      expect(openConflicts(db)).toEqual([]);
      expect(() => decide(db, ids.ben, { id: changed.id, take: 'kept', revision: changed.revision })).toThrow(
        expect.objectContaining({ id: 'wrong-usage/conflict-unknown' }),
      );
      expect(readLayer(db, ids.annLayer).segments.map(({ label, start_s }) => [label, start_s])).toEqual([
        ['disgust', 0],
        ['happiness', 20],
        ['happiness', 30],
      ]);
      expect(history(db, ids.ben, 10).map((each) => each.step)).toEqual([
        step('conflict.take', { table: 'segment' }),
        step('conflict.take', { table: 'segment' }),
      ]);
      // Undo opens the conflict again, with the label as it was.
      undo(db, ids.ben);
      undo(db, ids.ben);
      expect(describeConflicts(db).map(({ id }) => id)).toEqual(conflicts.map(({ id }) => id));
      expect(
        readLayer(db, ids.annLayer)
          .segments.slice(0, 2)
          .map(({ label }) => label),
      ).toEqual(['fear', 'disgust']);
      redo(db, ids.ben);
      expect(describeConflicts(db)).toHaveLength(1);
    });
  });

  test('a decision about a version that was changed since it was read is refused', async () => {
    await diverge();
    await mergeCopies([join(folder, 'one'), join(folder, 'two')], main);
    await change('main', (db) => {
      const conflict = describeConflicts(db).find(({ other }) => !other.isDeleted)!;
      setLabel(db, 'first', 'anger');
      expect(() => decide(db, ids.ben, { id: conflict.id, take: 'other', revision: conflict.revision })).toThrow(
        expect.objectContaining({ id: 'edit-stale/changed' }),
      );
      // The list shows the version of now, which can be decided about.
      const again = describeConflicts(db).find(({ id }) => id === conflict.id)!;
      expect(again.kept.facts.find(({ column }) => column === 'label')?.value).toBe('anger');
      decide(db, ids.ben, { id: again.id, take: 'kept', revision: again.revision });
      expect(readLayer(db, ids.annLayer).segments[0]!.label).toBe('anger');
    });
  });

  test('both versions stay where both can stand: at different times, but not over each other', async () => {
    await give(['one', 'two']);
    for (const [copy, first, second] of [
      ['one', 0.2, 5.2],
      ['two', 0.4, 8],
    ] as const)
      await change(copy, (db) => {
        for (const [id, at] of [
          ['first', first],
          ['second', second],
        ] as const)
          edit(db, ids.ann, { table: 'segment', kind: 'update', id, revision: revisionOf(db, id), set: { start_s: at, end_s: at + 1 } });
      });
    await mergeCopies([join(folder, 'one'), join(folder, 'two')], main);
    await change('main', (db) => {
      const conflicts = describeConflicts(db);
      const [over, apart] = [conflicts.find(({ canKeepBoth }) => !canKeepBoth)!, conflicts.find(({ canKeepBoth }) => canKeepBoth)!];
      expect(() => decide(db, ids.ben, { id: over.id, take: 'both', revision: over.revision })).toThrow(
        expect.objectContaining({ id: 'wrong-usage/not-both' }),
      );
      decide(db, ids.ben, { id: apart.id, take: 'both', revision: apart.revision });
      expect(
        readLayer(db, ids.annLayer)
          .segments.map(({ start_s }) => start_s)
          .slice(1),
      ).toEqual([5.2, 8]);
      undo(db, ids.ben);
      expect(readLayer(db, ids.annLayer).segments).toHaveLength(2);
    });
  });

  test('a decision comes along with a copy in which it was made', async () => {
    await diverge();
    await mergeCopies([join(folder, 'one'), join(folder, 'two')], main);
    await cp(main, join(folder, 'main at home'), { recursive: true });
    await change('main at home', (db) => {
      for (const { id, revision } of describeConflicts(db)) decide(db, ids.ben, { id, take: 'other', revision });
    });
    await mergeCopies([join(folder, 'main at home')], main);
    await change('main', (db) => {
      expect(describeConflicts(db)).toEqual([]);
      undo(db, ids.ben);
      expect(describeConflicts(db)).toHaveLength(1);
    });
  });
});

describe('what a copy brings', () => {
  test('is shown before the merge without a change, by coder, and is what the merge then does', async () => {
    await give(['Ann', 'Cara']);
    await change('Cara', (db) => {
      const { id } = addCoder(db, 'Cara');
      const layer = { id: newId(), video_id: ids.video, kind: 'coder' as const, coder_id: id, run_id: null, scheme_id: 'seven-expressions', created_at: '' };
      edit(db, id, { table: 'layer', kind: 'insert', row: layer }, { table: 'segment', kind: 'insert', row: someSegment(layer.id, 7) });
      edit(db, id, { table: 'note', kind: 'insert', row: { id: newId(), video_id: ids.video, coder_id: id, at_s: null, text: 'n', made_at: '' } });
    });
    const before = await contentOf('main');
    await change('main', async (db) => {
      const found = await inspectCopies(db, [folder]);
      // The project itself is in this folder, too.
      expect(found.map(({ name, coder, problem }) => [name, coder, problem])).toEqual([
        ['Ann', 'Ann', null],
        ['Cara', 'Cara', null],
      ]);
      const none = { added: 0, changed: 0, deleted: 0, conflicts: 0 };
      expect(found[1]!.brings).toMatchObject({
        coders: [
          { coder: 'Ann', ...none, equal: 2 },
          { coder: 'Cara', ...none, added: 1, equal: 0 },
        ],
        tables: [{ table: 'note', ...none, added: 1 }],
        videos: 1,
      });
      expect(await contentOf('main')).toEqual(before);
      const { merged } = await mergeCopiesInto(db, [folder]);
      expect(merged.map(({ added, coders }) => ({ added, coders }))).toEqual(found.map(({ brings }) => ({ added: brings!.added, coders: brings!.coders })));
      expect((await inspectCopies(db, [join(folder, 'Cara')]))[0]!.brings).toMatchObject({ added: 0, changed: 0, coders: [{ equal: 2 }, { equal: 1 }] });
    });
  });

  test('a project file with another name is a copy, too', async () => {
    await give(['Ann']);
    await change('Ann', (db) => setLabel(db, 'first', 'fear'));
    const file = join(folder, 'project (1).adatosk');
    await cp(join(folder, 'Ann', 'project.adatosk'), file);
    const bytes = await readFile(file);
    await change('main', async (db) => {
      expect((await inspectCopies(db, [file]))[0]).toMatchObject({ name: 'project (1)', coder: 'Ann', brings: { changed: 1 } });
      expect((await mergeCopiesInto(db, [file])).merged[0]!.changed).toBe(1);
      expect(readLayer(db, ids.annLayer).segments[0]!.label).toBe('fear');
    });
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  test('what is no copy is named with its remedy, and nothing is changed, also by the good copies beside it', async () => {
    await give(['Ann']);
    await change('Ann', (db) => setLabel(db, 'first', 'fear'));
    (await openProject(join(folder, 'other'), { create: true })).close();
    await writeFile(join(folder, 'text.adatosk'), 'no database');
    const newer = join(folder, 'newer');
    await cp(join(folder, 'Ann'), newer, { recursive: true });
    const database = new Database(join(newer, 'project.adatosk'));
    database.pragma('user_version = 99990');
    database.close();
    await change('main', async (db) => {
      const found = await inspectCopies(db, [join(folder, 'Ann'), main, join(folder, 'other'), newer, join(folder, 'text.adatosk')]);
      expect(found.map(({ problem }) => problem?.id)).toEqual([
        undefined,
        'wrong-usage/same-project',
        'wrong-usage/not-a-copy',
        'project-newer',
        'project-damaged/copy',
      ]);
      expect(
        found
          .slice(1)
          .map(({ problem }) => sentenceOfFact(problem!))
          .every((sentence) => sentence.includes(folder)),
      ).toBe(true);
      for (const bad of ['other', 'newer', 'text.adatosk']) await expect(mergeCopiesInto(db, [join(folder, 'Ann'), join(folder, bad)])).rejects.toThrow();
      await expect(mergeCopiesInto(db, [main])).rejects.toMatchObject({ id: 'wrong-usage/same-project' });
      await expect(inspectCopies(db, [join(folder, 'nowhere')])).rejects.toMatchObject({ id: 'file-missing/chosen' });
      expect(readLayer(db, ids.annLayer).segments[0]!.label).toBe('happiness');
      expect(listBackups(join(main, 'backups'))).toEqual([]);
    });
  });

  test('the work can be stopped: copies that were made are deleted, and no further copy is merged', async () => {
    const stop = new AbortController();
    const stopAt = (at: number) => (done: number) => {
      if (done === at) stop.abort();
    };
    await inProject(main, (db) =>
      expect(
        giveCopies(db, folder, { coders: ['Ann', 'Ben', 'Cara'], videos: [], doubleShare: 1, seed: 1 }, { signal: stop.signal, onProgress: stopAt(2) }),
      ).rejects.toMatchObject({ code: 'cancelled' }),
    );
    expect(existsSync(join(folder, 'Ann'))).toBe(false);
    await change('main', (db) => expect(coderProgress(db).map(({ given }) => given)).toEqual([null, null]));
    await give(['Ann', 'Ben']);
    const again = new AbortController();
    await change('main', async (db) => {
      const { merged, isStopped } = await mergeCopiesInto(db, [join(folder, 'Ann'), join(folder, 'Ben')], {
        signal: again.signal,
        onProgress: (done) => {
          if (done === 1) again.abort();
        },
      });
      expect([merged.map(({ name }) => name), isStopped]).toEqual([['Ann'], true]);
    });
  });
});

test('progress: videos given to each coder, and how far they are there; a video is done when all coders of it are done', async () => {
  await change('main', (db) => void addVideo(db, { path: '/videos/other.mp4', name: 'other.mp4', size: 1, modifiedMs: 0 }));
  await give(['Ann', 'Ben']);
  const setReview = (copy: string, name: string, review: 'in_review' | 'done') =>
    change(copy, (db) => {
      const { id, revision } = allVideos(db).find((video) => video.name === name)!;
      edit(db, ids.ann, { table: 'video', kind: 'update', id, revision, set: { review } });
    });
  const merge = (copy: string) => mergeCopies([join(folder, copy)], main);
  const states = () =>
    inProject(main, (db) => ({
      coders: coderProgress(db).map(({ coder, given, inReview, done }) => [coder, given, inReview, done]),
      videos: Object.fromEntries(allVideos(db).map(({ name, review }) => [name, review])),
      conflicts: openConflicts(db).length,
    }));
  await setReview('Ann', 'interview.mp4', 'done');
  await setReview('Ben', 'interview.mp4', 'in_review');
  await setReview('Ben', 'other.mp4', 'done');
  await inProject(main, async (db) => {
    const [found] = await inspectCopies(db, [join(folder, 'Ben')]);
    expect(found!.brings!.tables).toEqual([{ table: 'video', added: 0, changed: 2, deleted: 0, conflicts: 0 }]);
  });
  await merge('Ann');
  await merge('Ben');
  expect(await states()).toEqual({
    coders: [
      ['Ann', 2, 0, 1],
      ['Ben', 2, 1, 1],
    ],
    videos: { 'interview.mp4': 'in_review', 'other.mp4': 'in_review' },
    conflicts: 0,
  });
  await setReview('Ben', 'interview.mp4', 'done');
  await merge('Ben');
  expect(await states()).toEqual({
    coders: [
      ['Ann', 2, 0, 1],
      ['Ben', 2, 0, 2],
    ],
    videos: { 'interview.mp4': 'done', 'other.mp4': 'in_review' },
    conflicts: 0,
  });
  // A second copy for the same coder does not take the progress back.
  await inProject(main, (db) => giveCopies(db, join(folder, 'second'), { coders: ['Ben'], videos: [], doubleShare: 1, seed: 1 }));
  expect((await states()).coders[1]).toEqual(['Ben', 2, 0, 2]);
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
      { coder: 'Ann', given: null, inReview: 0, done: 0, videos: 1, labels: 2, peaks: 0, of: 1 },
      { coder: 'Ben', given: null, inReview: 0, done: 0, videos: 1, labels: 0, peaks: 0, of: 1 },
      { coder: 'Cara', given: null, inReview: 0, done: 0, videos: 1, labels: 1, peaks: 0, of: 1 },
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
  const bytes = await readFile(join(folder, without, 'project.adatosk'));
  expect(bytes.includes('SECRET')).toBe(false);
  // A video that a copy does not have is not deleted by its merge.
  await mergeCopies([join(folder, without)], main);
  expect((await namesIn('main')).length).toBe(20);
  await inProject(main, async (db) => {
    expect(videoOf(db, ids.video).name).toBe('interview.mp4');
    expect(readLayer(db, ids.annLayer).segments).toHaveLength(2);
    const again = (coders: string[]) => giveCopies(db, folder, { coders, videos: [], doubleShare: 1, seed: 1 });
    await expect(again(['a/b', 'a:b'])).rejects.toMatchObject({ id: 'wrong-usage/same-folder' });
    await expect(again(['Ann'])).rejects.toMatchObject({ id: 'project-exists' });
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
    await change('main', (db) => void addVideo(db, { path: '/videos/other.mp4', name: 'other.mp4', size: 1, modifiedMs: 0 }));
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
