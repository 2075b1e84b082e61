import { randomStream } from '../../../shared/domain/random.ts';

/** How a parameter starts before any training. */
export type InitialValue =
  | { readonly kind: 'constant'; readonly value: number }
  /** Uniform in ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16), as VideoMAE's encoder. */
  | { readonly kind: 'xavier'; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'uniform'; readonly range: number };

/**
 * Draws a parameter's first values. Only additions, multiplications and integer operations are used, so that
 * one seed gives the same bytes on every machine; each parameter has a stream of its own, by its name, so that
 * adding one leaves the others as they were.
 */
export function drawInitialValues(initial: InitialValue, name: string, count: number, seed: number): Float32Array {
  const values = new Float32Array(count);
  if (initial.kind === 'constant') return values.fill(initial.value);
  const range = initial.kind === 'uniform' ? initial.range : Math.sqrt(6 / (initial.fanIn + initial.fanOut));
  const next = randomStream(seed, name);
  for (let i = 0; i < count; i++) values[i] = (2 * next() - 1) * range;
  return values;
}
