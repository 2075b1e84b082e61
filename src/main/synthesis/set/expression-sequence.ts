import type { Expression } from '../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { ActionUnit, Activation, UnitStrengths } from '../face/action-units.ts';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import { activationIndex, SHOWN_UNITS } from '../face/action-units.ts';
import type { FaceState } from '../face/pose.ts';
import type { Draw } from '../random/draw.ts';
import { AU_RECIPES } from './au-recipes.ts';

/** One expression from onset to offset, in seconds of the clip. It may begin before the clip or end after it. */
export interface Episode {
  readonly label: Expression;
  readonly onsetS: number;
  /** End of the rise, moment of the greatest strength, begin of the fall. */
  readonly risenS: number;
  readonly apexS: number;
  readonly fallingS: number;
  readonly offsetS: number;
  /** Strength of the display, 0 to 1. */
  readonly strength: number;
  readonly units: UnitStrengths;
  /** Factors on the strength of the right and the left side. */
  readonly sides: readonly [number, number];
  /** Delay of each action unit in seconds. */
  readonly lags: UnitStrengths;
  /** What only varied displays have. */
  readonly course?: EpisodeCourse;
}

/** Details of the course of a varied display. */
export interface EpisodeCourse {
  /** Factors on the strength of single units on the right and the left side, besides those of the episode. */
  readonly uneven: Readonly<Partial<Record<ActionUnit, readonly [number, number]>>>;
  /** Delay of the right and the left side in seconds. */
  readonly sideLags: readonly [number, number];
  /** Units that begin later during the rise, and the share of the rise before they begin. They are complete when the others are. */
  readonly second: { readonly units: readonly ActionUnit[]; readonly from: number } | null;
  /** A level that goes down by `depth` and up again `rate` times a second; it is complete at the apex. */
  readonly flicker: { readonly rate: number; readonly depth: number } | null;
  /** Units that show for a moment after the offset, as when a face passes its resting position. */
  readonly rebound: { readonly units: UnitStrengths; readonly durationS: number } | null;
  /** Movement of head and eyes at the apex, in radians as in FaceState. */
  readonly posture: Readonly<Record<'yaw' | 'pitch' | 'roll' | 'gazeX' | 'gazeY', number>>;
}

/** Level at the beginning and the end of a held expression. In between it increases to the apex and decreases again. */
const HELD = 0.86;

/** Level of an episode at a time, from 0 (before the onset, after the offset) to 1 (apex). */
export function levelAt(episode: Omit<Episode, 'label'>, seconds: number): number {
  const flicker = episode.course?.flicker ?? null;
  const level = steadyLevelAt(episode, seconds);
  return flicker === null ? level : level * (1 - 0.5 * flicker.depth * (1 - Math.cos(2 * Math.PI * flicker.rate * (seconds - episode.apexS))));
}

function steadyLevelAt({ onsetS, risenS, apexS, fallingS, offsetS }: Omit<Episode, 'label'>, seconds: number): number {
  if (seconds <= onsetS || seconds >= offsetS) return 0;
  const [beforeApex, afterApex] = [apexS > risenS ? HELD : 1, fallingS > apexS ? HELD : 1];
  if (seconds < risenS) return beforeApex * ease((seconds - onsetS) / (risenS - onsetS));
  if (seconds < apexS) return beforeApex + (1 - beforeApex) * ease((seconds - risenS) / (apexS - risenS));
  if (seconds < fallingS) return 1 - (1 - afterApex) * ease((seconds - apexS) / (fallingS - apexS));
  return afterApex * ease((offsetS - seconds) / (offsetS - fallingS));
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Share of its class for a display of a strength, the rest being neutral. A weak display has a share of at least 0.5, because a weak smile is still a smile. */
export function shareOf(strength: number): number {
  return Math.min(1, 0.5 + 0.55 * strength);
}

export interface EpisodeTimes {
  readonly rise: number;
  readonly beforeApex: number;
  readonly afterApex: number;
  readonly fall: number;
}

/** Draws the phases of a posed or spontaneous expression, in seconds: half a second to four seconds in total, surprise shorter than the others (Ekman 2003). */
export function drawTimes(draw: Draw, label: Expression, held: boolean): EpisodeTimes {
  const quick = label === 'surprise' ? 0.65 : 1;
  const hold = held ? draw.between(0.1, 0.8) : draw.chance(0.3) ? 0 : draw.between(0.05, 0.45);
  return { rise: quick * draw.between(0.2, 0.8), beforeApex: hold, afterApex: hold * draw.between(0.6, 1.6), fall: draw.between(0.3, 1.0) };
}

/** Range of the strength of a display, as a share of its recipe. */
export const STRENGTHS = { weakest: 0.5, strongest: 1 } as const;

/** The moments of an episode that begins at `onsetS`, in seconds. */
export function momentsOf(
  onsetS: number,
  { rise, beforeApex, afterApex, fall }: EpisodeTimes,
): Pick<Episode, 'onsetS' | 'risenS' | 'apexS' | 'fallingS' | 'offsetS'> {
  const risenS = onsetS + rise;
  return {
    onsetS,
    risenS,
    apexS: risenS + beforeApex,
    fallingS: risenS + beforeApex + afterApex,
    offsetS: risenS + beforeApex + afterApex + fall,
  };
}

export function drawEpisode(draw: Draw, label: Expression, onsetS: number, times: EpisodeTimes): Episode {
  const recipe: UnitStrengths = { ...draw.pick(AU_RECIPES[label]) };
  const units: UnitStrengths = {};
  const names = Object.keys(recipe).map(Number) as ActionUnit[];
  for (const unit of names) units[unit] = recipe[unit]! * Math.max(0.5, 1 + 0.14 * draw.normal());
  // Sometimes a unit is nearly absent, or another, weaker expression is mixed in.
  if (names.length > 2 && draw.chance(0.1)) units[draw.pick(names)] = 0.1;
  if (draw.chance(0.12)) mixIn(units, draw.pick(AU_RECIPES[draw.pick(EXPRESSIONS)]), draw.between(0.2, 0.4));
  const uneven = draw.chance(0.15) ? draw.between(0.15, 0.5) : draw.between(0, 0.15);
  const weaker = draw.chance(0.5);
  return {
    label,
    ...momentsOf(onsetS, times),
    strength: draw.between(STRENGTHS.weakest, STRENGTHS.strongest),
    units,
    sides: weaker ? [1 - uneven, 1] : [1, 1 - uneven],
    lags: Object.fromEntries(ACTION_UNITS.map((unit) => [unit, draw.between(0, 0.07)])) as UnitStrengths,
  };
}

function mixIn(units: UnitStrengths, other: UnitStrengths, share: number): void {
  for (const [name, strength] of Object.entries(other)) {
    const unit = Number(name) as ActionUnit;
    units[unit] = Math.max(units[unit] ?? 0, share * strength);
  }
}

/** Movements besides expressions. They occur in all classes, including neutral. */
interface Distractors {
  readonly habits: UnitStrengths;
  readonly blinks: readonly number[];
  /** Spans of speech in seconds, with syllables a second, loudness 0 to 1, and phase of the syllables. */
  readonly speech: readonly { readonly from: number; readonly to: number; readonly rate: number; readonly loudness: number; readonly phase: number }[];
  /** Gaze direction from each time on, radians. */
  readonly gaze: readonly { readonly from: number; readonly x: number; readonly y: number }[];
  readonly head: Record<'yaw' | 'pitch' | 'roll' | 'shiftX' | 'shiftY', readonly Wave[]>;
  readonly rest: { readonly yaw: number; readonly pitch: number; readonly roll: number };
}

interface Wave {
  readonly size: number;
  readonly rate: number;
  readonly phase: number;
}

export interface ExpressionSequence {
  readonly durationS: number;
  readonly episodes: readonly Episode[];
  readonly distractors: Distractors;
}

/** Ranges of movement besides the expressions. A condition may fix some of them. */
export interface Liveliness {
  /** Probability that the person talks. */
  readonly talking: number;
  /** Fixed yaw of the head, radians; null for a random one. */
  readonly yaw: number | null;
}

export const DEFAULT_LIVELINESS: Liveliness = { talking: 0.28, yaw: null };

export function drawExpressionSequence(draw: Draw, episodes: readonly Episode[], durationS: number, { talking, yaw }: Liveliness): ExpressionSequence {
  const habits: UnitStrengths = {};
  for (const unit of [1, 2, 4, 7, 14, 15, 17, 18, 23, 25] as const) if (draw.chance(0.16)) habits[unit] = draw.between(0, 0.22);
  if (draw.chance(0.2)) habits[12] = draw.between(0, 0.13);
  const blinks: number[] = [];
  for (let at = draw.between(-1, 3.5); at < durationS; at += draw.between(0.8, 5)) blinks.push(at);
  const speech: Distractors['speech'][number][] = [];
  if (draw.chance(talking)) {
    let from = draw.between(-1, 0.4 * durationS);
    while (from < durationS) {
      const to = from + draw.between(0.6, 3);
      speech.push({ from, to, rate: draw.between(2.6, 5.5), loudness: draw.between(0.25, 1), phase: draw.between(0, 7) });
      from = to + draw.between(0.2, 1.5);
    }
  }
  const gaze: Distractors['gaze'][number][] = [];
  const wander = draw.chance(0.25) ? 0.22 : 0.07;
  for (let from = -1; from < durationS; from += draw.between(0.4, 2.5)) gaze.push({ from, x: wander * draw.normal(), y: 0.6 * wander * draw.normal() });
  const lively = draw.pick([0.15, 0.5, 1, 1.8]);
  const waves = (size: number): Wave[] =>
    [0.25, 0.6, 1.3].map((rate) => ({
      size: (lively * size * draw.normal()) / (0.6 + 2 * rate),
      rate: rate * draw.between(0.7, 1.4),
      phase: draw.between(0, 7),
    }));
  const nod: Wave[] = draw.chance(0.1) ? [{ size: draw.between(0.04, 0.12), rate: draw.between(1, 2), phase: draw.between(0, 7) }] : [];
  const shake: Wave[] = draw.chance(0.06) ? [{ size: draw.between(0.05, 0.16), rate: draw.between(1, 2), phase: draw.between(0, 7) }] : [];
  const turned = draw.chance(0.2) ? 0.3 : 0.11;
  return {
    durationS,
    episodes,
    distractors: {
      habits,
      blinks,
      speech,
      gaze,
      head: {
        yaw: [...waves(0.06), ...shake],
        pitch: [...waves(0.045), ...nod],
        roll: waves(0.035),
        shiftX: waves(0.12),
        shiftY: waves(0.08),
      },
      rest: { yaw: yaw ?? clamp(turned * draw.normal(), 0.5), pitch: clamp(0.09 * draw.normal(), 0.24), roll: clamp(0.07 * draw.normal(), 0.25) },
    },
  };
}

/** Largest strength of each action unit on a face at rest, because the neutral position of brows, lids and mouth differs between people. */
const AT_REST: UnitStrengths = {
  1: 0.25,
  2: 0.22,
  4: 0.3,
  5: 0.18,
  6: 0.3,
  7: 0.3,
  10: 0.2,
  12: 0.22,
  14: 0.3,
  15: 0.3,
  17: 0.3,
  23: 0.25,
  24: 0.3,
  25: 0.3,
  45: 0.3,
};

/** Adds permanent weak action units, so that the face at rest differs from the mean face. */
export function restingOtherwise(draw: Draw, expressions: ExpressionSequence): ExpressionSequence {
  const habits: UnitStrengths = { ...expressions.distractors.habits };
  for (const [name, most] of Object.entries(AT_REST)) {
    const unit = Number(name) as ActionUnit;
    if (draw.chance(0.25)) habits[unit] = Math.max(habits[unit] ?? 0, draw.between(0, most));
  }
  return { ...expressions, distractors: { ...expressions.distractors, habits } };
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

const BLINK_S = 0.3;

/** State of the face at a time of the sequence, in seconds. */
export function stateAt({ episodes, distractors }: ExpressionSequence, seconds: number): FaceState {
  const { habits, blinks, speech, gaze, head, rest } = distractors;
  const activation: Activation = new Float32Array(2 * SHOWN_UNITS.length);
  const raise: Raise = (unit, side, strength) => {
    const i = activationIndex(unit, side);
    activation[i] = Math.min(1.3, Math.max(activation[i]!, strength) + 0.3 * Math.min(activation[i]!, strength));
  };
  let strongest = 0;
  for (const episode of episodes) strongest = Math.max(strongest, raiseUnits(episode, seconds, raise));
  for (const [name, strength] of Object.entries(habits))
    for (const side of [0, 1] as const) raise(Number(name) as ActionUnit, side, strength * (1 - 0.7 * strongest));
  speak(speech, seconds, raise, strongest);
  for (const at of blinks) {
    const t = (seconds - at) / BLINK_S;
    if (t > 0 && t < 1) for (const side of [0, 1] as const) raise(45, side, Math.min(1, 1.35 * Math.sin(Math.PI * Math.sqrt(t))));
  }
  const look = gaze.findLast(({ from }) => from <= seconds) ?? gaze[0]!;
  const sum = (waves: readonly Wave[]): number =>
    waves.reduce((total, { size, rate, phase }) => total + size * Math.sin(2 * Math.PI * rate * seconds + phase), 0);
  const posture = postureAt(episodes, seconds);
  const yaw = rest.yaw + sum(head.yaw) + posture.yaw;
  const pitch = rest.pitch + sum(head.pitch) + posture.pitch;
  return {
    activation,
    yaw,
    pitch,
    roll: rest.roll + sum(head.roll) + posture.roll,
    shiftX: sum(head.shiftX),
    shiftY: sum(head.shiftY),
    // The eyes compensate half of the head's rotation, as when they fixate a point.
    gazeX: clamp(clamp(look.x - 0.5 * yaw, 0.45) + posture.gazeX, 0.6),
    gazeY: clamp(clamp(look.y - 0.5 * pitch, 0.3) + posture.gazeY, 0.5),
  };
}

type Raise = (unit: ActionUnit, side: 0 | 1, strength: number) => void;

/** Raises the units of an episode. @returns the largest level of a unit, 0 to 1 */
function raiseUnits(episode: Episode, seconds: number, raise: Raise): number {
  const { course, strength: display, sides } = episode;
  let strongest = 0;
  for (const [name, strength] of Object.entries(episode.units)) {
    const unit = Number(name) as ActionUnit;
    const own = course?.second?.units.includes(unit) === true ? delayed(episode, course.second.from) : episode;
    const at = seconds - (episode.lags[unit] ?? 0);
    const level = levelAt(own, at) * display;
    strongest = Math.max(strongest, level);
    for (const side of [0, 1] as const) {
      const here = course === undefined ? level : levelAt(own, at - course.sideLags[side]) * display * (course.uneven[unit]?.[side] ?? 1);
      raise(unit, side, here * strength * sides[side]);
    }
  }
  const rebound = course?.rebound ?? null;
  const after = rebound === null ? 0 : (seconds - episode.offsetS) / rebound.durationS;
  if (rebound !== null && after > 0 && after < 1)
    for (const [name, strength] of Object.entries(rebound.units))
      for (const side of [0, 1] as const) raise(Number(name) as ActionUnit, side, display * strength * Math.sin(Math.PI * after));
  return strongest;
}

/** The same episode with a later onset, by a share of its rise. */
function delayed(episode: Episode, share: number): Episode {
  return { ...episode, onsetS: episode.onsetS + share * (episode.risenS - episode.onsetS) };
}

/** Movement of head and eyes by the episodes. Its onset and offset are those of the display. */
function postureAt(episodes: readonly Episode[], seconds: number): EpisodeCourse['posture'] {
  const total: Record<keyof typeof STILL, number> = { ...STILL };
  for (const { course, ...episode } of episodes) {
    if (course === undefined) continue;
    // Without `course` the level does not flicker: the head does not shake with the face.
    const level = levelAt(episode, seconds);
    for (const axis of ['yaw', 'pitch', 'roll', 'gazeX', 'gazeY'] as const) total[axis] += level * course.posture[axis];
  }
  return total;
}

/** No movement of head and eyes. */
export const STILL = { yaw: 0, pitch: 0, roll: 0, gazeX: 0, gazeY: 0 } as const satisfies EpisodeCourse['posture'];

/** Adds speech: syllables open jaw and lips, vowels round or spread the lips. An expression reduces these movements. */
function speak(speech: Distractors['speech'], seconds: number, raise: Raise, expression: number): void {
  for (const { from, to, rate, loudness, phase } of speech) {
    if (seconds < from || seconds > to) continue;
    const fade = Math.min(1, (seconds - from) / 0.15, (to - seconds) / 0.15) * loudness * (1 - 0.35 * expression);
    const beat = Math.PI * rate * seconds + phase;
    const open = Math.abs(Math.sin(beat)) * (0.55 + 0.45 * Math.sin(0.37 * beat));
    const round = Math.max(0, Math.sin(0.23 * beat + phase));
    const closed = Math.max(0, Math.sin(0.31 * beat + 2));
    for (const side of [0, 1] as const) {
      raise(26, side, 0.75 * fade * open);
      raise(25, side, 0.7 * fade * open);
      raise(18, side, 0.55 * fade * round);
      raise(22, side, 0.35 * fade * Math.max(0, -Math.sin(0.29 * beat)));
      raise(24, side, 0.3 * fade * closed * (1 - open));
      raise(20, side, 0.22 * fade * (1 - round) * open);
      raise(16, side, 0.25 * fade * open * (1 - round));
    }
  }
}

/** Share of each class at a time, in the order of EXPRESSIONS, with sum 1: the strength of each expression, the rest neutral. */
export function sharesAt({ episodes }: Pick<ExpressionSequence, 'episodes'>, seconds: number): number[] {
  const shares = EXPRESSIONS.map((name) =>
    Math.max(
      0,
      ...episodes.filter(({ label }) => label === name && name !== 'neutral').map((episode) => levelAt(episode, seconds) * shareOf(episode.strength)),
    ),
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  const scale = total > 1 ? 1 / total : 1;
  return shares.map((share, i) => (EXPRESSIONS[i] === 'neutral' ? Math.max(0, 1 - total) : share * scale));
}
