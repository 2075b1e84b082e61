import { unpackNumbers } from './packed-numbers.ts';
import type { Block } from './packed-series.ts';
import { GROUP, OVERVIEW_COLUMNS } from './packed-series.ts';

/** A span of a series at the resolution of a screen. A NaN between two points interrupts the line. */
export interface SeriesView {
  /** Seconds, ascending. */
  readonly times: Float64Array;
  /** Minimum and maximum around each time; both are the sample itself where there are few. */
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** A gap of so many intervals interrupts the line. */
const GAP_INTERVALS = 5;
const GAP_COLUMNS = 1.5;

/**
 * A span of a series with at most two points for each column of the screen, whatever its length.
 * @param blocks those that meet the span, in order of time
 * @param intervalS time between samples
 * @param from seconds, up to `to`
 * @param columns width in pixels
 */
export function viewOf(
  blocks: Iterable<Pick<Block, 'times' | 'readings' | 'overview'>>,
  intervalS: number,
  from: number,
  to: number,
  columns: number,
): SeriesView {
  const width = (to - from) / columns;
  // Groups must be finer than columns, so that no column stays empty.
  const isCoarse = width >= 2 * GROUP * intervalS;
  const view = new Columns(from, width, columns);
  for (const block of blocks) {
    if (isCoarse) {
      const groups = new Float64Array(block.overview.slice().buffer);
      for (let i = 0; i < groups.length; i += OVERVIEW_COLUMNS) view.add(groups[i]!, groups[i + 1]!, groups[i + 2]!);
    } else {
      const [times, values] = [unpackNumbers(block.times), unpackNumbers(block.readings)];
      for (let i = 0; i < times.length; i++) view.add(times[i]!, values[i]!, values[i]!);
    }
  }
  return view.points(Math.max(GAP_INTERVALS * intervalS, GAP_COLUMNS * width));
}

/** Points by column; while they are few, the points themselves. */
class Columns {
  readonly #from: number;
  readonly #width: number;
  readonly #columns: number;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** [points, 3] time, minimum, maximum of the first points. */
  readonly #few: Float64Array;
  #count = 0;

  constructor(from: number, width: number, columns: number) {
    [this.#from, this.#width, this.#columns] = [from, width, columns];
    this.#low = new Float64Array(columns).fill(Infinity);
    this.#high = new Float64Array(columns).fill(-Infinity);
    this.#few = new Float64Array(OVERVIEW_COLUMNS * 2 * columns);
  }

  add(time: number, low: number, high: number): void {
    const column = Math.floor((time - this.#from) / this.#width);
    if (column < 0 || column >= this.#columns) return;
    const at = OVERVIEW_COLUMNS * this.#count;
    this.#count += 1;
    if (at < this.#few.length) {
      this.#few[at] = time;
      this.#few[at + 1] = low;
      this.#few[at + 2] = high;
    }
    if (low < this.#low[column]!) this.#low[column] = low;
    if (high > this.#high[column]!) this.#high[column] = high;
  }

  points(gap: number): SeriesView {
    const points: number[] = [];
    let last = NaN;
    const add = (time: number, low: number, high: number): void => {
      if (time - last > gap) points.push((time + last) / 2, NaN, NaN);
      points.push(time, low, high);
      last = time;
    };
    if (OVERVIEW_COLUMNS * this.#count <= this.#few.length)
      for (let i = 0; i < this.#count; i++) add(this.#few[3 * i]!, this.#few[3 * i + 1]!, this.#few[3 * i + 2]!);
    else for (let i = 0; i < this.#columns; i++) if (this.#low[i]! <= this.#high[i]!) add(this.#from + (i + 0.5) * this.#width, this.#low[i]!, this.#high[i]!);
    const column = (k: number): number[] => points.filter((_, i) => i % 3 === k);
    return { times: Float64Array.from(column(0)), low: Float32Array.from(column(1)), high: Float32Array.from(column(2)) };
  }
}
