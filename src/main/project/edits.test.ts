import { step } from '../../shared/annotation/steps.ts';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../testing/project.ts';
import type { AppliedEdit, RowEdit } from '../../shared/annotation/editable-rows.ts';
import type { SegmentRow } from '../../shared/annotation/segment-edits.ts';
import type { ProjectDatabase } from './store/database.ts';
import { applyEdit, goToStep, history, newId, redo, undo } from './edits.ts';
import { openProject } from './store/open-project.ts';

const edit = (db: ProjectDatabase, coderId: string, label: string, ...rows: RowEdit[]): AppliedEdit =>
  applyEdit(db, { coderId, step: step('other', { text: label }), rows });
const revisionOf = (db: ProjectDatabase, id: string): number => db.row(db.sql.selectFrom('segment').select('revision').where('id', '=', id))!.revision;
const segments = (db: ProjectDatabase): { id: string; start_s: number; label: string; revision: number }[] =>
  db.rows(db.sql.selectFrom('segment').select(['id', 'start_s', 'label', 'revision']).orderBy('start_s'));

describe('an edit', () => {
  test('of several rows is one step for undo and redo', async () => {
    const project = await makeProject();
    const { ann, annLayer } = furnish(project);
    const { db } = project;
    const rows = [1, 2, 3].map((start) => someSegment(annLayer, start));
    edit(db, ann, 'Label three', ...rows.map((row) => ({ table: 'segment', kind: 'insert', row }) as const));
    edit(
      db,
      ann,
      'Relabel',
      ...rows.map(({ id }) => ({ table: 'segment', kind: 'update', id, revision: revisionOf(db, id), set: { label: 'anger' } }) as const),
    );
    expect(segments(db).map(({ label }) => label)).toEqual(['anger', 'anger', 'anger']);
    expect(undo(db, ann)?.step.parameters).toEqual({ text: 'Relabel' });
    expect(segments(db).map(({ label }) => label)).toEqual(['happiness', 'happiness', 'happiness']);
    undo(db, ann);
    expect(segments(db)).toEqual([]);
    expect(undo(db, ann)).toBeNull();
    redo(db, ann);
    redo(db, ann);
    expect(redo(db, ann)).toBeNull();
    expect(segments(db).map(({ label }) => label)).toEqual(['anger', 'anger', 'anger']);
    expect(history(db, ann, 10).map(({ step: { parameters }, state }) => [parameters, state])).toEqual([
      [{ text: 'Relabel' }, 'done'],
      [{ text: 'Label three' }, 'done'],
    ]);
    project.close();
  });

  test('going to a step undoes or redoes all others in one transaction; a conflict changes nothing', async () => {
    const project = await makeProject();
    const { ann, ben, annLayer } = furnish(project);
    const { db } = project;
    for (const start of [1, 2, 3, 4]) edit(db, ann, `Label ${start}`, { table: 'segment', kind: 'insert', row: someSegment(annLayer, start) });
    const starts = (): number[] => segments(db).map(({ start_s }) => start_s);
    const idOf = (label: string): number => history(db, ann, 10).find(({ step: { parameters } }) => (parameters as { text: string }).text === label)!.id;
    expect(goToStep(db, ann, idOf('Label 2'))).toHaveLength(2);
    expect(starts()).toEqual([1, 2]);
    expect(goToStep(db, ann, idOf('Label 4'))).toHaveLength(2);
    expect(starts()).toEqual([1, 2, 3, 4]);
    // Somebody changed the label of the second step in the meantime: nothing is undone, not even the later steps.
    db.run(db.sql.updateTable('segment').set({ label: 'anger' }).where('start_s', '=', 2));
    expect(() => goToStep(db, ann, idOf('Label 1'))).toThrow(expect.objectContaining({ code: 'edit-conflict' }) as Error);
    expect(starts()).toEqual([1, 2, 3, 4]);
    // Nobody goes to the steps of another person.
    expect(goToStep(db, ben, idOf('Label 1'))).toEqual([]);
    project.close();
  });

  test('can be undone after a restart', async () => {
    const project = await makeProject();
    const { ann, annLayer } = furnish(project);
    edit(project.db, ann, 'Label', { table: 'segment', kind: 'insert', row: someSegment(annLayer, 1) });
    project.close();
    const again = await openProject(project.folder);
    expect(undo(again.db, ann)?.step.parameters).toEqual({ text: 'Label' });
    expect(segments(again.db)).toEqual([]);
    again.close();
    const third = await openProject(project.folder);
    redo(third.db, ann);
    expect(segments(third.db)).toHaveLength(1);
    third.close();
  });

  test('of an old revision is rejected and changes none of its rows', async () => {
    const project = await makeProject();
    const { ann, annLayer } = furnish(project);
    const { db } = project;
    const row = someSegment(annLayer, 1);
    edit(db, ann, 'Label', { table: 'segment', kind: 'insert', row });
    const seen = revisionOf(db, row.id);
    edit(db, ann, 'Move', { table: 'segment', kind: 'update', id: row.id, revision: seen, set: { end_s: 5 } });
    const stale: RowEdit = { table: 'segment', kind: 'update', id: row.id, revision: seen, set: { end_s: 9 } };
    const fresh: RowEdit = { table: 'segment', kind: 'insert', row: someSegment(annLayer, 7) };
    expect(() => edit(db, ann, 'Move', fresh, stale)).toThrow(expect.objectContaining({ code: 'edit-stale' }));
    expect(segments(db)).toMatchObject([{ start_s: 1, revision: seen + 1 }]);
    expect(history(db, ann, 10)).toHaveLength(2);
    project.close();
  });

  test("cannot change a model's layer or another coder's layer", async () => {
    const project = await makeProject();
    const { ann, annLayer, benLayer, modelLayer } = furnish(project);
    const { db } = project;
    for (const layer of [benLayer, modelLayer])
      expect(() => edit(db, ann, 'Label', { table: 'segment', kind: 'insert', row: someSegment(layer, 1) })).toThrow(
        expect.objectContaining({ code: 'layer-protected' }),
      );
    const row = someSegment(annLayer, 1);
    edit(db, ann, 'Label', { table: 'segment', kind: 'insert', row });
    expect(() =>
      edit(db, ann, 'Move', { table: 'segment', kind: 'update', id: row.id, revision: revisionOf(db, row.id), set: { layer_id: modelLayer } }),
    ).toThrow(expect.objectContaining({ code: 'layer-protected' }));
    expect(() => edit(db, ann, 'Move', { table: 'layer', kind: 'delete', id: modelLayer, revision: 1 })).toThrow(
      expect.objectContaining({ code: 'layer-protected' }),
    );
    project.close();
  });

  test('that renames a label of the scheme renames it in the labels of all coders, in one undo step', async () => {
    const project = await makeProject();
    const { ann, ben, annLayer, benLayer, modelLayer } = furnish(project);
    const { db } = project;
    const smirk = { id: 'smirk', scheme_id: 'seven-expressions', name: 'smrik', colour: '#882255', key: '8', description: '', position: 7, maps_to: null };
    edit(db, ann, 'Labels', { table: 'label', kind: 'insert', row: smirk });
    const given = (layer: string, start: number): Omit<SegmentRow, 'revision'> => someSegment(layer, start, { label: 'smrik' });
    edit(db, ann, 'Label', { table: 'segment', kind: 'insert', row: given(annLayer, 1) }, { table: 'segment', kind: 'insert', row: someSegment(annLayer, 3) });
    edit(db, ben, 'Label', { table: 'segment', kind: 'insert', row: given(benLayer, 2) });
    const { start_s, end_s, confidence, ...of } = given(annLayer, 1);
    const peak = { ...of, id: newId(), onset_s: start_s, apex_s: 1.5, offset_s: end_s, intensity: confidence, prominence: null, mask_final: null };
    edit(db, ann, 'Peak', { table: 'peak', kind: 'insert', row: peak });
    db.run(db.sql.insertInto('segment').values({ ...given(modelLayer, 5), revision: 1 }));
    const revisionNow = db.row(db.sql.selectFrom('label').select('revision').where('id', '=', 'smirk'))!.revision;
    const labels = (): string[] => segments(db).map(({ label }) => label);
    const peaks = (): string[] => db.rows(db.sql.selectFrom('peak').select('label')).map(({ label }) => label);
    const { changes, clock } = edit(db, ann, 'Rename', { table: 'label', kind: 'update', id: 'smirk', revision: revisionNow, set: { name: 'smirk' } });
    expect(changes).toHaveLength(4);
    // Segments by time: Ann's, Ben's, another label of Ann's, the model's.
    expect(labels()).toEqual(['smirk', 'smirk', 'happiness', 'smrik']);
    expect(peaks()).toEqual(['smirk']);
    // Windows request the changes after their last known clock.
    expect(segments(db).map((each) => each.revision === clock)).toEqual([true, true, false, false]);
    undo(db, ann);
    expect(labels()).toEqual(['smrik', 'smrik', 'happiness', 'smrik']);
    expect(peaks()).toEqual(['smrik']);
    redo(db, ann);
    expect(labels()).toEqual(['smirk', 'smirk', 'happiness', 'smrik']);
    project.close();
  });

  test('with times in the wrong order is rejected with a message', async () => {
    const project = await makeProject();
    const { ann, annLayer } = furnish(project);
    expect(() => edit(project.db, ann, 'Label', { table: 'segment', kind: 'insert', row: someSegment(annLayer, 5, { end_s: 4 }) })).toThrow(
      /times are out of order/,
    );
    expect(segments(project.db)).toEqual([]);
    project.close();
  });

  test('cannot delete a layer that still has labels, because undo would not restore them', async () => {
    const project = await makeProject();
    const { ann, annLayer } = furnish(project);
    const { db } = project;
    const row = someSegment(annLayer, 1);
    edit(db, ann, 'Label', { table: 'segment', kind: 'insert', row });
    expect(() => edit(db, ann, 'Delete layer', { table: 'layer', kind: 'delete', id: annLayer, revision: 1 })).toThrow(
      expect.objectContaining({ id: 'edit-invalid/still-used', detail: 'layer, segment' }),
    );
    edit(
      db,
      ann,
      'Delete layer',
      { table: 'segment', kind: 'delete', id: row.id, revision: revisionOf(db, row.id) },
      { table: 'layer', kind: 'delete', id: annLayer, revision: 1 },
    );
    undo(db, ann);
    expect(segments(db)).toHaveLength(1);
    project.close();
  });
});

describe('undo', () => {
  test("reverts a coder's own last edit, also after edits of others", async () => {
    const project = await makeProject();
    const { ann, ben, annLayer, benLayer } = furnish(project);
    const { db } = project;
    edit(db, ann, 'Ann labels', { table: 'segment', kind: 'insert', row: someSegment(annLayer, 1) });
    edit(db, ben, 'Ben labels', { table: 'segment', kind: 'insert', row: someSegment(benLayer, 2) });
    expect(undo(db, ann)?.step.parameters).toEqual({ text: 'Ann labels' });
    expect(segments(db).map(({ start_s }) => start_s)).toEqual([2]);
    project.close();
  });

  test('is rejected if another coder has changed the same row, and changes nothing', async () => {
    const project = await makeProject();
    const { ann, ben, video } = furnish(project);
    const { db } = project;
    edit(db, ann, 'Begin review', { table: 'video', kind: 'update', id: video, revision: 1, set: { review: 'in_review' } });
    edit(db, ben, 'End review', { table: 'video', kind: 'update', id: video, revision: 2, set: { review: 'done' } });
    expect(() => undo(db, ann)).toThrow(expect.objectContaining({ code: 'edit-conflict' }));
    expect(db.row(db.sql.selectFrom('video').select(['review', 'revision']))).toEqual({ review: 'done', revision: 3 });
    project.close();
  });

  test('creates new revisions, so that windows with the old row are updated', async () => {
    const project = await makeProject();
    const { ann, annLayer } = furnish(project);
    const { db } = project;
    const row = someSegment(annLayer, 1);
    edit(db, ann, 'Label', { table: 'segment', kind: 'insert', row });
    edit(db, ann, 'Move', { table: 'segment', kind: 'update', id: row.id, revision: revisionOf(db, row.id), set: { end_s: 5 } });
    const seen = revisionOf(db, row.id);
    undo(db, ann);
    expect(revisionOf(db, row.id)).toBe(seen + 1);
    undo(db, ann);
    redo(db, ann);
    expect(revisionOf(db, row.id)).toBe(seen + 3);
    project.close();
  });

  test('cannot be followed by redo after a new edit', async () => {
    const project = await makeProject();
    const { ann, annLayer } = furnish(project);
    const { db } = project;
    edit(db, ann, 'First', { table: 'segment', kind: 'insert', row: someSegment(annLayer, 1) });
    undo(db, ann);
    edit(db, ann, 'Second', { table: 'segment', kind: 'insert', row: someSegment(annLayer, 2) });
    expect(redo(db, ann)).toBeNull();
    expect(history(db, ann, 10).map(({ step: { parameters } }) => parameters)).toEqual([{ text: 'Second' }]);
    project.close();
  });
});
