import { InvalidArgumentError } from 'commander';
import type { Shard } from '../../../services/analysis/shards/share.ts';

/** Parser for option values. Commander adds the name of the option to its errors. */
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

/** Parses 'smile=happiness' (renames a label) and 'speech=' (leaves it out). A label may contain '='; the last one separates. */
export function readMapping(pairs: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf('=');
      return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + 1) || null];
    }),
  );
}

/** Collects the values of an option that can be repeated. */
export function repeated<T>(read: (value: string) => T): (value: string, before: readonly T[]) => T[] {
  return (value, before) => [...before, read(value)];
}

/** Where the labels of a layer go. */
export interface LayerTarget {
  readonly name: string;
  readonly coder?: string;
  readonly face?: number;
}

/**
 * Parses 'Mother=Ann' (the coder of a layer), 'Child=Ann:2' (the coder and the face) and 'Child=:2' (the face). A layer may
 * contain '='; the last one separates.
 * @throws InvalidArgumentError for other texts
 */
export function readLayerTarget(text: string): LayerTarget {
  const at = text.lastIndexOf('=');
  const [, coder = '', face] = /^(.*?)(?::([1-9]\d*))?$/s.exec(text.slice(at + 1)) ?? [];
  if (at < 1 || (coder.trim() === '' && face === undefined)) throw new InvalidArgumentError(`'${text}' is not LAYER=CODER, LAYER=CODER:FACE or LAYER=:FACE.`);
  return { name: text.slice(0, at), ...(coder.trim() === '' ? {} : { coder: coder.trim() }), ...(face === undefined ? {} : { face: Number(face) }) };
}

/**
 * Parses '3/20', or 'slurm' inside an array job of Slurm. An array need not begin with 1, but has no gaps: --array=1-20.
 * @throws InvalidArgumentError for other texts
 */
export function readShard(text: string, _before?: unknown, environment: NodeJS.ProcessEnv = process.env): Shard {
  const number = (name: string): number => Number(environment[name] ?? NaN);
  const [index = NaN, of = NaN] =
    text === 'slurm'
      ? [number('SLURM_ARRAY_TASK_ID') - number('SLURM_ARRAY_TASK_MIN') + 1, number('SLURM_ARRAY_TASK_COUNT')]
      : (/^(\d+)\/(\d+)$/.exec(text)?.slice(1).map(Number) ?? []);
  if (Number.isInteger(index) && Number.isInteger(of) && index >= 1 && index <= of && of <= MOST_SHARDS) return { index, of };
  if (text !== 'slurm') throw new InvalidArgumentError(`It must be I/N with I from 1 to N, for example 3/20; N is at most ${MOST_SHARDS}.`);
  throw new InvalidArgumentError('This is no array job of Slurm, or its array has gaps (--array=1-20 has none). Outside of one, write I/N.');
}

const MOST_SHARDS = 100_000;
