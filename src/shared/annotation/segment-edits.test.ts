import { describe, expect, test } from 'vitest';
import type { SegmentRow } from './segment-edits.ts';
import { acceptProposal, clearSpan, createSegment, cutLabels, merge, resize, snap, split, withNeighbours } from './segment-edits.ts';
import type { RowEdit } from './editable-rows.ts';

let number = 0;
const by = { name: 'Ann', at: '2026-11-24T10:00:00.000Z', newId: () => `new ${++number}` };
const segment = (id: string, start_s: number, end_s: number, face_id = 1): SegmentRow => ({
  id,
  layer_id: 'layer',
  face_id,
  label: 'anger',
  start_s,
  end_s,
  confidence: 0.8,
  made_by: 'model',
  made_at: by.at,
  proposal_id: null,
  model_sha256: 'ab',
  revision: 7,
});
/** The spans after the edits are applied. */
function after(segments: readonly SegmentRow[], edits: readonly RowEdit<'segment'>[]): string[] {
  const rows = new Map(segments.map((row) => [row.id, row]));
  for (const edit of edits) {
    if (edit.kind === 'delete') rows.delete(edit.id);
    else if (edit.kind === 'insert') rows.set(edit.row.id, { ...edit.row, revision: 8 });
    else rows.set(edit.id, { ...rows.get(edit.id)!, ...edit.set });
  }
  return [...rows.values()].sort((a, b) => a.start_s - b.start_s).map(({ face_id, label, start_s, end_s }) => `${face_id} ${label} ${start_s}-${end_s}`);
}

describe('segment edits', () => {
  test('a span is joined with the segments of its label that touch or overlap it; others stay', () => {
    const known = [
      segment('before', 0, 1),
      segment('overlapping', 1.5, 2.5),
      segment('far', 4, 5),
      segment('other face', 0, 1, 2),
      { ...segment('fear', 2, 3), label: 'fear' },
    ];
    const { span, edits, others } = withNeighbours(known, 1, 'anger', { startS: 1, endS: 2 });
    expect(span).toEqual({ startS: 0, endS: 2.5 });
    expect(after(known, edits)).toEqual(['2 anger 0-1', '1 fear 2-3', '1 anger 4-5']);
    expect(others.map(({ id }) => id)).toEqual(['far', 'other face', 'fear']);
  });

  test('a split makes two adjacent segments; merging them restores the original', () => {
    const whole = segment('a', 1, 3);
    const halves = split(whole, 2, by);
    expect(after([whole], halves)).toEqual(['1 anger 1-2', '1 anger 2-3']);
    expect(after([segment('a', 1, 2), segment('b', 2, 3)], merge(segment('a', 1, 2), segment('b', 2, 3)))).toEqual(['1 anger 1-3']);
  });

  test.each([0.5, 1, 1.001, 2.999, 3, 4])('a split at %d s, at an edge of 1 to 3 s or outside, makes no edits', (at) => {
    expect(split(segment('a', 1, 3), at, by)).toEqual([]);
  });

  test('a segment cannot become shorter than a frame', () => {
    expect(resize(segment('a', 1, 3), { startS: 2, endS: 2.001 })).toEqual([]);
  });

  test('clearing a span cuts neighbours, splits a surrounding segment, deletes a contained one and keeps other faces', () => {
    const segments = [segment('a', 0, 2), segment('b', 2.5, 3), segment('c', 3.5, 6), segment('d', 0, 9, 2)];
    const span = { startS: 1, endS: 4 };
    expect(after(segments, [...clearSpan(segments, 1, span, by), createSegment('layer', 1, 'fear', span, by)])).toEqual([
      '1 anger 0-1',
      '2 anger 0-9',
      '1 fear 1-4',
      '1 anger 4-6',
    ]);
    const surrounding = [segment('a', 0, 9)];
    expect(after(surrounding, clearSpan(surrounding, 1, span, by))).toEqual(['1 anger 0-1', '1 anger 4-9']);
    expect(clearSpan(surrounding, 1, span, by, 'a')).toEqual([]);
    expect(clearSpan([segment('a', 0, 1), segment('b', 4, 5)], 1, span, by)).toEqual([]);
  });

  test('what becomes of the labels in a span is named with their times before', () => {
    const segments = [segment('a', 0, 2), segment('b', 2.5, 3), segment('c', 3.5, 6), segment('d', 0, 9, 2)];
    expect(cutLabels(segments, 1, { startS: 1, endS: 4 })).toEqual([
      { label: 'anger', startS: 0, endS: 2, change: 'shortened' },
      { label: 'anger', startS: 2.5, endS: 3, change: 'deleted' },
      { label: 'anger', startS: 3.5, endS: 6, change: 'shortened' },
    ]);
    expect(cutLabels(segments, 2, { startS: 1, endS: 4 })).toEqual([{ label: 'anger', startS: 0, endS: 9, change: 'divided' }]);
    expect(cutLabels(segments, 1, { startS: 1, endS: 4 }, 'b').map(({ startS }) => startS)).toEqual([0, 3.5]);
    expect(cutLabels(segments, 1, { startS: 6, endS: 7 })).toEqual([]);
  });

  test('an accepted proposal keeps its provenance', () => {
    expect(acceptProposal(segment('p', 1, 2), 'mine', by)).toMatchObject({
      row: { layer_id: 'mine', made_by: 'Ann', proposal_id: 'p', model_sha256: 'ab', confidence: 0.8 },
    });
  });

  test('an edge snaps to the nearest moment within the distance', () => {
    expect([snap(1.04, [0, 1, 1.1], 0.05), snap(1.06, [0, 1, 1.1], 0.05), snap(1.5, [0, 1], 0.05)]).toEqual([1, 1.1, 1.5]);
  });
});
