/** At least this many pixels between buttons of a track, so that each can be pressed (WCAG 2.2, target size). */
export const PRESSABLE_PIXELS = 24;

/**
 * Of rows in order of time, those that do not cover each other.
 * @param at position in pixels
 * @param isKept rows that stay in any case
 */
export function spaced<T>(rows: readonly T[], at: (row: T) => number, isKept: (row: T) => boolean = () => false): T[] {
  let last = -Infinity;
  return rows.filter((row) => {
    const position = at(row);
    if (position - last < PRESSABLE_PIXELS && !isKept(row)) return false;
    last = position;
    return true;
  });
}
