import { describe, expect, test } from 'vitest';
import type { Prediction } from './recognition.ts';
import { bootstrap, calibrationErrorOf, confusionOf, logLossOf, recallOf, uarOf, warOf } from './recognition.ts';

/** A prediction with the given confidence in its predicted class. */
function prediction(label: number, proposed: number, confidence = 0.9): Prediction {
  const rest = (1 - confidence) / 6;
  return { label, probabilities: Array.from({ length: 7 }, (_, c) => (c === proposed ? confidence : rest)) };
}

/** Nine of ten clips of class 0 are correct, one of two of class 1. */
const SOME = [...Array.from({ length: 9 }, () => prediction(0, 0)), prediction(0, 1), prediction(1, 1), prediction(1, 0)];

describe('recognition', () => {
  test('UAR is the mean of recalls, WAR the accuracy', () => {
    expect(confusionOf(SOME)[0]!.slice(0, 2)).toEqual([9, 1]);
    expect(recallOf(confusionOf(SOME)).slice(0, 3)).toEqual([0.9, 0.5, null]);
    expect(uarOf(SOME)).toBeCloseTo(0.7);
    expect(warOf(SOME)).toBeCloseTo(10 / 12);
  });

  test('calibration error is the gap between confidence and accuracy', () => {
    expect(calibrationErrorOf(SOME)).toBeCloseTo(Math.abs(0.9 - 10 / 12));
    const sure = Array.from({ length: 10 }, (_, i) => prediction(0, i < 8 ? 0 : 1, 0.8));
    expect(calibrationErrorOf(sure)).toBeCloseTo(0);
  });

  test('log loss uses the probability of the true class', () => {
    expect(logLossOf([prediction(0, 0, 0.5)])).toBeCloseTo(Math.log(2));
  });

  test('a bootstrap interval contains the value and is wider when whole people are drawn', () => {
    let state = 1;
    const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    const people = Array.from({ length: 12 }, (_, person) => Array.from({ length: 20 }, () => prediction(0, person % 3 === 0 ? 1 : 0)));
    const byPerson = bootstrap(people, warOf, random);
    const byClip = bootstrap(
      people.flat().map((each) => [each]),
      warOf,
      random,
    );
    expect(byPerson.value).toBeCloseTo(2 / 3);
    expect(byPerson.low!).toBeLessThan(2 / 3);
    expect(byPerson.high!).toBeGreaterThan(2 / 3);
    expect(byPerson.high! - byPerson.low!).toBeGreaterThan(2 * (byClip.high! - byClip.low!));
    expect(bootstrap([], warOf, random)).toEqual({ value: null, low: null, high: null });
    // One person, or one clip: resamples differ in nothing, and an interval from 1 to 1 would look certain.
    expect(bootstrap(people.slice(0, 1), warOf, random)).toEqual({ value: warOf(people[0]!), low: null, high: null });
  });
});
