/** A person (or a video, where people are not known) with how many clips of each class there are of them. */
export interface Group {
  readonly name: string;
  readonly counts: readonly number[];
}

/**
 * Puts whole groups into parts so that each part gets its share of every class as nearly as a greedy choice allows:
 * largest groups first, each where it lessens the squared distance from the wanted counts most. No group is torn apart.
 * @param shares of the parts, adding up to 1
 * @param random in [0, 1): breaks ties, so that another seed gives other parts
 * @returns the part of each group, by name
 */
export function assignGroups(groups: readonly Group[], shares: readonly number[], random: () => number): Map<string, number> {
  const classes = groups[0]?.counts.length ?? 0;
  const total = Array.from({ length: classes }, (_, c) => groups.reduce((sum, { counts }) => sum + counts[c]!, 0));
  const held = shares.map(() => new Array<number>(classes).fill(0));
  const sizeOf = ({ counts }: Group): number => counts.reduce((a, b) => a + b, 0);
  const order = groups.map((group) => ({ group, tie: random() })).sort((a, b) => sizeOf(b.group) - sizeOf(a.group) || a.tie - b.tie);
  const parts = new Map<string, number>();
  for (const { group } of order) {
    const gains = shares.map((share, part) => (share > 0 ? gain(held[part]!, group.counts, total, share) : -Infinity));
    const best = gains.indexOf(Math.max(...gains));
    group.counts.forEach((count, c) => (held[best]![c]! += count));
    parts.set(group.name, best);
  }
  return parts;
}

/** By how much a part comes nearer to its share of every class; classes weigh alike, however rare they are. */
function gain(held: readonly number[], more: readonly number[], total: readonly number[], share: number): number {
  return held.reduce((sum, count, c) => {
    if (total[c] === 0) return sum;
    const wanted = share * total[c]!;
    return sum + ((wanted - count) ** 2 - (wanted - count - more[c]!) ** 2) / (share * total[c]!) / total[c]!;
  }, 0);
}
