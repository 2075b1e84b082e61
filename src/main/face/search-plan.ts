import type { Region } from './detector.ts';
import { SEARCH_SIDE, wholePicture } from './detector.ts';
import type { Box } from './face-geometry.ts';
import type { PictureCells } from './picture-cells.ts';
import { hasNews } from './picture-cells.ts';

/** Smallest width in the detector's input, in pixels, at which it finds faces. */
const SMALLEST_SEEN = 10;
/** Share by which neighbouring tiles overlap, so that a face at an edge is complete in one of them. */
const TILE_OVERLAP = 0.2;
/** Some tiles are searched in every sixth detection where they have news, and in every twelfth in turn. */
const DETECTIONS_PER_TILE = 6;
/** All tiles with news are searched once within this many detections. */
const DETECTIONS_PER_SWEEP = 144;
/**
 * While every known face is found in its close-up, the whole picture is searched once a second (five detections) where it has news,
 * and every two seconds where it has none.
 */
const DETECTIONS_PER_WHOLE = 5;
const QUIET = 2;
/** Where so many searches in a row had news, news are usual, as when the camera moves, and mean nothing. */
const USUAL_NEWS = 5;
/** Side of a close-up region in widths of the face; a face may move by more than half its width and stay inside. */
const CLOSE_UP_SIDE = 2.5;

/** The picture of a detection, as far as it decides where to search. */
export interface SearchedPicture {
  readonly cells: PictureCells;
  /** Close-up regions in which a face was found. */
  readonly known: readonly Region[];
  /** Whether a known face was not found in its close-up, or no face is known. */
  readonly isLost: boolean;
}

/** A region that is searched again and again, with the detection and the picture of its last search. */
interface SearchedRegion {
  readonly region: Region;
  last: number;
  cells: PictureCells | null;
  /** Searches in a row that had news. */
  news: number;
}

/**
 * Chooses the regions in which to detect faces. Each known face has a close-up region. The whole picture is searched immediately
 * where a known face is lost or no face is known, else where it has news, and at intervals. Small faces in a large picture are too
 * small in the reduced whole picture, so tiles are searched too: all of them first, then some now and then, those with news more often.
 */
export class SearchPlan {
  readonly #picture: { readonly width: number; readonly height: number };
  readonly #whole: SearchedRegion;
  readonly #tiles: SearchedRegion[];
  readonly #perDetection: number;

  /** @param smallestFace width of the smallest face to find, in picture pixels */
  constructor(picture: { readonly width: number; readonly height: number }, smallestFace: number) {
    this.#picture = picture;
    this.#whole = { region: wholePicture(picture), last: 0, cells: null, news: 0 };
    this.#tiles = tilesDownTo(picture, (smallestFace * SEARCH_SIDE) / SMALLEST_SEEN).map((region) => ({ region, last: 0, cells: null, news: 0 }));
    this.#perDetection = Math.ceil((DETECTIONS_PER_TILE * this.#tiles.length) / DETECTIONS_PER_SWEEP);
  }

  get tiles(): readonly Region[] {
    return this.#tiles.map(({ region }) => region);
  }

  /**
   * Regions to search in addition to the close-ups.
   * @param detection number of the detection, from 0
   */
  regionsFor(detection: number, picture: SearchedPicture): Region[] {
    const due = detection === 0 ? [this.#whole, ...this.#tiles] : [...this.#wholeIfDue(detection, picture), ...this.#dueTiles(detection, picture)];
    for (const each of due) {
      each.news = this.#hasChanged(each, picture) ? each.news + 1 : 0;
      each.last = detection;
      each.cells = picture.cells;
    }
    return due.map(({ region }) => region);
  }

  #wholeIfDue(detection: number, picture: SearchedPicture): SearchedRegion[] {
    const waited = detection - this.#whole.last;
    const isDue = picture.isLost || waited >= QUIET * DETECTIONS_PER_WHOLE || (waited >= DETECTIONS_PER_WHOLE && this.#hasNews(this.#whole, picture));
    return isDue ? [this.#whole] : [];
  }

  /** Of the tiles that are due, those whose last search is the longest ago. */
  #dueTiles(detection: number, picture: SearchedPicture): SearchedRegion[] {
    if (this.#tiles.length === 0 || detection % DETECTIONS_PER_TILE !== 0) return [];
    const isTurn = detection % (QUIET * DETECTIONS_PER_TILE) === 0;
    const due: SearchedRegion[] = [];
    const oldest = [...this.#tiles].sort((a, b) => a.last - b.last);
    for (const tile of oldest) if (due.length < this.#perDetection && this.#hasNews(tile, picture)) due.push(tile);
    const others = isTurn ? oldest.filter((tile) => !due.includes(tile)) : [];
    return [...due, ...others].slice(0, this.#perDetection);
  }

  #hasNews(each: SearchedRegion, picture: SearchedPicture): boolean {
    return each.news < USUAL_NEWS && this.#hasChanged(each, picture);
  }

  #hasChanged({ region, cells }: SearchedRegion, picture: SearchedPicture): boolean {
    return cells === null || hasNews(cells, picture.cells, this.#picture, region, picture.known);
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
