import type { Picture } from '../../shared/domain/picture.ts';
import type { PictureBox } from '../../shared/domain/timeline.ts';
import type { HidingStyle } from '../../shared/domain/export-formats.ts';

/** The covering colour, a dark grey in limited range. It is the same for every face, so that nothing of a face is left. */
const COVER = { luma: 60, chroma: 128 } as const;

/** Part of one plane in its own pixels; the right and lower ends are exclusive. */
interface PlaneArea {
  readonly values: Uint8Array;
  /** Values of a row of the plane. */
  readonly stride: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Means over the cells of an area, [rows, columns]. */
interface CellMeans {
  readonly means: Float64Array;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Hides a region of a picture, in place.
 * - 'cover': one colour, so that nothing is left;
 * - 'pixelate': the mean of each cell;
 * - 'blur': between the means of the cells, a smooth transition. Nothing finer than a cell is left either.
 *
 * @param region in pixels; parts outside the picture do not matter
 * @param cell side of a cell in pixels, at least 2
 */
export function hideRegion(picture: Picture, region: PictureBox, style: HidingStyle, cell: number): void {
  const { width, height } = picture;
  // Even limits, so that the planes of colour at half the size cover the same pixels.
  const left = 2 * Math.floor(clamp(region.x, width) / 2);
  const top = 2 * Math.floor(clamp(region.y, height) / 2);
  const right = 2 * Math.ceil(clamp(region.x + region.width, width) / 2);
  const bottom = 2 * Math.ceil(clamp(region.y + region.height, height) / 2);
  if (right <= left || bottom <= top) return;
  const planes = [
    { values: picture.y, scale: 1, cover: COVER.luma },
    { values: picture.u, scale: 2, cover: COVER.chroma },
    { values: picture.v, scale: 2, cover: COVER.chroma },
  ] as const;
  for (const { values, scale, cover } of planes) {
    const area = { values, stride: width / scale, left: left / scale, top: top / scale, width: (right - left) / scale, height: (bottom - top) / scale };
    if (style === 'cover') fill(area, cover);
    else if (style === 'pixelate') paintCells(area, cellMeans(area, cell / scale));
    else paintSmooth(area, cellMeans(area, cell / scale));
  }
}

const clamp = (value: number, limit: number): number => Math.max(0, Math.min(limit, value));

function fill({ values, stride, left, top, width, height }: PlaneArea, value: number): void {
  for (let y = top; y < top + height; y++) values.fill(value, y * stride + left, y * stride + left + width);
}

/** Divides the area evenly into cells that are not smaller than `cell`, at least one. */
function cellMeans({ values, stride, left, top, width, height }: PlaneArea, cell: number): CellMeans {
  const columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.max(1, Math.floor(height / cell));
  const means = new Float64Array(rows * columns);
  const counts = new Uint32Array(rows * columns);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height) * columns;
    const from = (top + y) * stride + left;
    for (let x = 0; x < width; x++) {
      const at = row + Math.floor((x * columns) / width);
      means[at]! += values[from + x]!;
      counts[at]! += 1;
    }
  }
  for (let i = 0; i < means.length; i++) means[i]! /= counts[i]!;
  return { means, columns, rows };
}

function paintCells({ values, stride, left, top, width, height }: PlaneArea, { means, columns, rows }: CellMeans): void {
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height) * columns;
    const to = (top + y) * stride + left;
    for (let x = 0; x < width; x++) values[to + x] = means[row + Math.floor((x * columns) / width)]!;
  }
}

/** Interpolates between the centres of the cells. */
function paintSmooth({ values, stride, left, top, width, height }: PlaneArea, { means, columns, rows }: CellMeans): void {
  const across = Array.from({ length: width }, (_, x) => between(((x + 0.5) * columns) / width - 0.5, columns));
  for (let y = 0; y < height; y++) {
    const down = between(((y + 0.5) * rows) / height - 0.5, rows);
    const [upper, lower] = [down.first * columns, down.second * columns];
    const to = (top + y) * stride + left;
    for (let x = 0; x < width; x++) {
      const { first, second, share } = across[x]!;
      const above = means[upper + first]! * (1 - share) + means[upper + second]! * share;
      const below = means[lower + first]! * (1 - share) + means[lower + second]! * share;
      values[to + x] = above * (1 - down.share) + below * down.share;
    }
  }
}

/** The two cells around a position, and the share of the second one. Beyond the outer centres it is the outer cell. */
function between(position: number, cells: number): { first: number; second: number; share: number } {
  const at = clamp(position, cells - 1);
  const first = Math.floor(at);
  return { first, second: Math.min(cells - 1, first + 1), share: at - first };
}
