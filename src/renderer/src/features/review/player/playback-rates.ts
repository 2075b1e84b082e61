/** Playback rates; 1 is real time. */
export const RATES: readonly number[] = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4];

/** The next faster (1) or slower (-1) rate. At either end, the rate stays the same. */
export function neighbourRate(rate: number, direction: 1 | -1): number {
  return RATES[Math.max(0, Math.min(RATES.length - 1, RATES.indexOf(rate) + direction))] ?? rate;
}

/** The first rate that is at least twice as fast, at most the fastest. */
export const doubleRate = (rate: number): number => RATES.find((each) => each >= 2 * rate) ?? RATES.at(-1) ?? rate;
