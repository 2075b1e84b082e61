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

/** Uniform numbers in [0, 1): sfc32 (Chris Doty-Humphrey's PractRand), seeded from a number and a name by FNV-1a. */
export function randomStream(seed: number, name: string): () => number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  let a = 0x9e3779b9;
  let b = hash | 0;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}
