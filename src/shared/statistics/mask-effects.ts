import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Estimate } from './recognition.ts';

/** What one time slot of a labelled clip shows and what the masks weigh it, 0..1. */
export interface WeighedSlot {
  /** Share of the labelled expression at the slot's begin and end, 0..1. */
  readonly shareBefore: number;
  readonly shareAfter: number;
  /** Seconds from the slot's middle to the true apex. */
  readonly fromApexS: number;
  readonly classAgnostic: number;
  readonly classSemantic: number;
}

/** A difference of two kinds of slots of the same clips. */
export interface MaskEffect {
  /** Clips that have both kinds of slots. */
  readonly clips: number;
  /** Means over clips of the two kinds' mean weights. */
  readonly here: number;
  readonly there: number;
  /** Mean difference within a clip over its standard deviation across clips (Cohen 1988, d_z). */
  readonly effect: Estimate;
  /** Share of the clips in which `here` weighs more. */
  readonly share: number;
}

export interface MaskEffects {
  /** Class-agnostic weight: slots of onset and offset against slots in which the expression is held. */
  readonly classAgnostic: MaskEffect | null;
  /** Class-semantic weight: slots near the apex against those far from it. */
  readonly classSemantic: MaskEffect | null;
}

/** A slot over which the share changes by this much belongs to an onset or offset; by less than the second, at this height or more, it is held. */
const MOVES = 0.2;
const RESTS = 0.06;
const HELD_FROM = 0.5;
/** Near and far, in seconds from the true apex. */
const NEAR_S = 0.3;
const FAR_S = 0.8;

/** One clip's mean weights in the two kinds of slots that a part of the mask is held against; null where it lacks one kind. */
export interface ClipContrast {
  readonly here: number;
  readonly there: number;
}

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
 * The effect over all clips.
 * @param estimate gives a statistic its interval, people drawn again together
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
