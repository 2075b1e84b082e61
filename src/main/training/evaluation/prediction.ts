import { EXPRESSIONS, NEUTRAL_INDEX } from '../../../shared/domain/expressions.ts';
import type { ModelManifest } from '../../../shared/domain/manifest.ts';
import { mean } from '../../../shared/basics/mean.ts';
import type { FloatTensor, ModelSession } from '../../../shared/domain/model-session.ts';
import type { Prediction } from '../../../shared/statistics/recognition.ts';
import { logLossOf, uarOf } from '../../../shared/statistics/recognition.ts';
import { clipFeeds } from '../../adatosk/runtime/clip-feeds.ts';
import { OUTPUTS } from '../../adatosk/model/adatosk.ts';
import type { ClipFacts, ClipSource } from '../data/clip-source.ts';
import { evenWindows } from '../data/sampling.ts';

export interface PredictionOptions {
  readonly tokenBudget: number;
  /** Number of windows per clip, whose probabilities are averaged; a clip that is no longer than a window has one. */
  readonly windows: number;
  /** Is given all outputs for each window of a clip. */
  readonly onOutputs?: (facts: ClipFacts, window: readonly number[], outputs: Readonly<Record<string, FloatTensor>>) => void;
}

/** What the network gives for each window of a clip. */
export async function* outputsOf(
  session: ModelSession,
  shape: ModelManifest['clip'],
  source: ClipSource,
  clip: number,
  { tokenBudget, windows }: Pick<PredictionOptions, 'tokenBudget' | 'windows'>,
): AsyncGenerator<{ window: readonly number[]; outputs: Readonly<Record<string, FloatTensor>> }> {
  for (const window of evenWindows(source.clips[clip]!, windows))
    yield { window, outputs: await session.run(clipFeeds(shape, await source.read(clip, window), tokenBudget)) };
}

/**
 * The network's predictions for labelled clips of a source.
 * @param clips indices of the clips
 * @throws Error where a clip has no label
 */
export async function predict(
  session: ModelSession,
  shape: ModelManifest['clip'],
  source: ClipSource,
  clips: readonly number[],
  { tokenBudget, windows, onOutputs }: PredictionOptions,
  onClip: (done: number) => void = () => undefined,
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (const [done, clip] of clips.entries()) {
    const facts = source.clips[clip]!;
    if (facts.label === null) throw new Error('a clip without a label cannot be evaluated');
    const outputsOfWindows: number[][] = [];
    for await (const { window, outputs } of outputsOf(session, shape, source, clip, { tokenBudget, windows })) {
      onOutputs?.(facts, window, outputs);
      outputsOfWindows.push(Array.from(outputs[OUTPUTS.probabilities]!.data));
    }
    predictions.push({ label: facts.label, probabilities: EXPRESSIONS.map((_, c) => mean(outputsOfWindows.map((each) => each[c]!))) });
    onClip(done + 1);
  }
  return predictions;
}

/** Probabilities at another temperature: softmax(log p / T). */
export function atTemperature(probabilities: readonly number[], temperature: number): number[] {
  const powers = probabilities.map((p) => Math.max(1e-12, p) ** (1 / temperature));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

function logLossAt(predictions: readonly Prediction[], temperature: number): number {
  return logLossOf(predictions.map((each) => ({ ...each, probabilities: atTemperature(each.probabilities, temperature) })));
}

/** With fewer clips, the fitted temperature would depend more on these clips than on the model. */
const CLIPS_FOR_CALIBRATION = 50;

/**
 * The temperature with the smallest log loss (Guo et al. 2017), found by golden-section search between 1/8 and 8; 1 for
 * fewer than 50 clips.
 */
export function fitTemperature(predictions: readonly Prediction[]): number {
  if (predictions.length < CLIPS_FOR_CALIBRATION) return 1;
  const loss = (log: number): number => logLossAt(predictions, Math.exp(log));
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-Math.log(8), Math.log(8)];
  for (let i = 0; i < 40; i++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (loss(left) < loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/** The log loss after calibration with the fitted temperature. */
export function logLossAtBest(predictions: readonly Prediction[]): number {
  return logLossAt(predictions, fitTemperature(predictions));
}

/** A temperature and a bias for each class: softmax(log p / temperature + bias). */
export interface Calibration {
  readonly temperature: number;
  /** Mean 0. */
  readonly bias: readonly number[];
}

export function calibrated(probabilities: readonly number[], { temperature, bias }: Calibration): number[] {
  const powers = probabilities.map((p, c) => Math.max(1e-12, p) ** (1 / temperature) * Math.exp(bias[c]!));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

const DESCENTS = 2000;
const DESCENT_RATE = 0.3;
/** L2 regularisation of the biases: with few people, a fitted bias partly describes these people. Chosen by leave-one-person-out. */
const PULL = 0.02;

/**
 * Bias-corrected temperature scaling (Alexandari, Kundaje and Shrikumar 2020): the temperature and the class biases with
 * the smallest regularised log loss. The function is convex in 1 / temperature and the biases; gradient descent minimises
 * it. The biases help because a network that underestimates a class does so for all new faces.
 */
export function fitCalibration(predictions: readonly Prediction[]): Calibration {
  const logs = predictions.map(({ probabilities }) => probabilities.map((p) => Math.log(Math.max(1e-12, p))));
  let scale = 1 / fitTemperature(predictions);
  const bias = EXPRESSIONS.map(() => 0);
  for (let i = 0; i < DESCENTS; i++) {
    let slope = 0;
    const slopes = EXPRESSIONS.map(() => 0);
    logs.forEach((log, n) => {
      const powers = log.map((value, c) => Math.exp(value * scale + bias[c]!));
      const total = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, c) => {
        const error = power / total - (predictions[n]!.label === c ? 1 : 0);
        slopes[c]! += error / logs.length;
        slope += (error * log[c]!) / logs.length;
      });
    });
    // Log probabilities have a large range, so their factor takes smaller steps.
    scale = Math.max(0.05, scale - 0.1 * DESCENT_RATE * slope);
    slopes.forEach((each, c) => (bias[c]! -= DESCENT_RATE * (each + PULL * bias[c]!)));
  }
  const middle = mean(bias);
  return { temperature: 1 / scale, bias: bias.map((value) => value - middle) };
}

const LARGEST_FAVOUR = 1.5;
const FAVOURS = Array.from({ length: 16 }, (_, i) => (i * LARGEST_FAVOUR) / 15);
/** Differences in UAR below this value are not measurable with a few hundred clips. */
const AS_GOOD = 0.002;

/**
 * Adds the bias for neutral with which these clips have the best UAR (the mean of all biases that are equally good). The
 * calibration with the smallest log loss predicts neutral too rarely: log loss depends mostly on confident errors, and the
 * network is rarely confident on a face at rest.
 */
export function favouringNeutral(predictions: readonly Prediction[], calibration: Calibration): Calibration {
  const favoured = (favour: number): Calibration => {
    const share = favour / EXPRESSIONS.length;
    return { ...calibration, bias: calibration.bias.map((value, c) => value - share + (c === NEUTRAL_INDEX ? favour : 0)) };
  };
  const uars = FAVOURS.map((favour) => {
    const fit = favoured(favour);
    return uarOf(predictions.map((each) => ({ ...each, probabilities: calibrated(each.probabilities, fit) })));
  });
  const best = Math.max(...uars);
  return favoured(mean(FAVOURS.filter((_, i) => uars[i]! >= best - AS_GOOD)));
}
