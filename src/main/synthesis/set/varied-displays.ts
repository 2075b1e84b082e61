import type { Expression } from '../../../shared/domain/expressions.ts';
import type { ActionUnit, UnitStrengths } from '../face/action-units.ts';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import type { Draw } from '../random/draw.ts';
import type { DisplayVariant, Posture, Range } from './display-variants.ts';
import { DISPLAY_VARIANTS } from './display-variants.ts';
import type { Episode, EpisodeCourse, EpisodeTimes, Liveliness } from './expression-sequence.ts';
import { drawTimes, momentsOf, STILL, STRENGTHS } from './expression-sequence.ts';

/**
 * Draws varied displays: one of many combinations of units, uneven sides, and courses other than one rise and one fall. All
 * chances here are guesses; the combinations have sources (display-variants.ts). The truth keeps its meaning: the level is
 * greatest at the apex and 0 before the onset and after the offset.
 */

/** Speech is somewhat more frequent than in other clips. */
export const VARIED_LIVELINESS: Liveliness = { talking: 0.35, yaw: null };

/** Stronger than the weakest prototype, because combinations of few units are hardly visible below it. `--subdued` makes them weaker. */
const WEAKEST = 0.65;

/** Units of the upper face, the part that begins first in most displays in two steps. */
const UPPER: readonly ActionUnit[] = [1, 2, 4, 5, 6, 7, 45];

/** Angles of the postures in radians, as in FaceState. Postures to the side go to a side that is drawn. */
const POSTURES: Readonly<Record<Posture, { readonly axis: keyof typeof STILL; readonly range: Range; readonly toSide: boolean }>> = {
  51: { axis: 'yaw', range: [0.12, 0.35], toSide: true },
  53: { axis: 'pitch', range: [-0.22, -0.08], toSide: false },
  54: { axis: 'pitch', range: [0.1, 0.26], toSide: false },
  55: { axis: 'roll', range: [0.08, 0.22], toSide: true },
  61: { axis: 'gazeX', range: [0.15, 0.4], toSide: true },
  63: { axis: 'gazeY', range: [-0.25, -0.1], toSide: false },
  64: { axis: 'gazeY', range: [0.15, 0.4], toSide: false },
};

/** Gaze in radians with which the lids are as low as the face model's shape for lowered eyes has them. */
const LOWEST_GAZE = 0.4;

/** For some units, one that moves the face the other way. It shows for a moment where a fall passes the resting position. */
const OPPOSITES: Readonly<Partial<Record<ActionUnit, ActionUnit>>> = { 1: 4, 2: 4, 4: 2, 5: 45, 9: 17, 10: 17, 12: 24, 15: 14, 20: 18, 25: 24, 26: 24, 27: 24 };

/** Times of a varied display: as usual, slow to rise, sudden, or slow to fall. */
export function drawVariedTimes(draw: Draw, label: Expression, held: boolean): EpisodeTimes {
  const times = drawTimes(draw, label, held);
  const kind = draw.next();
  if (kind < 0.4) return times;
  if (kind < 0.65) return { ...times, rise: (label === 'surprise' ? 0.5 : 1) * draw.between(0.9, 2.2) };
  if (kind < 0.8) return { ...times, rise: draw.between(0.1, 0.25) };
  return { ...times, fall: draw.between(1, 2) };
}

export function drawVariedEpisode(draw: Draw, label: Expression, onsetS: number, times: EpisodeTimes): Episode {
  const variant = draw.pick(DISPLAY_VARIANTS[label]);
  const units = drawUnits(draw, variant);
  // Sometimes a part of another expression is mixed in, much weaker.
  if (label !== 'neutral' && draw.chance(0.12)) {
    const other = drawUnits(draw, draw.pick(DISPLAY_VARIANTS[draw.pick(OTHERS[label])]));
    const share = draw.between(0.15, 0.3);
    for (const [name, strength] of Object.entries(other)) units[Number(name) as ActionUnit] ??= share * strength;
  }
  return episodeOf(draw, label, variant, units, onsetS, times);
}

const CLASSES = Object.keys(DISPLAY_VARIANTS) as Expression[];
const OTHERS = Object.fromEntries(CLASSES.map((label) => [label, CLASSES.filter((other) => other !== label && other !== 'neutral')])) as Record<
  Expression,
  Expression[]
>;

function drawUnits(draw: Draw, { units, optional = {} }: DisplayVariant): UnitStrengths {
  const drawn: UnitStrengths = {};
  for (const [name, range] of Object.entries(units)) drawn[Number(name) as ActionUnit] = draw.between(...range);
  for (const [name, range] of Object.entries(optional)) if (draw.chance(0.5)) drawn[Number(name) as ActionUnit] = draw.between(...range);
  return drawn;
}

function episodeOf(draw: Draw, label: Expression, variant: DisplayVariant, units: UnitStrengths, onsetS: number, times: EpisodeTimes): Episode {
  const uneven = draw.chance(0.3) ? draw.between(0.2, 0.6) : draw.between(0, 0.15);
  const weaker = draw.chance(0.5);
  const course = drawCourse(draw, variant, Object.keys(units).map(Number) as ActionUnit[]);
  return {
    label,
    ...momentsOf(onsetS, times),
    strength: draw.between(WEAKEST, STRENGTHS.strongest),
    units: { ...units, ...(course.posture.gazeY > 0 && { 64: course.posture.gazeY / LOWEST_GAZE }) },
    sides: weaker ? [1 - uneven, 1] : [1, 1 - uneven],
    lags: Object.fromEntries(ACTION_UNITS.map((unit) => [unit, draw.between(0, 0.1)])) as UnitStrengths,
    course,
  };
}

function drawCourse(draw: Draw, variant: DisplayVariant, units: readonly ActionUnit[]): EpisodeCourse {
  const late = draw.chance(0.3) ? draw.between(0.05, 0.18) : 0;
  return {
    uneven: drawUneven(draw, variant, units),
    sideLags: draw.chance(0.5) ? [late, 0] : [0, late],
    second: drawSecond(draw, units),
    flicker: drawFlicker(draw, variant),
    rebound: drawRebound(draw, units),
    posture: drawPosture(draw, variant),
  };
}

/** One side alone for units that a variant has on one side; sometimes another unit that is weaker on one side. */
function drawUneven(draw: Draw, { oneSided = [] }: DisplayVariant, units: readonly ActionUnit[]): EpisodeCourse['uneven'] {
  const side = draw.chance(0.5);
  const left = draw.between(0, 0.3);
  const sides: Partial<Record<ActionUnit, readonly [number, number]>> = Object.fromEntries(oneSided.map((unit) => [unit, side ? [1, left] : [left, 1]]));
  if (units.length > 1 && draw.chance(0.2)) {
    const share = draw.between(0.3, 0.7);
    sides[draw.pick(units)] ??= draw.chance(0.5) ? [1, share] : [share, 1];
  }
  return sides;
}

/** Two steps: the upper face before the mouth, or the mouth before the upper face. */
function drawSecond(draw: Draw, units: readonly ActionUnit[]): EpisodeCourse['second'] {
  if (!draw.chance(0.25)) return null;
  const upperFirst = draw.chance(0.65);
  const second = units.filter((unit) => UPPER.includes(unit) !== upperFirst);
  return second.length === 0 || second.length === units.length ? null : { units: second, from: draw.between(0.3, 0.75) };
}

function drawFlicker(draw: Draw, { repeated }: DisplayVariant): EpisodeCourse['flicker'] {
  if (repeated !== undefined) return { rate: draw.between(...repeated), depth: draw.between(0.8, 1) };
  return draw.chance(0.2) ? { rate: draw.between(0.6, 2.2), depth: draw.between(0.08, 0.35) } : null;
}

function drawRebound(draw: Draw, units: readonly ActionUnit[]): EpisodeCourse['rebound'] {
  if (!draw.chance(0.15)) return null;
  const opposed = units.flatMap((unit) => OPPOSITES[unit] ?? []).filter((unit) => !units.includes(unit));
  return { units: Object.fromEntries(opposed.map((unit) => [unit, draw.between(0.06, 0.22)])), durationS: draw.between(0.25, 0.6) };
}

function drawPosture(draw: Draw, { postures = [], optionalPostures = [] }: DisplayVariant): EpisodeCourse['posture'] {
  const total: Record<keyof typeof STILL, number> = { ...STILL };
  for (const posture of [...postures, ...optionalPostures.filter(() => draw.chance(0.5))]) {
    const { axis, range, toSide } = POSTURES[posture];
    total[axis] += (toSide ? draw.sign() : 1) * draw.between(...range);
  }
  return total;
}

/** Movements that are no expression, one after the other: nearly always on a neutral face, rarely and weaker beside an expression. */
export function drawMovements(draw: Draw, label: Expression, durationS: number): Episode[] {
  const alone = label === 'neutral';
  if (!draw.chance(alone ? 0.85 : 0.2)) return [];
  const movements: Episode[] = [];
  for (let at = draw.between(-0.8, 0.5 * durationS); at < durationS - 0.3;) {
    const times = drawVariedTimes(draw, 'neutral', draw.chance(0.4));
    const movement = drawVariedEpisode(draw, 'neutral', at, times);
    movements.push(alone ? movement : beside(movement, draw.between(0.3, 0.6)));
    at = movement.offsetS + draw.between(0.2, 1.5);
  }
  return movements;
}

/** A movement beside an expression: weaker, and without a posture, which would hide the face. */
function beside(movement: Episode, share: number): Episode {
  return { ...movement, strength: share * movement.strength, ...(movement.course && { course: { ...movement.course, posture: STILL } }) };
}
