import { quantileSorted } from 'simple-statistics';
import { mean } from '../basics/mean.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';

/** The predicted probabilities and the true class of one clip. */
export interface Prediction {
  /** Index of the true class. */
  readonly label: number;
  /** [7], with sum 1. */
  readonly probabilities: readonly number[];
}

/** A value with the interval of 95% of its bootstrap replicates. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export function predictedClass({ probabilities }: Prediction): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** Counts by true class (row) and predicted class (column), [7][7]. */
export function confusionOf(predictions: readonly Prediction[]): number[][] {
  const counts = EXPRESSIONS.map(() => EXPRESSIONS.map(() => 0));
  for (const prediction of predictions) counts[prediction.label]![predictedClass(prediction)]! += 1;
  return counts;
}

/** Share of correctly classified clips of each class, [7]; null for a class without clips. */
export function recallOf(confusion: readonly (readonly number[])[]): (number | null)[] {
  return confusion.map((row, label) => {
    const total = row.reduce((a, b) => a + b, 0);
    return total === 0 ? null : row[label]! / total;
  });
}

/** Unweighted average recall: the mean recall over the classes that occur. NaN without clips. */
export function uarOf(predictions: readonly Prediction[]): number {
  return mean(recallOf(confusionOf(predictions)).filter((each) => each !== null));
}

/** Weighted average recall, which is accuracy. NaN without clips. */
export function warOf(predictions: readonly Prediction[]): number {
  return mean(predictions.map((each) => (predictedClass(each) === each.label ? 1 : 0)));
}

/**
 * Expected calibration error: the mean gap between confidence and accuracy over bins of equal width in confidence, weighted
 * by their number of clips (Guo et al. 2017, eq. 3). NaN without clips.
 */
export function calibrationErrorOf(predictions: readonly Prediction[], bins = 15): number {
  if (predictions.length === 0) return NaN;
  let total = 0;
  for (const bin of reliability(predictions, bins)) total += (bin.clips / predictions.length) * Math.abs(bin.accuracy - bin.confidence);
  return total;
}

export interface ReliabilityBin {
  readonly clips: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/** The bins of a reliability diagram, without empty ones. */
export function reliability(predictions: readonly Prediction[], bins = 15): ReliabilityBin[] {
  const members: Prediction[][] = Array.from({ length: bins }, () => []);
  for (const prediction of predictions) members[Math.min(bins - 1, Math.floor(Math.max(...prediction.probabilities) * bins))]!.push(prediction);
  return members
    .filter((each) => each.length > 0)
    .map((each) => ({
      clips: each.length,
      confidence: mean(each.map(({ probabilities }) => Math.max(...probabilities))),
      accuracy: warOf(each),
    }));
}

/** Mean negative log likelihood of the true classes. */
export function logLossOf(predictions: readonly Prediction[]): number {
  return mean(predictions.map(({ label, probabilities }) => -Math.log(Math.max(1e-12, probabilities[label]!))));
}

/**
 * A statistic with its 95% percentile interval over resamples of whole units (Efron and Tibshirani 1993, ch. 13). One unit has no
 * interval: all resamples of it are the same.
 * @param units values that are drawn together: the clips of one person, where persons are known
 */
export function bootstrap<T>(units: readonly (readonly T[])[], statistic: (values: readonly T[]) => number, random: () => number, replicates = 1000): Estimate {
  const value = statistic(units.flat());
  if (!Number.isFinite(value)) return { value: null, low: null, high: null };
  if (units.length < 2) return { value, low: null, high: null };
  const values: number[] = [];
  for (let i = 0; i < replicates; i++) {
    const drawn = Array.from({ length: units.length }, () => units[Math.floor(random() * units.length)]!);
    const each = statistic(drawn.flat());
    if (Number.isFinite(each)) values.push(each);
  }
  values.sort((a, b) => a - b);
  return { value, low: quantileSorted(values, 0.025), high: quantileSorted(values, 0.975) };
}

/**
 * Area under the ROC curve for a set with exactly two classes; NaN for other sets. The score of a clip is the probability of
 * the second class divided by that of both classes. The area is the share of pairs in which the clip of the second class has
 * the higher score; ties count half.
 */
export function aucOf(predictions: readonly Prediction[]): number {
  const [first, second, ...others] = [...new Set(predictions.map(({ label }) => label))].sort((a, b) => a - b);
  if (first === undefined || second === undefined || others.length > 0) return NaN;
  const share = ({ probabilities }: Prediction): number => probabilities[second]! / (probabilities[first]! + probabilities[second]! + 1e-12);
  const [low, high] = [first, second].map((label) => predictions.filter((each) => each.label === label).map(share)) as [number[], number[]];
  let above = 0;
  for (const a of low) for (const b of high) above += b > a ? 1 : b === a ? 0.5 : 0;
  return above / (low.length * high.length);
}
