import { InvalidArgumentError } from 'commander';

/** Readers of option values; commander turns what they throw into a message that names the option. */
export function numberBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < low || value > high)
      throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`);
    return value;
  };
}

export function wholeBetween(low: number, high: number): (text: string) => number {
  const read = numberBetween(low, high);
  return (text) => {
    const value = read(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
    return value;
  };
}

/** 'smile=happiness' as what a label is called; 'speech=' leaves it out. A label may hold a sign of equality: the last one counts. */
export function readMapping(pairs: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf('=');
      return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + 1) || null];
    }),
  );
}
