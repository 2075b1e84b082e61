import { expect, test } from 'vitest';
import { pairAgreement } from './pair-agreement.ts';

const span = (face: number, label: string, startS: number, endS: number) => ({ face, label, startS, endS });

// By hand, units of 1 s. Face 1: aaab against aabb. Face 2: only the first coder, a.
const first = [span(1, 'a', 0, 3), span(1, 'b', 3, 4), span(2, 'a', 0, 1)];
const second = [span(1, 'a', 0, 2), span(1, 'b', 2, 4)];

test('units of all faces count; a face that one coder did not label counts as unlabelled by that coder', () => {
  // 3 of 5 units agree; expected: a 4/5 x 2/5 + b 1/5 x 2/5 + none 0 x 1/5 = 0.4; kappa (0.6 - 0.4) / 0.6.
  const { kappa, percent, units } = pairAgreement(first, second, 1, [])!;
  expect([units, percent]).toEqual([5, 0.6]);
  expect(kappa).toBeCloseTo(1 / 3, 12);
});

test('excluded spans do not count', () => {
  // Without 2 to 3 s of face 1 the four other units: 3 agree, expected a 3/4 x 2/4 + b 1/4 x 1/4 = 7/16; kappa (3/4 - 7/16) / (9/16).
  const { kappa, percent, units } = pairAgreement(first, second, 1, [{ startS: 2, endS: 3 }])!;
  expect([units, percent]).toEqual([4, 0.75]);
  expect(kappa).toBeCloseTo(5 / 9, 12);
  expect(pairAgreement(first, second, 1, [{ startS: 0, endS: 4 }])).toBeNull();
});
