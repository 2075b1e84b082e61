import type { Region } from './detector.ts';
import { DETECTOR_SIDE, wholePicture } from './detector.ts';
import type { Track } from './tracker.ts';

/** Width in the detector's input below which faces are missed. */
const SMALLEST_SEEN = 10;
/** Neighbouring tiles share this part, so that a face on an edge is whole in one of them. */
const TILE_OVERLAP = 0.2;
/** A full search takes at most this many looks; tiles are searched in every fourth look. */
const LOOKS_PER_SWEEP = 96;
const LOOKS_PER_TILE = 4;
/** A face narrower than this in the detector's input is looked at again from near. */
const WELL_SEEN = 20;
/** Side of the near look, in widths of the face. */
const NEAR_LOOK = 4;

/**
 * Where to look for faces. Every look takes in the whole picture; small faces in large pictures would be lost
 * there, so that tiles are searched as well: all of them in the first look, then some in every fourth look, in
 * turn. A small face that was found is followed by a near look of its own.
 */
export class SearchPlan {
  readonly whole: Region;
  readonly tiles: readonly Region[];
  readonly #perLook: number;

  /** @param smallestFace width in picture pixels of the smallest face worth finding */
  constructor(picture: { readonly width: number; readonly height: number }, smallestFace: number) {
    this.whole = wholePicture(picture);
    this.tiles = tilesDownTo(picture, (smallestFace * DETECTOR_SIDE) / SMALLEST_SEEN);
    this.#perLook = Math.ceil((LOOKS_PER_TILE * this.tiles.length) / LOOKS_PER_SWEEP);
  }

  /** The regions of the n-th look, whatever was found before. */
  regionsFor(look: number): Region[] {
    if (this.tiles.length === 0) return [this.whole];
    if (look === 0) return [this.whole, ...this.tiles];
    if (look % LOOKS_PER_TILE !== 0) return [this.whole];
    const first = (look / LOOKS_PER_TILE - 1) * this.#perLook;
    return [this.whole, ...Array.from({ length: this.#perLook }, (_, i) => this.tiles[(first + i) % this.tiles.length]!)];
  }

  /** Near looks at the small faces among the tracks. */
  nearLooks(tracks: readonly Track[]): Region[] {
    return tracks
      .map(({ latest }) => latest.box)
      .filter(({ width }) => (width / this.whole.side) * DETECTOR_SIDE < WELL_SEEN)
      .map((box) => {
        const side = NEAR_LOOK * box.width;
        return { x: box.x + box.width / 2 - side / 2, y: box.y + box.height / 2 - side / 2, side };
      });
  }
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
