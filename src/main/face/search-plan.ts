import type { Region } from './detector.ts';
import { SEARCH_SIDE, wholePicture } from './detector.ts';
import type { Box } from './face-geometry.ts';

/** Smallest width in the detector's input, in pixels, at which it finds faces. */
const SMALLEST_SEEN = 10;
/** Share by which neighbouring tiles overlap, so that a face at an edge is complete in one of them. */
const TILE_OVERLAP = 0.2;
/** All tiles are searched once within this many detections. */
const DETECTIONS_PER_SWEEP = 144;
/** Some tiles are searched in every sixth detection. */
const DETECTIONS_PER_TILE = 6;
/** While every known face is found in its close-up, the whole picture is searched in every fifth detection (once a second). */
const DETECTIONS_PER_WHOLE = 5;
/** Side of a close-up region in widths of the face; a face may move by more than half its width and stay inside. */
const CLOSE_UP_SIDE = 2.5;

/**
 * Chooses the regions in which to detect faces. Each known face has a close-up region. The whole picture is searched at
 * intervals, and immediately where a known face is lost or no face is known. Small faces in a large picture are too small
 * in the reduced whole picture, so tiles are searched too: all of them first, then some in every sixth detection, in turn.
 */
export class SearchPlan {
  readonly whole: Region;
  readonly tiles: readonly Region[];
  readonly #perDetection: number;

  /** @param smallestFace width of the smallest face to find, in picture pixels */
  constructor(picture: { readonly width: number; readonly height: number }, smallestFace: number) {
    this.whole = wholePicture(picture);
    this.tiles = tilesDownTo(picture, (smallestFace * SEARCH_SIDE) / SMALLEST_SEEN);
    this.#perDetection = Math.ceil((DETECTIONS_PER_TILE * this.tiles.length) / DETECTIONS_PER_SWEEP);
  }

  /**
   * Regions to search in addition to the close-ups.
   * @param detection number of the detection, from 0
   * @param lost whether a known face was not found in its close-up, or no face is known
   */
  regionsFor(detection: number, lost: boolean): Region[] {
    if (detection === 0) return [this.whole, ...this.tiles];
    const regions = lost || detection % DETECTIONS_PER_WHOLE === 0 ? [this.whole] : [];
    if (this.tiles.length === 0 || detection % DETECTIONS_PER_TILE !== 0) return regions;
    const first = (detection / DETECTIONS_PER_TILE - 1) * this.#perDetection;
    return [...regions, ...Array.from({ length: this.#perDetection }, (_, i) => this.tiles[(first + i) % this.tiles.length]!)];
  }
}

/** The close-up region of a face, in picture pixels. @param box where the face was last */
export function closeUpOf({ x, y, width, height }: Box): Region {
  const side = CLOSE_UP_SIDE * width;
  return { x: x + width / 2 - side / 2, y: y + height / 2 - side / 2, side };
}

/** Overlapping square tiles. The side halves from level to level, down to `smallest`. */
function tilesDownTo(picture: { readonly width: number; readonly height: number }, smallest: number): Region[] {
  const tiles: Region[] = [];
  let side = Math.max(picture.width, picture.height);
  while (side > smallest * 1.1) {
    side = Math.max(side / 2, smallest);
    for (const y of starts(picture.height, side)) for (const x of starts(picture.width, side)) tiles.push({ x, y, side });
  }
  return tiles;
}

function starts(length: number, side: number): number[] {
  if (length <= side) return [(length - side) / 2];
  const count = Math.ceil((length - side) / (side * (1 - TILE_OVERLAP))) + 1;
  return Array.from({ length: count }, (_, i) => ((length - side) * i) / (count - 1));
}
