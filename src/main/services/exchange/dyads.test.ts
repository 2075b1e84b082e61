/** Pairs of people of one video. */
import { expect, test } from 'vitest';
import type { ObservedFace } from '../../../shared/statistics/summaries.ts';
import { dyadsOf, synchronyOf } from './dyads.ts';
import { totalSeconds } from '../../../shared/statistics/excluded.ts';

/** A face that is visible from one slot to another, in slots of 0.2 s. */
function face(id: number, from: number, to: number, valueOf: (slot: number) => number): ObservedFace {
  const slots = 300;
  const times = Float64Array.from([...Array.from({ length: slots }, (_, i) => i / 5), ...Array.from({ length: slots }, (_, i) => (i + 1) / 5)]);
  const neutral = Float32Array.from({ length: slots }, (_, i) => (i >= from && i < to ? 1 - valueOf(i) : NaN));
  const shares = { neutral, happiness: neutral.map((value) => 1 - value) };
  return {
    ...{ videoId: 'v', video: 'v.mp4', path: '/v.mp4', participant: '', condition: '', session: '', missing: 'several-faces', face: id },
    ...{ startS: 0, endS: 60, observedS: (to - from) / 5, marksPeaks: true, segments: [], peaks: [], slots: { times, shares }, visible: { times, shares } },
  };
}
/** A slow course without a period. */
const course = (slot: number): number => 0.5 + 0.25 * Math.sin(slot / 7) + 0.2 * Math.sin(slot / 3.1);

test('a person who leaves and returns with another face id is not a pair with themselves', () => {
  const [before, after, other] = [face(1, 0, 100, course), face(2, 150, 300, course), face(3, 50, 300, course)];
  const pairs = dyadsOf([before, after, other]).map(({ people, together }) => [...people.map(({ first }) => first.face), Math.round(totalSeconds(together))]);
  // Face 3 is longest in the picture: 10 s together with face 1, and 30 s with face 2.
  expect(pairs).toEqual([
    [3, 2, 30],
    [3, 1, 10],
  ]);
});

test('synchrony finds the lag with which one person follows the other', () => {
  const [leader, follower] = [face(1, 0, 300, course), face(2, 0, 300, (slot) => course(slot - 5))];
  for (const name of ['intensity', 'happiness'] as const) {
    const lags = [...synchronyOf(dyadsOf([leader, follower])[0]!, name)];
    expect(lags.toSorted((a, b) => b.r - a.r)[0]!.lagS).toBe(1);
  }
  // A coder's layer has no probabilities.
  expect([...synchronyOf(dyadsOf([leader, follower].map((own) => ({ ...own, slots: null })))[0]!, 'intensity')]).toEqual([]);
});
