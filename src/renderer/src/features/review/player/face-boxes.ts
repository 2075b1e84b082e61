import type { TimelineColumns } from '../../../../../shared/domain/timeline-columns.ts';
import { seriesOf } from '../../../../../shared/domain/timeline-columns.ts';
import { lowerBound } from '../../../../../shared/basics/sorted-search.ts';

/** Bounding box of a face in pixels of the video. */
export interface FaceBox {
  readonly face: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether this face is under review. */
  readonly isChosen: boolean;
}

/** Index of a face's slot at a moment; -1 if there is none. */
export function slotAt({ slots, times }: TimelineColumns, seconds: number): number {
  const at = lowerBound(times.subarray(0, slots.length), seconds + 1e-9) - 1;
  return at >= 0 && seconds < (times[slots.length + at] ?? 0) ? at : -1;
}

/** Boxes of the faces that are present at a moment. */
export function boxesAt(faces: ReadonlyMap<number, TimelineColumns>, seconds: number, chosen: number): FaceBox[] {
  return [...faces].flatMap(([face, columns]) => {
    const slot = slotAt(columns, seconds);
    if (slot < 0) return [];
    const [x, y, width, height] = (['box_x', 'box_y', 'box_w', 'box_h'] as const).map((series) => seriesOf(columns, series)[slot]!) as [
      number,
      number,
      number,
      number,
    ];
    return Number.isNaN(x) ? [] : [{ face, x, y, width, height, isChosen: face === chosen }];
  });
}
