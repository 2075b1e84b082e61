import { expect, test } from 'vitest';
import { sampleValues } from '../../training/data/clip-source.ts';
import type { CachedClip } from '../../training/data/cached-clips.ts';
import { inTrainingUnits, trainingUnits } from './training-units.ts';

const clip = (units: number[][] | null, knownUnits?: number[]): CachedClip => ({
  face: { file: '', side: 112, startS: 0, endS: 1, rate: 10, firstSample: 0, present: [true, true], strips: [] },
  first: 0,
  samples: 2,
  label: null,
  moments: null,
  units: units && sampleValues(units),
  ...(knownUnits && { knownUnits }),
});
const SET = [4, 6, 12];

test('a training learns the units that clips know and those of the model', () => {
  const clips = [clip(null), clip([[0, 0, 60]], [1, 0, 1])];
  expect(trainingUnits(clips, SET, [1, 4, 12])).toEqual([1, 4, 12]);
  expect(trainingUnits(clips, SET, [25, 4])).toEqual([4, 12, 25]);
  expect(trainingUnits(clips, SET, undefined)).toEqual([4, 12]);
  expect(trainingUnits([clip([[0, 0, 60]])], SET, undefined)).toEqual(SET);
  expect(trainingUnits([clip(null)], SET, [1, 4, 12])).toEqual([]);
  expect(trainingUnits([clip(null)], null, [1])).toEqual([]);
});

test('a clip is brought into the order of the training; units that it does not have are unknown', () => {
  const partly = clip(
    [
      [10, 20, 30],
      [40, 50, 60],
    ],
    [1, 0, 1],
  );
  const { units, knownUnits } = inTrainingUnits(partly, SET, [12, 1, 4]);
  expect([...units!.values]).toEqual([30, 0, 10, 60, 0, 40]);
  expect(knownUnits).toEqual([1, 0, 1]);
  expect(inTrainingUnits(partly, SET, SET)).toBe(partly);
});
