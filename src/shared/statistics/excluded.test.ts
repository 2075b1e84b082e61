import { expect, test } from 'vitest';
import { faceOutside, joinedSpans, partsOutside } from './excluded.ts';
import type { ObservedFace } from './summaries.ts';
import { figuresOf } from './summaries.ts';

const slots = { times: Float64Array.from([0, 1, 2, 3, 1, 2, 3, 4]), shares: { fear: Float32Array.from([0.25, 0.75, NaN, 0.5]) } };
const face: ObservedFace = {
  ...{ videoId: 'a', video: 'a.mp4', path: '/a.mp4', participant: 'P1', condition: '', session: '', missing: null, face: 1 },
  startS: 0,
  endS: 4,
  observedS: 3,
  marksPeaks: true,
  slots,
  visible: slots,
  segments: [
    { label: 'fear', startS: 0, endS: 2 },
    { label: 'fear', startS: 3, endS: 4 },
  ],
  peaks: [
    { label: 'fear', apexS: 0.6 },
    { label: 'fear', apexS: 3.5 },
  ],
};

test('spans are cut where others exclude them', () => {
  expect(
    partsOutside({ startS: 0, endS: 10 }, [
      { startS: 2, endS: 3 },
      { startS: 9, endS: 12 },
    ]),
  ).toEqual([
    { startS: 0, endS: 2 },
    { startS: 3, endS: 9 },
  ]);
  expect(partsOutside({ startS: 2, endS: 3 }, [{ startS: 1, endS: 4 }])).toEqual([]);
  expect(partsOutside({ startS: 5, endS: 5 }, [{ startS: 1, endS: 4 }])).toEqual([{ startS: 5, endS: 5 }]);
  expect(partsOutside({ startS: 2, endS: 2 }, [{ startS: 1, endS: 4 }])).toEqual([]);
  expect(
    joinedSpans([
      { startS: 3, endS: 5 },
      { startS: 0, endS: 3 },
      { startS: 7, endS: 8 },
    ]),
  ).toEqual([
    { startS: 0, endS: 5 },
    { startS: 7, endS: 8 },
  ]);
});

test('excluded time is not observed, and nothing in it counts; a segment around it is one segment', () => {
  const outside = faceOutside(face, [{ startS: 0.5, endS: 1.5 }]);
  expect(figuresOf(outside, 'fear')).toMatchObject({
    observedS: 2,
    seconds: 2,
    count: 2,
    meanDurationS: 1,
    peaks: 1,
    firstPeakS: 3.5,
    // Half of the first and of the second slot, and the last slot.
    area: 0.5 * 0.25 + 0.5 * 0.75 + 0.5,
    measuredS: 2,
  });
  expect(faceOutside({ ...face, visible: null, slots: null }, [{ startS: 0.5, endS: 1.5 }]).observedS).toBe(3);
  expect(faceOutside(face, [])).toBe(face);
});
