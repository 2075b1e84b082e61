import type { PictureCells } from './picture-cells.ts';

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
  #cells: PictureCells | undefined;
  /** The last changes, the newest last, without those of repeated frames. */
  #changes: number[] = [];

  /** Adds the next picture. @returns how much it differs from the one before, in grey levels; null for the first */
  change(cells: PictureCells): number | null {
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
