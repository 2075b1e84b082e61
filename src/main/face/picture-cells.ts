import type { Picture } from '../../shared/domain/picture.ts';
import type { Region } from './detector.ts';

/** A picture is compared with others as a grid of so many cells a side. */
const CELLS = 32;
/** Pixels of a wider picture are read in steps of two for each so many columns: some fifty of a cell suffice. */
const COLUMNS_PER_STEP = 640;

/** Mean brightness of each cell, row by row, in grey levels. */
export type PictureCells = Float32Array;

export function cellsOf({ width, height, y }: Picture): PictureCells {
  const cells = new Float32Array(CELLS * CELLS);
  const step = 2 * Math.max(1, Math.round(width / COLUMNS_PER_STEP));
  // The first column of each cell that is read.
  const firsts = Uint32Array.from({ length: CELLS + 1 }, (_, cell) => step * Math.ceil((cell * width) / CELLS / step));
  const sums = new Uint32Array(CELLS);
  let rows = 0;
  for (let row = 0; row < height; row += step) {
    const start = row * width;
    for (let cell = 0; cell < CELLS; cell++) {
      const end = start + firsts[cell + 1]!;
      let sum = 0;
      for (let at = start + firsts[cell]!; at < end; at += step) sum += y[at]!;
      sums[cell]! += sum;
    }
    rows += 1;
    const cellRow = Math.floor((row * CELLS) / height);
    const isLast = row + step >= height || Math.floor(((row + step) * CELLS) / height) !== cellRow;
    if (!isLast) continue;
    for (let cell = 0; cell < CELLS; cell++) {
      const count = (rows * (firsts[cell + 1]! - firsts[cell]!)) / step;
      cells[cellRow * CELLS + cell] = sums[cell]! / Math.max(1, count);
    }
    sums.fill(0);
    rows = 0;
  }
  return cells;
}

/** A cell has news where it changed by so many grey levels, and by this factor more than most cells did: a moving camera is no news. */
const SMALLEST_NEWS = 6;
const OVER_MOST = 3;

/**
 * Whether a region of a picture has news: something has changed there, not only as the whole picture does, and not where a face is known.
 * @param size of the picture in pixels
 * @param known regions in which changes are no news
 */
export function hasNews(
  before: PictureCells,
  now: PictureCells,
  size: { readonly width: number; readonly height: number },
  region: Region,
  known: readonly Region[],
): boolean {
  const changes = now.map((value, i) => Math.abs(value - before[i]!));
  if (!changes.some((change) => change > SMALLEST_NEWS)) return false;
  const least = Math.max(SMALLEST_NEWS, OVER_MOST * changes.toSorted()[changes.length >> 1]!);
  const [cellWidth, cellHeight] = [size.width / CELLS, size.height / CELLS];
  const touches = ({ x, y, side }: Region, cell: number): boolean => {
    const [left, top] = [(cell % CELLS) * cellWidth, Math.floor(cell / CELLS) * cellHeight];
    return x < left + cellWidth && x + side > left && y < top + cellHeight && y + side > top;
  };
  return changes.some((change, cell) => change > least && touches(region, cell) && !known.some((each) => touches(each, cell)));
}
