import { describe, expect, test } from 'vitest';
import { contrastsOf, maskEffect, pairedEffect } from './mask-effects.ts';

const slot = (shareBefore: number, shareAfter: number, fromApexS: number, classAgnostic: number, classSemantic: number) => ({
  shareBefore,
  shareAfter,
  fromApexS,
  classAgnostic,
  classSemantic,
});

describe('effects of the masks', () => {
  test('onset and offset are compared with the held expression, slots near the apex with slots far from it', () => {
    const contrasts = contrastsOf([
      slot(0, 0, -1, 0.1, 0.2),
      slot(0, 0.5, -0.6, 0.6, 0.3),
      slot(0.5, 0.9, -0.4, 0.8, 0.4),
      slot(0.9, 0.92, 0, 0.2, 0.9),
      slot(0.92, 0.9, 0.2, 0.4, 0.7),
      slot(0.9, 0.1, 0.9, 0.7, 0.1),
    ]);
    expect(contrasts.classAgnostic!.here).toBeCloseTo(0.7, 10);
    expect(contrasts.classAgnostic!.there).toBeCloseTo(0.3, 10);
    expect(contrasts.classSemantic!.here).toBeCloseTo(0.8, 10);
    expect(contrasts.classSemantic!.there).toBeCloseTo(0.15, 10);
  });

  test('a clip without one kind of slots has no contrast', () => {
    expect(contrastsOf([slot(0.8, 0.8, 0, 0.2, 0.5)])).toEqual({ classAgnostic: null, classSemantic: null });
  });

  test('the effect is the mean difference divided by its standard deviation', () => {
    const contrasts = [1, 2, 3].map((here) => ({ here, there: 0 }));
    expect(pairedEffect(contrasts)).toBeCloseTo(2, 10);
    const effect = maskEffect(contrasts, (statistic) => ({ value: statistic(contrasts), low: null, high: null }))!;
    expect(effect).toMatchObject({ clips: 3, here: 2, there: 0, share: 1 });
    expect(pairedEffect(contrasts.slice(1))).toBeNaN();
  });
});
