/** A participant (or a video without a participant) with the number of clips of each class. */
export interface Group {
  readonly name: string;
  readonly counts: readonly number[];
}

/**
 * Distributes whole groups over parts so that each part approximately has its share of every class. The algorithm is
 * greedy: it takes the largest groups first and puts each into the part where it reduces the squared distance from the
 * target counts most. Groups are never split.
 * @param shares shares of the parts, with sum 1
 * @param random uniform in [0, 1); breaks ties, so that another seed gives another distribution
 * @returns the index of the part of each group, by name
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

/** The reduction of a part's squared distance from its target counts. Every class has the same weight, even rare ones. */
function gain(held: readonly number[], more: readonly number[], total: readonly number[], share: number): number {
  return held.reduce((sum, count, c) => {
    if (total[c] === 0) return sum;
    const target = share * total[c]!;
    return sum + ((target - count) ** 2 - (target - count - more[c]!) ** 2) / (share * total[c]!) / total[c]!;
  }, 0);
}

/**
 * Joins names that must stay together, also over several steps: with [a, b] and [b, c], a and c have the same group.
 * @param together lists of names, each of one group
 * @returns a function that gives the group of a name
 */
export function connectedGroups(together: readonly (readonly string[])[]): (name: string) => string {
  const parent = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let next = parent.get(root); next !== undefined; next = parent.get(root)) root = next;
    return root;
  };
  for (const [first, ...others] of together)
    for (const other of others) {
      const [a, b] = [rootOf(first!), rootOf(other)];
      if (a !== b) parent.set(b, a);
    }
  return rootOf;
}
