import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Estimate } from './recognition.ts';

/** One slot of a labelled clip with the strength of the expression and the mask weights, 0..1. */
export interface WeighedSlot {
  /** Share of the labelled expression at the start of the slot, 0..1. */
  readonly shareBefore: number;
  /** Share of the labelled expression at the end of the slot, 0..1. */
  readonly shareAfter: number;
  /** Middle of the slot relative to the labelled apex, in seconds. */
  readonly fromApexS: number;
  readonly classAgnostic: number;
  readonly classSemantic: number;
}

/** The difference in mask weight between two kinds of slots of the same clips. */
export interface MaskEffect {
  /** Number of clips with both kinds of slots. */
  readonly clips: number;
  /** Mean over clips of the mean weight in the first kind of slots. */
  readonly here: number;
  /** The same for the second kind. */
  readonly there: number;
  /** Mean difference within a clip, divided by the standard deviation of the differences (Cohen 1988, d_z). */
  readonly effect: Estimate;
  /** Share of the clips in which `here` is larger. */
  readonly share: number;
}

export interface MaskEffects {
  /** Class-agnostic weight: slots of onset and offset compared with slots in which the expression is held. */
  readonly classAgnostic: MaskEffect | null;
  /** Class-semantic weight: slots near the apex compared with slots far from it. */
  readonly classSemantic: MaskEffect | null;
}

/** A slot belongs to an onset or offset if the share changes by at least this much. */
const MOVES = 0.2;
/** In a slot, the expression is held if the share changes by less than RESTS and is at least HELD_FROM. */
const RESTS = 0.06;
const HELD_FROM = 0.5;
/** Limits of near and far, in seconds from the labelled apex. */
const NEAR_S = 0.3;
const FAR_S = 0.8;

/** Mean mask weights of one clip in two kinds of slots. */
export interface ClipContrast {
  readonly here: number;
  readonly there: number;
}

/** The contrasts of one clip for both parts of the mask; null where the clip has no slots of one kind. */
export function contrastsOf(slots: readonly WeighedSlot[]): Readonly<Record<keyof MaskEffects, ClipContrast | null>> {
  const change = ({ shareBefore, shareAfter }: WeighedSlot): number => Math.abs(shareAfter - shareBefore);
  const moving = slots.filter((slot) => change(slot) >= MOVES);
  const held = slots.filter((slot) => change(slot) < RESTS && slot.shareBefore >= HELD_FROM);
  const near = slots.filter(({ fromApexS }) => Math.abs(fromApexS) <= NEAR_S);
  const far = slots.filter(({ fromApexS }) => Math.abs(fromApexS) >= FAR_S);
  return {
    classAgnostic: contrast(moving, held, ({ classAgnostic }) => classAgnostic),
    classSemantic: contrast(near, far, ({ classSemantic }) => classSemantic),
  };
}

function contrast(here: readonly WeighedSlot[], there: readonly WeighedSlot[], weight: (slot: WeighedSlot) => number): ClipContrast | null {
  return here.length === 0 || there.length === 0 ? null : { here: mean(here.map(weight)), there: mean(there.map(weight)) };
}

/** Cohen's d_z of paired differences; NaN for fewer than three clips. */
export function pairedEffect(contrasts: readonly ClipContrast[]): number {
  if (contrasts.length < 3) return NaN;
  const differences = contrasts.map(({ here, there }) => here - there);
  return mean(differences) / sampleStandardDeviation(differences);
}

/**
 * The effect over all clips, or null for fewer than three clips.
 * @param estimate computes a statistic with its bootstrap interval, in which all clips of a person are drawn together
 */
export function maskEffect(
  contrasts: readonly ClipContrast[],
  estimate: (statistic: (values: readonly ClipContrast[]) => number) => Estimate,
): MaskEffect | null {
  if (contrasts.length < 3) return null;
  return {
    clips: contrasts.length,
    here: mean(contrasts.map(({ here }) => here)),
    there: mean(contrasts.map(({ there }) => there)),
    effect: estimate(pairedEffect),
    share: contrasts.filter(({ here, there }) => here > there).length / contrasts.length,
  };
}
