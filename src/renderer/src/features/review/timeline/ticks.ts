/** Distances between two ticks of the time axis, in seconds: round times. */
const STEPS = [0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400] as const;

/** Moments of the ticks in a span, in seconds. @param most number of ticks that have space */
export function ticksIn({ from, to }: { readonly from: number; readonly to: number }, most: number): number[] {
  const least = (to - from) / Math.max(1, most);
  const step = STEPS.find((each) => each >= least) ?? STEPS[STEPS.length - 1]!;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Math.round(1e3 * (first + i) * step) / 1e3);
}
