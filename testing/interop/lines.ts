/** What a program read, in lines that can be compared: texts must be equal, numbers nearly. */
export type Line = readonly (string | number | null)[];

/** A millisecond, and the rounding of the numbers on both sides. */
const TOLERANCE_S = 0.001_000_1;

/** What two programs do not agree on; the order of their lines does not matter. */
export function lineDifferences(name: string, expected: readonly Line[], found: readonly Line[], tolerance = TOLERANCE_S): string[] {
  const texts = (line: Line): string => JSON.stringify(line.map((cell) => (typeof cell === 'number' ? '' : cell)));
  const groups = (lines: readonly Line[]): Map<string, Line[]> => Map.groupBy(lines, texts);
  const [ours, theirs] = [groups(expected), groups(found)];
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((key) => {
    const [own, other] = [(ours.get(key) ?? []).toSorted(byNumbers), (theirs.get(key) ?? []).toSorted(byNumbers)];
    if (own.length !== other.length) return [`${name}: ${other.length} for ${own.length} of ${key}`];
    return own.flatMap((line, i) => (isNear(line, other[i] ?? [], tolerance) ? [] : [`${name}: ${JSON.stringify(other[i])} for ${JSON.stringify(line)}`]));
  });
}

function byNumbers(a: Line, b: Line): number {
  for (const [i, cell] of a.entries()) {
    const other = b[i];
    if (typeof cell === 'number' && typeof other === 'number' && cell !== other) return cell - other;
  }
  return 0;
}

function isNear(a: Line, b: Line, tolerance: number): boolean {
  return a.every((cell, i) => {
    const other = b[i];
    return typeof cell === 'number' && typeof other === 'number' ? Math.abs(cell - other) <= tolerance : cell === other;
  });
}

/** Everything that an iteration yields. */
export async function collected<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
