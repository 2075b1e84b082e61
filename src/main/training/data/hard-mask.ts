import { SLOTS_PER_CLIP } from '../../adatosk/model/config.ts';

/**
 * Draws the random hard mask of one clip, as token indices (slot-major). It is a tube mask (VideoMAE): the same patches are
 * hidden in all slots. The decoder then cannot copy a patch from the slot before, and the soft mask has each visible patch
 * in all slots.
 * @param patches patches per slot
 * @param visible receives the indices of the visible tokens; its length must be a multiple of 8
 * @param hidden receives the indices of the hidden tokens to reconstruct; its length must be a multiple of 8. Hidden tokens
 *   that do not fit are not reconstructed.
 */
export function fillTubeMask(patches: number, visible: BigInt64Array, hidden: BigInt64Array, random: () => number): void {
  const order = Array.from({ length: patches }, (_, i) => i);
  for (let i = patches - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  const seen = visible.length / SLOTS_PER_CLIP;
  fill(visible, order.slice(0, seen), patches);
  fill(hidden, order.slice(seen, seen + hidden.length / SLOTS_PER_CLIP), patches);
}

function fill(tokens: BigInt64Array, chosen: readonly number[], patches: number): void {
  const sorted = [...chosen].sort((a, b) => a - b);
  for (let slot = 0; slot < SLOTS_PER_CLIP; slot++) sorted.forEach((patch, i) => (tokens[slot * sorted.length + i] = BigInt(slot * patches + patch)));
}
