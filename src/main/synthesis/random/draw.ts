/** Random draws from a stream of uniform numbers in [0, 1). */
export class Draw {
  readonly next: () => number;

  constructor(next: () => number) {
    this.next = next;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)]!;
  }

  sign(): 1 | -1 {
    return this.next() < 0.5 ? -1 : 1;
  }

  /** Approximately N(0, 1), within -3..3: the sum of twelve uniform numbers minus 6. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.next();
    return Math.max(-3, Math.min(3, sum));
  }
}
