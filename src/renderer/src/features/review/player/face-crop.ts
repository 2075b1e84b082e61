import type { FaceMaps } from '../../../../../shared/domain/mask-maps.ts';
import { CROP_MIDDLE } from '../../../../../shared/domain/mask-maps.ts';
import { lowerBound } from '../../../../../shared/basics/sorted-search.ts';
import type { TimelineColumns } from '../../../../../shared/domain/timeline-columns.ts';
import { seriesOf } from '../../../../../shared/domain/timeline-columns.ts';
import { slotAt } from './face-boxes.ts';

/** A square of the picture that is shown as the face. */
export interface FaceCrop {
  /** The point between eyes and mouth, in pixels of the video. */
  readonly x: number;
  readonly y: number;
  /** Side of the square, in pixels of the video. */
  readonly size: number;
  /** Radians. */
  readonly roll: number;
}

/** Side of the crop, in sides of the face's box, where the aligned crops are not known. */
const SIDES_OF_BOX = 1.6;

/**
 * The crop of a face at a moment. Between two slots the crop moves evenly, so that the picture does not jump.
 * @param maps the places of the aligned crops; null until they are read, and for runs without them: then the boxes are used
 * @returns null without a face
 */
export function cropAt(columns: TimelineColumns, maps: FaceMaps | null, seconds: number): FaceCrop | null {
  const slot = slotAt(columns, seconds);
  if (slot < 0) return null;
  const own = cropOfSlot(columns, maps, slot);
  if (own === null) return null;
  const count = columns.slots.length;
  const middleOf = (i: number): number => (columns.times[i]! + columns.times[count + i]!) / 2;
  const neighbour = seconds < middleOf(slot) ? slot - 1 : slot + 1;
  const other = neighbour < 0 || neighbour >= count ? null : cropOfSlot(columns, maps, neighbour);
  if (other === null) return own;
  // After a cut the face is somewhere else: it does not move there.
  const isCut = Math.hypot(other.x - own.x, other.y - own.y) > own.size / 3 || Math.abs(other.size / own.size - 1) > 0.4;
  const gap = Math.abs(middleOf(neighbour) - middleOf(slot));
  if (isCut || gap > 1) return own;
  const share = Math.min(1, Math.abs(seconds - middleOf(slot)) / gap);
  const between = (a: number, b: number): number => a + share * (b - a);
  return { x: between(own.x, other.x), y: between(own.y, other.y), size: between(own.size, other.size), roll: between(own.roll, other.roll) };
}

function cropOfSlot(columns: TimelineColumns, maps: FaceMaps | null, index: number): FaceCrop | null {
  if (maps !== null) {
    const at = lowerBound(maps.slots, columns.slots[index]!);
    if (maps.slots[at] === columns.slots[index]) {
      const [x, y, size, roll] = maps.places.subarray(4 * at, 4 * at + 4);
      return { x: x!, y: y!, size: size!, roll: roll! };
    }
  }
  const [x, y, width, height] = (['box_x', 'box_y', 'box_w', 'box_h'] as const).map((series) => seriesOf(columns, series)[index]!);
  if (Number.isNaN(x!)) return null;
  return { x: x! + width! / 2, y: y! + height! / 2, size: SIDES_OF_BOX * Math.max(width!, height!), roll: 0 };
}

/** Draws a crop so that it fills a square. @param side of the square, in the units of the context */
export function drawCrop(context: CanvasRenderingContext2D, picture: CanvasImageSource, { x, y, size, roll }: FaceCrop, side: number): void {
  context.save();
  context.translate(side * CROP_MIDDLE.x, side * CROP_MIDDLE.y);
  context.scale(side / size, side / size);
  context.rotate(-roll);
  context.translate(-x, -y);
  context.drawImage(picture, 0, 0);
  context.restore();
}
