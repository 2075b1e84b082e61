import type { Picture } from '../../shared/domain/picture.ts';

/** The picture is compared as a grid of so many cells a side. */
const CELLS = 32;
/** Smallest mean change of the cells at a cut, in grey levels. */
const SMALLEST_CHANGE = 5;
/** A cut changes the picture more than its neighbours do, by these factors. A moving camera or a flash does not. */
const OVER_NEIGHBOURS = 2;
const OVER_USUAL = 3;
/** Number of earlier changes that are the usual ones. */
const MEMORY = 6;
/** A smaller change is that of a repeated frame, which says nothing. */
const REPEATED = 0.05;

/**
 * Finds hard cuts: single changes of the whole picture that stand out from those before and after. On rendered videos, cuts to another
 * person in front of the same background change the cells by 8 to 11 grey levels, and talking or nodding by less than 5. Quick
 * movements change them by up to 40, but over several samples.
 */
export class SceneCuts {
  #cells: Float32Array | undefined;
  /** The last changes, the newest last, without those of repeated frames. */
  #changes: number[] = [];

  /** Adds the next picture. @returns how much it differs from the one before, in grey levels; null for the first */
  change(picture: Picture): number | null {
    const cells = cellsOf(picture);
    const before = this.#cells;
    this.#cells = cells;
    return before === undefined ? null : cells.reduce((sum, value, i) => sum + Math.abs(value - before[i]!), 0) / cells.length;
  }

  /** Whether a change is a cut. Must be called for all changes in order. @param next the change after it; null at the end */
  isCut(change: number, next: number | null): boolean {
    const earlier = this.#changes;
    if (change > REPEATED) this.#changes = [...earlier.slice(1 - MEMORY), change];
    if (earlier.length < 2) return false;
    const usual = earlier.toSorted((a, b) => a - b)[earlier.length >> 1]!;
    const around = Math.max(...earlier.slice(-2), next ?? 0);
    return change > SMALLEST_CHANGE && change > OVER_NEIGHBOURS * around && change > OVER_USUAL * usual;
  }

  /** Must be called after a hole of the recording: the next picture has no predecessor. */
  restart(): void {
    this.#cells = undefined;
    this.#changes = [];
  }
}

/** Mean brightness of each cell, from every second pixel in both directions. */
function cellsOf({ width, height, y }: Picture): Float32Array {
  const cells = new Float32Array(CELLS * CELLS);
  // The first column of each cell that is read; they are even.
  const firsts = Uint32Array.from({ length: CELLS + 1 }, (_, cell) => 2 * Math.ceil((cell * width) / CELLS / 2));
  const sums = new Uint32Array(CELLS);
  let rows = 0;
  for (let row = 0; row < height; row += 2) {
    const start = row * width;
    for (let cell = 0; cell < CELLS; cell++) {
      const end = start + firsts[cell + 1]!;
      let sum = 0;
      for (let at = start + firsts[cell]!; at < end; at += 2) sum += y[at]!;
      sums[cell]! += sum;
    }
    rows += 1;
    const cellRow = Math.floor((row * CELLS) / height);
    const isLast = row + 2 >= height || Math.floor(((row + 2) * CELLS) / height) !== cellRow;
    if (!isLast) continue;
    for (let cell = 0; cell < CELLS; cell++) {
      const count = (rows * (firsts[cell + 1]! - firsts[cell]!)) / 2;
      cells[cellRow * CELLS + cell] = sums[cell]! / Math.max(1, count);
    }
    sums.fill(0);
    rows = 0;
  }
  return cells;
}
