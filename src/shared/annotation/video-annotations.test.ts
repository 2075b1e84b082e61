import { describe, expect, test } from 'vitest';
import type { AnyRow, RowChange } from './editable-rows.ts';
import type { VideoAnnotations } from './video-annotations.ts';
import { applyChanges, noAnnotations } from './video-annotations.ts';

const segment = (id: string, start: number, revision: number, more: AnyRow = {}): AnyRow => ({
  id,
  layer_id: 'mine',
  face_id: 1,
  label: 'fear',
  start_s: start,
  end_s: start + 1,
  confidence: null,
  revision,
  made_by: 'Ann',
  made_at: '',
  proposal_id: null,
  model_sha256: null,
  ...more,
});
const change = (table: RowChange['table'], id: string, before: AnyRow | null, after: AnyRow | null): RowChange => ({ table, id, before, after });
const layer: AnyRow = { id: 'mine', video_id: 'v', kind: 'coder', coder_id: 'ann', run_id: null, scheme_id: 's', created_at: '', revision: 1 };
const start = applyChanges(noAnnotations('v'), { clock: 1, changes: [change('layer', 'mine', null, layer)] });
const ids = ({ layers }: VideoAnnotations): string[] => layers.flatMap(({ segments }) => segments.map(({ id, revision }) => `${id} ${revision}`));

describe('applied row changes', () => {
  const [a, b, moved] = [segment('a', 5, 2), segment('b', 1, 3), segment('a', 0, 4)];
  const edits = [
    { clock: 2, changes: [change('segment', 'a', null, a)] },
    { clock: 3, changes: [change('segment', 'b', null, b)] },
    { clock: 4, changes: [change('segment', 'a', a, moved)] },
    { clock: 5, changes: [change('segment', 'b', b, null)] },
  ];

  test('insert rows into their layer in order of time, and delete them', () => {
    expect(ids(edits.slice(0, 2).reduce(applyChanges, start))).toEqual(['b 3', 'a 2']);
    expect(ids(edits.slice(0, 3).reduce(applyChanges, start))).toEqual(['a 4', 'b 3']);
    expect(ids(edits.reduce(applyChanges, start))).toEqual(['a 4']);
  });

  test('give the same result in any order and with repetitions', () => {
    for (let seed = 0; seed < 24; seed++) {
      const order = [...edits, ...edits].map((edit, i) => ({ edit, key: Math.sin(seed * 17 + i * 31) })).sort((one, other) => one.key - other.key);
      expect(ids(order.map(({ edit }) => edit).reduce(applyChanges, start))).toEqual(['a 4']);
    }
  });

  test('of trials keep them in order of time; an older revision that arrives late is dropped', () => {
    const trial = (at: number, revision: number): AnyRow => ({ id: 't', video_id: 'v', name: '1', start_s: at, end_s: null, revision });
    const marker: AnyRow = { ...trial(3, 2), id: 'm' };
    const known = applyChanges(start, { clock: 4, changes: [change('trial', 't', null, trial(5, 4)), change('trial', 'm', null, marker)] });
    const late = applyChanges(known, { clock: 3, changes: [change('trial', 't', null, trial(1, 3))] });
    expect(late.trials.map(({ id, start_s }) => [id, start_s])).toEqual([
      ['m', 3],
      ['t', 5],
    ]);
  });

  test('of other videos and unknown layers have no effect', () => {
    const note: AnyRow = { id: 'n', video_id: 'other', coder_id: 'ann', at_s: 1, text: 'x', made_at: '', revision: 9 };
    const elsewhere = { clock: 9, changes: [change('note', 'n', null, note), change('segment', 's', null, segment('s', 1, 9, { layer_id: 'another' }))] };
    expect(applyChanges(start, elsewhere)).toMatchObject({ layers: start.layers, notes: [] });
  });

  test('of an import with 100,000 labels are applied at once; layers without a change stay the same object', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => change('segment', `s${i}`, null, segment(`s${i}`, 100_000 - i, 2)));
    const other = change('layer', 'other', null, { ...layer, id: 'other', coder_id: 'ben' });
    const before = applyChanges(start, { clock: 1, changes: [other] });
    const after = applyChanges(before, { clock: 2, changes: many });
    expect(after.layers[0]!.segments.map(({ start_s }) => start_s)).toEqual(Array.from({ length: 100_000 }, (_, i) => i + 1));
    expect(after.layers[1]).toBe(before.layers[1]);
    const undone = many.map(({ id, after: row }) => change('segment', id, row, null));
    expect(applyChanges(after, { clock: 3, changes: undone }).layers[0]!.segments).toEqual([]);
  });

  test('keep notes and decisions of the video separate', () => {
    const note: AnyRow = { id: 'n', video_id: 'v', coder_id: 'ann', at_s: 1, text: 'rejected: fear, face 1, 1.000 to 2.000 s', made_at: '', revision: 9 };
    const decision: AnyRow = { id: 'd', video_id: 'v', coder_id: 'ann', kind: 'no_label', start_s: 1, end_s: 2, face_id: 1, made_at: '', revision: 9 };
    const both = applyChanges(start, { clock: 9, changes: [change('note', 'n', null, note), change('decision', 'd', null, decision)] });
    expect([both.notes.map(({ id }) => id), both.decisions.map(({ id }) => id)]).toEqual([['n'], ['d']]);
  });
});
