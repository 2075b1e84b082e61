import { snap } from '../../../../../shared/annotation/segment-edits.ts';
import { nearestIndex } from '../../../../../shared/basics/sorted-search.ts';

/** An edge this near to a moment snaps to it. */
export const SNAP_PIXELS = 7;

/** What the edges of labels and trials snap to, in seconds. */
export interface SnapTargets {
  /** Slots, peaks, the playhead. */
  readonly moments: readonly number[];
  /** Edges of all frames, ascending. */
  readonly frames: Float64Array;
}

/**
 * The nearest moment within reach, otherwise the nearest frame. @param reachS how far moments attract, in seconds
 * @param isFree without the moments, as with Alt
 */
export function snapped(rawS: number, { moments, frames }: SnapTargets, reachS: number, isFree = false): number {
  const at = isFree ? rawS : snap(rawS, moments, reachS);
  return at !== rawS || frames.length === 0 ? at : (frames[nearestIndex(frames, rawS)] ?? rawS);
}
