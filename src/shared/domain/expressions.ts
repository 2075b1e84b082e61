import { required } from '../basics/required.ts';

/** The seven expression classes, always in this order (that of DFEW). */
export const EXPRESSIONS = ['happiness', 'sadness', 'neutral', 'anger', 'surprise', 'disgust', 'fear'] as const;

export type Expression = (typeof EXPRESSIONS)[number];

export const NEUTRAL_INDEX = EXPRESSIONS.indexOf('neutral');

/** One value per class, in the order of EXPRESSIONS. */
export type PerExpression = readonly number[];

/** The class with an index. @throws Error for an index that does not exist */
export function expressionAt(index: number): Expression {
  return required(EXPRESSIONS[index], `class ${index}`);
}

/** The class with the highest value; of equal values the first. */
export function strongest(values: PerExpression): Expression {
  let best = 0;
  for (let i = 1; i < EXPRESSIONS.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return expressionAt(best);
}

/** Intensity of an expression, 0 to 1: 1 - p(neutral). */
export function intensityOf(probabilities: PerExpression): number {
  return 1 - (probabilities[NEUTRAL_INDEX] ?? 0);
}

/** Precision of a probability in tables and in the project store. */
const DIGITS = 1e6;

/**
 * How uncertain the network is between the classes: the entropy of the probabilities by that of equal ones, 0 (one class is certain)
 * to 1 (all are equal). It is computed from probabilities as the tables have them, so that it is the same everywhere.
 */
export function entropyOf(probabilities: readonly number[]): number {
  let entropy = 0;
  for (const probability of probabilities) {
    const p = Math.round(probability * DIGITS) / DIGITS;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.max(0, Math.min(1, entropy / Math.log(EXPRESSIONS.length)));
}
