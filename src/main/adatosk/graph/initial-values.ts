import { randomStream } from '../../../shared/basics/random.ts';

/** The values of a parameter before training. */
export type InitialValue =
  | { readonly kind: 'constant'; readonly value: number }
  /** Uniform in ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16), as in VideoMAE's encoder. */
  | { readonly kind: 'xavier'; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'uniform'; readonly range: number };

/**
 * Draws a parameter's first values. The function uses only additions, multiplications and integer operations, so that
 * one seed gives the same bytes on every machine. Each parameter has its own random stream, named after the parameter,
 * so that a new parameter does not change the values of the others.
 * @returns `count` values
 */
export function drawInitialValues(initial: InitialValue, name: string, count: number, seed: number): Float32Array {
  const values = new Float32Array(count);
  if (initial.kind === 'constant') return values.fill(initial.value);
  const range = initial.kind === 'uniform' ? initial.range : Math.sqrt(6 / (initial.fanIn + initial.fanOut));
  const next = randomStream(seed, name);
  for (let i = 0; i < count; i++) values[i] = (2 * next() - 1) * range;
  return values;
}
