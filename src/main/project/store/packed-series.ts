import { roundSeconds } from '../../../shared/domain/time.ts';
import { packNumbers } from './packed-numbers.ts';
import type { SignalBlockRow } from './schema.ts';

/** Samples of a block: a view reads only the blocks of its span. */
export const BLOCK = 65_536;
/** Samples of a group, of which the overview has the minimum and the maximum. */
export const GROUP = 128;

/** A block without its place in a signal. */
export type Block = Omit<SignalBlockRow, 'signal_id' | 'position'>;

/** A time series in packed blocks, as it is stored. */
export interface PackedSeries {
  readonly blocks: readonly Block[];
  readonly samples: number;
  /** Times of the first and the last sample, and the median time between the first samples, in seconds. */
  readonly startS: number;
  readonly endS: number;
  readonly intervalS: number;
  /** null if no sample has a value. */
  readonly lowest: number | null;
  readonly highest: number | null;
}

/** Packs the series of a table that have the same times, block by block, so that memory holds only one plain block. */
export class SeriesPacker {
  readonly #times = new Float64Array(BLOCK);
  readonly #values: readonly Float64Array[];
  readonly #blocks: Block[][];
  readonly #ranges: { lowest: number; highest: number }[];
  #count = 0;
  #samples = 0;
  #startS = NaN;
  #endS = NaN;
  #intervalS = 0;

  /** @param series number of series */
  constructor(series: number) {
    this.#values = Array.from({ length: series }, () => new Float64Array(BLOCK));
    this.#blocks = this.#values.map(() => []);
    this.#ranges = this.#values.map(() => ({ lowest: Infinity, highest: -Infinity }));
  }

  /**
   * Adds a sample of each series.
   * @param time seconds, later than that of the sample before; the resolution is one microsecond
   * @param values one of each series, NaN for a missing one
   */
  push(time: number, values: ArrayLike<number>): void {
    if (this.#count === BLOCK) this.#pack();
    this.#times[this.#count] = roundSeconds(time);
    for (let i = 0; i < this.#values.length; i++) this.#values[i]![this.#count] = values[i]!;
    this.#count += 1;
  }

  /** The packed series, in the order of the columns. */
  finish(): PackedSeries[] {
    if (this.#count > 0) this.#pack();
    return this.#blocks.map((blocks, i) => {
      const { lowest, highest } = this.#ranges[i]!;
      const hasValues = highest >= lowest;
      const range = { lowest: hasValues ? lowest : null, highest: hasValues ? highest : null };
      return { blocks, samples: this.#samples, startS: this.#startS, endS: this.#endS, intervalS: this.#intervalS, ...range };
    });
  }

  #pack(): void {
    const times = this.#times.subarray(0, this.#count);
    if (this.#samples === 0) {
      this.#startS = times[0]!;
      const differences = times.slice(1).map((time, i) => time - times[i]!);
      this.#intervalS = roundSeconds(differences.sort()[Math.floor(differences.length / 2)] ?? 0);
    }
    this.#endS = times.at(-1)!;
    this.#samples += this.#count;
    const packedTimes = packNumbers(times);
    this.#values.forEach((all, i) => {
      const values = all.subarray(0, this.#count);
      const { bytes, lowest, highest } = overviewOf(times, values);
      const range = this.#ranges[i]!;
      range.lowest = Math.min(range.lowest, lowest);
      range.highest = Math.max(range.highest, highest);
      this.#blocks[i]!.push({
        start_s: times[0]!,
        end_s: times.at(-1)!,
        samples: this.#count,
        times: packedTimes,
        readings: packNumbers(values),
        overview: bytes,
      });
    });
    this.#count = 0;
  }
}

/** Groups of an overview: time of the first sample, minimum and maximum; NaN for a group without values. */
export const OVERVIEW_COLUMNS = 3;

function overviewOf(times: Float64Array, values: Float64Array): { bytes: Uint8Array; lowest: number; highest: number } {
  const groups = Math.ceil(values.length / GROUP);
  const overview = new Float64Array(OVERVIEW_COLUMNS * groups);
  let [lowest, highest] = [Infinity, -Infinity];
  for (let group = 0; group < groups; group++) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = group * GROUP; i < Math.min(values.length, (group + 1) * GROUP); i++) {
      const value = values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    overview.set([times[group * GROUP]!, low > high ? NaN : low, low > high ? NaN : high], OVERVIEW_COLUMNS * group);
    lowest = Math.min(lowest, low);
    highest = Math.max(highest, high);
  }
  return { bytes: new Uint8Array(overview.buffer), lowest, highest };
}
