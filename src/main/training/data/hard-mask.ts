import { SLOTS_PER_CLIP } from '../../adatosk/model/config.ts';

/**
 * The random binary hard mask of one clip, as token indices (slot-major). A tube mask (VideoMAE) hides the same places
 * in every slot, so that nothing can be copied from the slot before and the soft mask still sees each visible place
 * through time.
 * @param visible, hidden arrays to be filled, of a multiple of 8 each; hidden ones that find no room are not reconstructed
 */
export function fillTubeMask(places: number, visible: BigInt64Array, hidden: BigInt64Array, random: () => number): void {
  const order = Array.from({ length: places }, (_, i) => i);
  for (let i = places - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  const seen = visible.length / SLOTS_PER_CLIP;
  fill(visible, order.slice(0, seen), places);
  fill(hidden, order.slice(seen, seen + hidden.length / SLOTS_PER_CLIP), places);
}

function fill(tokens: BigInt64Array, chosen: readonly number[], places: number): void {
  const sorted = [...chosen].sort((a, b) => a - b);
  for (let slot = 0; slot < SLOTS_PER_CLIP; slot++) sorted.forEach((place, i) => (tokens[slot * sorted.length + i] = BigInt(slot * places + place)));
}
