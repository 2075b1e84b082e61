import type { FaceMaps, MapMask } from '../../../../../shared/domain/mask-maps.ts';
import { MAP_MASKS, MASK_COUNT } from '../../../../../shared/domain/mask-maps.ts';
import { lowerBound } from '../../../../../shared/basics/sorted-search.ts';

/** The weights of a mask as a picture that covers the aligned crop of the face. */
export interface HeatMap {
  /** One pixel per patch; enlarging interpolates. */
  readonly picture: HTMLCanvasElement;
  /** The weights at both ends of the colours, 0..1. */
  readonly low: number;
  readonly high: number;
}

/** From dark blue to yellow (Cividis, Nunez, Anderton and Renslow 2018): perceptually uniform, also with colour blindness. */
const CIVIDIS: readonly (readonly [number, number, number])[] = [
  [0, 34, 78],
  [42, 63, 108],
  [87, 93, 109],
  [124, 123, 120],
  [165, 156, 116],
  [210, 193, 92],
  [254, 232, 56],
];

/** Share of a face's weights outside the colour range at either end. The range is per face and mask, so that small differences are visible. */
const OUTSIDE = 0.02;
const ranges = new WeakMap<FaceMaps, Map<MapMask, readonly [number, number]>>();
function rangeOf(maps: FaceMaps, mask: MapMask): readonly [number, number] {
  let known = ranges.get(maps);
  if (known === undefined) ranges.set(maps, (known = new Map()));
  let range = known.get(mask);
  if (range === undefined) {
    const size = maps.side ** 2;
    const offset = MAP_MASKS.indexOf(mask) * size;
    const counts = new Uint32Array(256);
    for (let i = 0; i < maps.slots.length; i++) for (let k = 0; k < size; k++) counts[maps.weights[i * MASK_COUNT * size + offset + k]!]! += 1;
    const most = OUTSIDE * maps.slots.length * size;
    const low = firstBeyond(counts, most);
    const high = 255 - firstBeyond(counts.toReversed(), most);
    known.set(mask, (range = [low, Math.max(high, low + 1)]));
  }
  return range;
}

/** The smallest value with more than `most` counts at or below it. */
function firstBeyond(counts: Uint32Array, most: number): number {
  let sum = 0;
  for (let value = 0; value < counts.length; value++) {
    sum += counts[value]!;
    if (sum > most) return value;
  }
  return counts.length - 1;
}

/** The heat map of a slot; null if there are no weights for it, or no canvas context. */
export function heatMapAt(maps: FaceMaps, mask: MapMask, slot: number): HeatMap | null {
  const at = lowerBound(maps.slots, slot);
  if (maps.side === 0 || maps.slots[at] !== slot) return null;
  const { side } = maps;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext('2d');
  if (context === null) return null;
  const image = context.createImageData(side, side);
  const offset = (at * MASK_COUNT + MAP_MASKS.indexOf(mask)) * side * side;
  const [low, high] = rangeOf(maps, mask);
  for (let k = 0; k < side * side; k++) {
    const share = (maps.weights[offset + k]! - low) / (high - low);
    colourAt(share).forEach((value, c) => (image.data[4 * k + c] = value));
    image.data[4 * k + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return { picture: canvas, low: low / 255, high: high / 255 };
}

/** The colours from low to high, as a CSS gradient. */
export const HEAT_GRADIENT = `linear-gradient(90deg, ${CIVIDIS.map((colour) => `rgb(${colour.join(' ')})`).join(', ')})`;

function colourAt(share: number): [number, number, number] {
  const at = Math.min(0.9999, Math.max(0, share)) * (CIVIDIS.length - 1);
  const [from, to] = [CIVIDIS[Math.floor(at)]!, CIVIDIS[Math.floor(at) + 1]!];
  return from.map((value, c) => Math.round(value + (at % 1) * (to[c]! - value))) as [number, number, number];
}
