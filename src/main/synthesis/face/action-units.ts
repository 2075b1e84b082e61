import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';

/**
 * Movements that only varied displays have: 30 jaw sideways, 32 lip bite, 34 cheek puff, 64 lids that follow lowered eyes. They
 * are not in the truth, because all sets that train together have the same units.
 */
export const FURTHER_UNITS = [30, 32, 34, 64] as const;
/** All units that the face model can show. */
export const SHOWN_UNITS = [...ACTION_UNITS, ...FURTHER_UNITS] as const;
export type ActionUnit = (typeof SHOWN_UNITS)[number];

/** Strength of some action units, from 0 (absent) to 1 (E, the strongest display). */
export type UnitStrengths = Partial<Record<ActionUnit, number>>;

/** Strength of every action unit on the right and the left side of the face, in the order of SHOWN_UNITS: [2 units]. */
export type Activation = Float32Array;

export function activationIndex(unit: ActionUnit, side: 0 | 1): number {
  return 2 * SHOWN_UNITS.indexOf(unit) + side;
}

/**
 * The shapes of the model that make up each action unit at full strength. Some gains exceed 1, because the model's shapes
 * are from people who posed a clear display, and strength E is the strongest possible display. Names have no suffix for the
 * side; a name with '*' is a shape for both sides together, and '%' is the word for the side.
 */
const SHAPES: Readonly<Record<ActionUnit, readonly (readonly [string, number])[]>> = {
  1: [['browInnerUp', 1.3]],
  2: [['browOuterUp', 0.8]],
  4: [['browDown', 1.8]],
  5: [['eyeWide', 1.25]],
  6: [
    ['cheekRaiser', 0.95],
    ['cheekSquint', 0.5],
    ['eyeSquint', 0.25],
  ],
  7: [['eyeSquint', 1.35]],
  9: [
    ['noseSneer', 1.2],
    ['browDown', 0.25],
  ],
  10: [['mouthUpperUp', 1.1]],
  12: [
    ['mouthSmile', 1.25],
    ['mouthDimple', 0.12],
  ],
  14: [['mouthDimple', 0.9]],
  15: [['mouthFrown', 1.7]],
  16: [['mouthLowerDown', 1]],
  17: [
    ['mouthShrugLower*', 0.95],
    ['mouthShrugUpper*', 0.25],
  ],
  18: [['mouthPucker*', 0.7]],
  20: [['mouthStretch', 1.2]],
  22: [['mouthFunnel*', 0.6]],
  23: [
    ['mouthPress', 1.1],
    ['mouthRollUpper*', 0.12],
    ['mouthRollLower*', 0.2],
  ],
  24: [
    ['mouthPress', 1.3],
    ['mouthRollUpper*', 0.25],
    ['mouthRollLower*', 0.3],
  ],
  25: [
    ['mouthLowerDown', 0.3],
    ['mouthUpperUp', 0.15],
    ['jawOpen*', 0.07],
  ],
  26: [['jawOpen*', 0.32]],
  27: [['jawOpen*', 0.8]],
  28: [
    ['mouthRollUpper*', 0.7],
    ['mouthRollLower*', 0.7],
  ],
  45: [['eyeBlink', 1]],
  30: [['jaw%', 1.4]],
  // No shape bites the lip: the lower lip rolls in and rises a little, as behind the upper teeth.
  32: [
    ['mouthRollLower*', 0.95],
    ['mouthShrugLower*', 0.2],
  ],
  34: [
    ['cheekPuff', 1.5],
    ['mouthPress', 0.4],
  ],
  64: [['eyeLookDown', 1]],
};

const SIDES = ['R', 'L'] as const;
const SIDE_WORDS = { R: 'Right', L: 'Left' } as const;

function contribution(name: string, gain: number, side: (typeof SIDES)[number]): readonly [string, number] {
  if (name.endsWith('*')) return [name.slice(0, -1), gain / 2];
  if (name.endsWith('%')) return [`${name.slice(0, -1)}${SIDE_WORDS[side]}`, gain];
  return [`${name}_${side}`, gain];
}

/** The [shape, gain] pairs of each element of an activation. A shape for both sides gets the mean of both. */
const CONTRIBUTIONS: readonly (readonly (readonly [string, number])[])[] = SHOWN_UNITS.flatMap((unit) =>
  SIDES.map((side) => SHAPES[unit].map(([name, gain]) => contribution(name, gain, side))),
);

/** Weights of the model's shapes for an activation. Opposing brow movements weaken each other, as muscles do. */
export function shapeWeights(activation: Activation): Map<string, number> {
  const weights = new Map<string, number>();
  activation.forEach((strength, i) => {
    if (strength === 0) return;
    for (const [shape, gain] of CONTRIBUTIONS[i]!) weights.set(shape, (weights.get(shape) ?? 0) + gain * strength);
  });
  for (const side of SIDES) {
    const [down, up] = [weights.get(`browDown_${side}`) ?? 0, weights.get(`browInnerUp_${side}`) ?? 0];
    const opposed = Math.min(down, up);
    if (opposed > 0) weights.set(`browDown_${side}`, down - 0.35 * opposed);
    // A closing lid reduces the widening or narrowing of the eye.
    const blink = Math.min(1, weights.get(`eyeBlink_${side}`) ?? 0);
    for (const lid of ['eyeWide', 'eyeSquint']) {
      const own = weights.get(`${lid}_${side}`);
      if (own !== undefined) weights.set(`${lid}_${side}`, own * (1 - 0.8 * blink));
    }
  }
  return weights;
}
