import { describe, expect, test } from 'vitest';
import { entropyOf } from '../domain/expressions.ts';
import { bitsOf, isTurned, reasonsOf, unusualReasons } from './doubt.ts';
import { UNUSUAL_REASONS } from '../domain/timeline.ts';

test('the entropy is 0 for a certain class, 1 for equal ones, and that of a coin between two', () => {
  expect(entropyOf([0, 1, 0, 0, 0, 0, 0])).toBe(0);
  expect(entropyOf(new Array<number>(7).fill(1 / 7))).toBeCloseTo(1, 5);
  expect(entropyOf([0.5, 0, 0.5, 0, 0, 0, 0])).toBeCloseTo(Math.LN2 / Math.log(7), 6);
});

test('the entropy of probabilities does not change when a table rounds them', () => {
  const probabilities = [0.1234567891, 0.2000004999, 0.3, 0.1, 0.1765427, 0.05, 0.05];
  expect(entropyOf(probabilities.map((p) => Math.round(p * 1e6) / 1e6))).toBe(entropyOf(probabilities));
});

describe('an unusual face', () => {
  const usual = { pose: { yaw: 10, pitch: -20, roll: 170 }, faceConfidence: 0.9, similarity: 0.2, leastSimilarity: 0.06, mirrorDifference: 0.1 };

  test('has a reason for each sign, and a usual face has none', () => {
    expect(unusualReasons(usual)).toEqual([]);
    expect(unusualReasons({ ...usual, pose: { yaw: -41, pitch: 0, roll: 0 } })).toEqual(['turned']);
    expect(unusualReasons({ ...usual, faceConfidence: 0.4 })).toEqual(['low_score']);
    expect(unusualReasons({ ...usual, similarity: 0.05 })).toEqual(['unlike_classes']);
    expect(unusualReasons({ ...usual, mirrorDifference: 0.6 })).toEqual(['mirror_differs']);
  });

  test('is not claimed where nothing is known', () => {
    expect(unusualReasons({ pose: null, faceConfidence: null, similarity: null, leastSimilarity: 0.06, mirrorDifference: null })).toEqual([]);
    expect(unusualReasons({ ...usual, similarity: -1, leastSimilarity: null })).toEqual([]);
  });

  test('is turned only beyond 40 degrees of yaw or pitch, whatever its roll', () => {
    expect([40, 40.1, -40.1].map((yaw) => isTurned({ yaw, pitch: 0, roll: 0 }))).toEqual([false, true, true]);
    expect([isTurned({ yaw: 0, pitch: 45, roll: 0 }), isTurned({ yaw: 0, pitch: 0, roll: 90 }), isTurned(null)]).toEqual([true, false, false]);
  });

  test('keeps its reasons as bits', () => {
    for (let bits = 0; bits < 2 ** UNUSUAL_REASONS.length; bits++) expect(bitsOf(reasonsOf(bits))).toBe(bits);
  });
});
