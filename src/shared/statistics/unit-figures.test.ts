import { expect, test } from 'vitest';
import { unitFigures } from './unit-figures.ts';

test('figures of a unit follow their definitions', () => {
  const figures = unitFigures(12, [0, 0, 0.1, 0.4, 0.8], [0.1, 0.4, 0.2, 0.4, 0.9]);
  expect(figures).toMatchObject({ unit: 12, slots: 5, presentShare: 0.4 });
  expect(figures.meanAbsoluteError).toBeCloseTo(0.7 / 5, 10);
  // Present: 0.4 and 0.9; absent: 0.1 and 0.4; the third slot is neither. Three pairs are in order and one is a tie.
  expect(figures.auc).toBe(3.5 / 4);
  expect(figures.correlation).toBeCloseTo(0.8973, 4);
});

test('a unit that never appears has neither correlation nor AUC', () => {
  expect(unitFigures(1, [0, 0], [0.2, 0.3])).toMatchObject({ correlation: null, auc: null, presentShare: 0 });
});
