import { expect, test } from 'vitest';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { logLossOf, uarOf } from '../../../shared/statistics/recognition.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import type { Calibration } from './prediction.ts';
import { calibrated, favouringNeutral, fitCalibration, fitTemperature } from './prediction.ts';

const NEUTRAL = EXPRESSIONS.indexOf('neutral');

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

test('calibration: the bias corrects a class that is predicted too rarely, and the temperature corrects low confidence', () => {
  const random = randomStream(4, 'shy');
  // Labels are drawn from true probabilities. The network underestimates neutral and has too little confidence.
  const predictions = Array.from({ length: 1500 }, () => {
    const truth = softmax(EXPRESSIONS.map(() => 4 * (random() - 0.5)));
    const at = random();
    let [label, sum] = [0, truth[0]!];
    while (sum < at && label < EXPRESSIONS.length - 1) sum += truth[++label]!;
    return { label, probabilities: softmax(truth.map((p, c) => 0.5 * (Math.log(p) - (c === NEUTRAL ? 1.2 : 0)))) };
  });
  const { temperature, bias } = fitCalibration(predictions);
  expect(temperature).toBeGreaterThan(0.42);
  expect(temperature).toBeLessThan(0.58);
  const others = bias.filter((_, c) => c !== NEUTRAL);
  expect(Math.abs(bias[NEUTRAL]! - others.reduce((x, y) => x + y, 0) / others.length - 1.2)).toBeLessThan(0.25);
  const loss = (fit: Calibration): number => logLossOf(predictions.map((each) => ({ ...each, probabilities: calibrated(each.probabilities, fit) })));
  expect(loss({ temperature, bias })).toBeLessThan(loss({ temperature: fitTemperature(predictions), bias: bias.map(() => 0) }) - 0.02);
});

test('calibration: neutral gets the bias with the best UAR, and no bias where none improves it', () => {
  const random = randomStream(5, 'rest');
  const none = { temperature: 1, bias: EXPRESSIONS.map(() => 0) };
  const predicted = (restShort: number): { label: number; probabilities: number[] }[] =>
    Array.from({ length: 7000 }, (__, n) => {
      const label = n % EXPRESSIONS.length;
      return { label, probabilities: softmax(EXPRESSIONS.map((_, c) => 2 * random() + (c === label ? 1.2 : 0) - (c === NEUTRAL ? restShort : 0))) };
    });
  const uar = (predictions: ReturnType<typeof predicted>, fit: Calibration): number =>
    uarOf(predictions.map((each) => ({ ...each, probabilities: calibrated(each.probabilities, fit) })));
  const short = predicted(0.9);
  const fit = favouringNeutral(short, none);
  expect(fit.bias[NEUTRAL]! - fit.bias[0]!).toBeGreaterThan(0.6);
  expect(fit.bias[NEUTRAL]! - fit.bias[0]!).toBeLessThan(1.2);
  expect(fit.bias.reduce((a, b) => a + b, 0)).toBeCloseTo(0);
  expect(uar(short, fit)).toBeGreaterThan(uar(short, none) + 0.01);
  const fair = favouringNeutral(predicted(0), none);
  expect(fair.bias[NEUTRAL]! - fair.bias[0]!).toBeLessThan(0.3);
});
