import { describe, expect, test } from 'vitest';
import { someRow } from '../../../../testing/results.ts';
import { TimingTable } from '../../../shared/domain/time.ts';
import type { PictureBox, TimelineRow } from '../../../shared/domain/timeline.ts';
import { coverPlan } from './cover-plan.ts';

/** Ten seconds at 25 frames a second. */
const timing = new TimingTable(
  Float64Array.from({ length: 250 }, (_, i) => i / 25),
  1 / 25,
  { duplicateTimestamps: 0, missingTimestamps: 0, tick: 1e-3 },
);
const FRAMES_PER_SLOT = 5;
const box = (x: number): PictureBox => ({ x, y: 40, width: 20, height: 20 });

/** The rows of a face; null for a slot without detection. */
const rowsOf = (face: number, firstSlot: number, boxes: readonly (PictureBox | null)[], more: Partial<TimelineRow> = {}): TimelineRow[] =>
  boxes.map((each, i) => {
    const slot = firstSlot + i;
    const span = { startS: slot / 5, endS: (slot + 1) / 5, startFrame: slot * FRAMES_PER_SLOT, endFrame: (slot + 1) * FRAMES_PER_SLOT };
    return someRow(face, slot, { ...span, box: each, faceConfidence: each === null ? null : 0.9, status: each === null ? 'no_face' : 'ok', ...more });
  });
const empty = (): TimelineRow[] =>
  rowsOf(
    0,
    0,
    Array.from({ length: 50 }, () => null),
  );
const repeated = (count: number, x = 100): PictureBox[] => Array.from({ length: count }, () => box(x));

const covers = (outer: PictureBox, inner: PictureBox): boolean =>
  outer.x <= inner.x && outer.y <= inner.y && outer.x + outer.width >= inner.x + inner.width && outer.y + outer.height >= inner.y + inner.height;

describe('what is hidden', () => {
  test('between two detections, both places and every place between them, in each frame', () => {
    const plan = coverPlan([empty(), rowsOf(1, 0, [box(0), box(50), box(60), ...repeated(47, 60)])], timing, true);
    for (let frame = 0; frame < 10; frame++) {
      const [from, to] = frame < 5 ? [0, 50] : [50, 60];
      const step = (frame % FRAMES_PER_SLOT) / FRAMES_PER_SLOT;
      expect(plan.at(frame).some((span) => covers(span.box, box(from + step * (to - from))) && covers(span.box, box(to)))).toBe(true);
    }
    // The size of the face, not of its way, decides how coarse the cells are.
    expect(plan.at(0)[0]?.faceSide).toBe(20);
  });

  test('all faces of a frame', () => {
    const plan = coverPlan([empty(), rowsOf(1, 0, repeated(50, 0)), rowsOf(2, 0, repeated(50, 200))], timing, true);
    expect(
      plan
        .at(123)
        .map((span) => span.box.x)
        .sort((a, b) => a - b),
    ).toEqual([0, 200]);
  });

  test('one missed detection: the place between its neighbours, for review', () => {
    const plan = coverPlan([empty(), rowsOf(1, 0, [box(0), box(0), null, box(15), ...repeated(46, 15)])], timing, true);
    expect(plan.missed).toEqual([{ face: 1, startFrame: 10, endFrame: 15, reason: 'interpolated', isHidden: false }]);
    expect(plan.isHidden(12)).toBe(false);
    expect(plan.at(12).some((span) => covers(span.box, box(0)) && covers(span.box, box(15)))).toBe(true);
  });

  test('a longer gap: the whole picture, or the places on both sides of it', () => {
    const rows = rowsOf(1, 0, [box(0), box(0), null, null, null, box(10), ...repeated(44, 10)]);
    const hidden = coverPlan([empty(), rows], timing, true);
    expect(hidden.missed).toEqual([{ face: 1, startFrame: 10, endFrame: 25, reason: 'gap', isHidden: true }]);
    expect([9, 10, 24, 25].map((frame) => hidden.isHidden(frame))).toEqual([false, true, true, false]);
    const shown = coverPlan([empty(), rows], timing, false);
    expect(shown.missed).toEqual([{ face: 1, startFrame: 10, endFrame: 25, reason: 'gap', isHidden: false }]);
    for (let frame = 10; frame < 25; frame++) expect(shown.at(frame).some((span) => covers(span.box, box(0)) && covers(span.box, box(10)))).toBe(true);
  });

  test('a second before the first and after the last detection, also where the face would be if it moved on', () => {
    const plan = coverPlan([empty(), rowsOf(1, 10, [box(100), box(110), box(120)])], timing, false);
    expect(plan.missed).toEqual([
      { face: 1, startFrame: 25, endFrame: 50, reason: 'before', isHidden: false },
      { face: 1, startFrame: 65, endFrame: 91, reason: 'after', isHidden: false },
    ]);
    for (let frame = 25; frame < 50; frame++) expect(plan.at(frame).some((span) => covers(span.box, box(90)) && covers(span.box, box(100)))).toBe(true);
    for (let frame = 65; frame < 91; frame++) expect(plan.at(frame).some((span) => covers(span.box, box(120)) && covers(span.box, box(130)))).toBe(true);
    expect([...plan.at(24), ...plan.at(91)]).toEqual([]);
    expect(coverPlan([empty(), rowsOf(1, 10, [box(100)])], timing, true).isHidden(49)).toBe(true);
  });

  test('a face until the end of the video is for no review', () => {
    const plan = coverPlan([empty(), rowsOf(1, 0, repeated(50))], timing, true);
    expect(plan.missed).toEqual([]);
    expect(plan.at(249)).toHaveLength(1);
  });

  test('two detections in a row that do not overlap, as at a cut', () => {
    const plan = coverPlan([empty(), rowsOf(1, 0, [...repeated(10, 0), ...repeated(40, 300)])], timing, true);
    expect(plan.missed).toEqual([{ face: 1, startFrame: 45, endFrame: 50, reason: 'jump', isHidden: true }]);
  });

  test('a low score: the face, for review', () => {
    const rows = rowsOf(1, 0, repeated(50)).map((row) => (row.slot === 4 || row.slot === 5 ? { ...row, faceConfidence: 0.5 } : row));
    const plan = coverPlan([empty(), rows], timing, true);
    expect(plan.missed).toEqual([{ face: 1, startFrame: 20, endFrame: 30, reason: 'low_score', isHidden: false }]);
    expect(plan.at(22)).toHaveLength(1);
  });

  test.each([true, false])('frames that were not analysed: always the whole picture (hideMissed %s)', (hideMissed) => {
    const rows = empty().filter(({ slot }) => slot >= 10 && slot < 40);
    const plan = coverPlan([rows], timing, hideMissed);
    expect(plan.missed.map(({ startFrame, endFrame, reason, isHidden }) => [startFrame, endFrame, reason, isHidden])).toEqual([
      [0, 50, 'not_analysed', true],
      [200, 250, 'not_analysed', true],
    ]);
    expect([49, 50, 199, 200].map((frame) => plan.isHidden(frame))).toEqual([true, false, false, true]);
  });

  test('a face that the check found: its place, 0.3 s around the frame', () => {
    const plan = coverPlan([empty()], timing, true);
    const more = plan.with([{ frame: 100, box: box(7) }], timing, false);
    expect([91, 92, 107, 108].map((frame) => more.at(frame).length)).toEqual([0, 1, 1, 0]);
    expect(more.missed).toEqual([{ face: null, startFrame: 100, endFrame: 101, reason: 'face_found', isHidden: false }]);
    const whole = plan.with([{ frame: 100, box: box(7) }], timing, true);
    expect([91, 92, 107, 108].map((frame) => whole.isHidden(frame))).toEqual([false, true, true, false]);
    expect(plan.at(100)).toEqual([]);
  });
});
