import type { Region } from './detector.ts';
import { SEARCH_SIDE, wholePicture } from './detector.ts';
import type { Track } from './tracker.ts';

/** Width in the detector's input below which faces are missed. */
const SMALLEST_SEEN = 10;
/** Neighbouring tiles share this part, so that a face on an edge is whole in one of them. */
const TILE_OVERLAP = 0.2;
/** A full search takes at most this many looks; tiles are searched in every sixth look. */
const LOOKS_PER_SWEEP = 144;
const LOOKS_PER_TILE = 6;
/** While every known face is seen from near, the whole picture is searched for others in every fifth look (once a second). */
const LOOKS_PER_WHOLE = 5;
/** Side of a near look, in widths of the face: room for a face that moves by more than half its width. */
const NEAR_LOOK = 2.5;

/**
 * Where to look for faces. Known faces are followed by near looks, one each. The whole picture is searched for others
 * now and then, and at once where a known face is lost or none is known. Small faces in large pictures would be lost
 * in the whole, so that tiles are searched as well: all of them in the first look, then some in every sixth look, in
 * turn.
 */
export class SearchPlan {
  readonly whole: Region;
  readonly tiles: readonly Region[];
  readonly #perLook: number;

  /** @param smallestFace width in picture pixels of the smallest face worth finding */
  constructor(picture: { readonly width: number; readonly height: number }, smallestFace: number) {
    this.whole = wholePicture(picture);
    this.tiles = tilesDownTo(picture, (smallestFace * SEARCH_SIDE) / SMALLEST_SEEN);
    this.#perLook = Math.ceil((LOOKS_PER_TILE * this.tiles.length) / LOOKS_PER_SWEEP);
  }

  /** Regions to search in the n-th look. @param lost whether a known face was not seen from near, or none is known */
  regionsFor(look: number, lost: boolean): Region[] {
    if (look === 0) return [this.whole, ...this.tiles];
    const regions = lost || look % LOOKS_PER_WHOLE === 0 ? [this.whole] : [];
    if (this.tiles.length === 0 || look % LOOKS_PER_TILE !== 0) return regions;
    const first = (look / LOOKS_PER_TILE - 1) * this.#perLook;
    return [...regions, ...Array.from({ length: this.#perLook }, (_, i) => this.tiles[(first + i) % this.tiles.length]!)];
  }
}

/** The near look at a face. */
export function nearLook(track: Track): Region {
  const { x, y, width, height } = track.latest.box;
  const side = NEAR_LOOK * width;
  return { x: x + width / 2 - side / 2, y: y + height / 2 - side / 2, side };
}

/** Square tiles, each level half as large as the one before, down to the given side. */
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
