import type { Expression } from '../../../shared/domain/expressions.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import type { Blend } from '../face/blend.ts';
import { WRINKLE_COUNT } from '../face/wrinkles.ts';
import type { Episode, EpisodeTimes, Liveliness, ExpressionSequence } from './expression-sequence.ts';
import { drawEpisode, drawExpressionSequence, drawTimes, restingOtherwise, STRENGTHS, DEFAULT_LIVELINESS } from './expression-sequence.ts';
import { Draw } from '../random/draw.ts';
import type { Condition, Scene } from '../rendering/scene.ts';
import { drawScene, isUsual } from '../rendering/scene.ts';
import type { Variation } from '../face/subject.ts';
import { drawMovements, drawVariedEpisode, drawVariedTimes, VARIED_LIVELINESS } from './varied-displays.ts';

/** Everything that is to be drawn for one clip: person, expressions, scene. The same seed and name give the same plan. */
export interface ClipPlan {
  readonly name: string;
  readonly label: Expression;
  readonly portrait: string;
  /** A second person to blend into the face; null for none. */
  readonly blend: Blend | null;
  readonly mirrored: boolean;
  readonly variation: Variation;
  readonly expressions: ExpressionSequence;
  readonly scene: Scene;
  /** Simulated errors of face detection for eyes and mouth, in distances between the eyes: one for the whole clip and one for each sample. */
  readonly finding: { readonly lasting: number; readonly each: number };
  /** Seed of the random numbers during rendering. */
  readonly seed: number;
}

/** Course of the expression in a clip: complete from onset to offset, cut off at one end, or held during the whole clip. */
type Course = 'whole' | 'cut' | 'held';

const IDENTITIES = 24;
const IDENTITY_SPREAD = 0.6;

/** Independent probabilities of modifications that make training clips harder or more varied than validation and test clips. */
export interface Mixing {
  /** A second person is blended into the face. */
  readonly blended: number;
  /** The skin is darker than in the photograph. */
  readonly toned: number;
  /** The display is weak. */
  readonly subdued: number;
  /** The shape of the face differs more from the photograph than in other clips. */
  readonly varied: number;
  /** The face at rest has permanent lines, and its brows, lids and lips differ from the photograph. */
  readonly lined: number;
  /** The display is one of many combinations with a course of its own (display-variants.ts), instead of a prototype. */
  readonly displays: number;
}

export const UNMIXED: Mixing = { blended: 0, toned: 0, subdued: 0, varied: 0, lined: 0, displays: 0 };

/** Draws the plan of a clip. @param portraits names of the photographs to choose from */
export function planClip(seed: number, name: string, label: Expression, portraits: readonly string[], condition: Condition, mixing = UNMIXED): ClipPlan {
  const draw = new Draw(randomStream(seed, name));
  // Each modification has its own random stream, so that it does not change the other draws for the clip.
  const apart = (what: string): Draw => new Draw(randomStream(seed, `${name} ${what}`));
  const portrait = draw.pick(portraits);
  const course = label === 'neutral' ? 'held' : drawCourse(draw, condition);
  const { episodes: drawn, durationS } = drawEpisodes(draw, label, course, PROTOTYPES);
  const episodes = subdue(apart('display'), drawn, mixing.subdued);
  const displays = apart('displays');
  const isVaried = displays.chance(condition === 'displays' ? 1 : mixing.displays);
  const rest = apart('rest');
  const rests = rest.chance(condition === 'lined' ? 1 : mixing.lined);
  const lively: Liveliness = condition === 'turned' ? { ...DEFAULT_LIVELINESS, yaw: draw.sign() * 0.35 } : DEFAULT_LIVELINESS;
  const mirrored = draw.chance(0.5);
  const variation: Variation = {
    ...reshape(apart('shape'), drawVariation(draw), mixing.varied),
    skinLight: drawSkinLight(apart('skin'), mixing.toned),
    lines: rests ? drawLines(rest) : [],
  };
  // Drawn for varied displays too, so that they do not change the scene.
  const prototypes = drawExpressionSequence(draw, episodes, durationS, lively);
  const expressions = isVaried ? drawVariedSequence(displays, label, course, apart('display'), mixing.subdued) : prototypes;
  return {
    name,
    label,
    portrait,
    blend: drawBlend(apart('blend'), portrait, portraits, mixing.blended),
    mirrored,
    variation,
    expressions: rests ? restingOtherwise(rest, expressions) : expressions,
    scene: drawScene(draw, condition),
    finding: { lasting: 0.03, each: 0.012 },
    seed: Math.floor(2 ** 31 * draw.next()),
  };
}

/** @param weak random numbers that decide whether the display is weak, with the chance `subdued` */
function drawVariedSequence(draw: Draw, label: Expression, course: Course, weak: Draw, subdued: number): ExpressionSequence {
  const { episodes, durationS } = drawEpisodes(draw, label, course, VARIED);
  const movements = drawMovements(draw, label, durationS);
  return drawExpressionSequence(draw, [...subdue(weak, episodes, subdued), ...movements], durationS, VARIED_LIVELINESS);
}

function drawBlend(draw: Draw, portrait: string, portraits: readonly string[], chance: number): Blend | null {
  const others = portraits.filter((name) => name !== portrait);
  if (others.length === 0 || !draw.chance(chance)) return null;
  return { portrait: draw.pick(others), eyes: draw.next(), mouth: draw.next() };
}

/** Range of the mean luminance of skin, 0 to 255, in studio photographs of people with dark to light brown skin. */
const SKIN_LIGHT = { darkest: 55, lightest: 150 } as const;

function drawSkinLight(draw: Draw, chance: number): number | null {
  return draw.chance(chance) ? draw.between(SKIN_LIGHT.darkest, SKIN_LIGHT.lightest) : null;
}

/** Maps the strengths to the weaker half of their range. */
function subdue(draw: Draw, episodes: readonly Episode[], chance: number): readonly Episode[] {
  if (!draw.chance(chance)) return episodes;
  const { weakest } = STRENGTHS;
  return episodes.map((episode) => ({ ...episode, strength: weakest + (episode.strength - weakest) / 2 }));
}

/** Largest factor on the identity weights of a varied face. */
const FURTHEST = 2.2;

function reshape(draw: Draw, variation: Variation, chance: number): Variation {
  if (!draw.chance(chance)) return variation;
  const further = draw.between(1, FURTHEST);
  return { ...variation, identity: variation.identity.map((weight) => further * weight) };
}

/** Draws permanent lines: on some faces faint, on others as deep as the wrinkles of a display on average skin. */
function drawLines(draw: Draw): number[] {
  const deepest = draw.between(0.2, 0.75);
  return Array.from({ length: WRINKLE_COUNT }, () => (draw.chance(0.25) ? draw.between(0.1, deepest) : 0));
}

function drawCourse(draw: Draw, condition: Condition): Course {
  const share = draw.next();
  // Clips for the robustness table always contain the whole expression.
  if (!isUsual(condition)) return 'whole';
  return share < 0.55 ? 'whole' : share < 0.75 ? 'cut' : 'held';
}

/** How the times and the units of an episode are drawn. */
interface Displays {
  readonly times: (draw: Draw, label: Expression, held: boolean) => EpisodeTimes;
  readonly episode: (draw: Draw, label: Expression, onsetS: number, times: EpisodeTimes) => Episode;
}
const PROTOTYPES: Displays = { times: drawTimes, episode: drawEpisode };
const VARIED: Displays = { times: drawVariedTimes, episode: drawVariedEpisode };

function drawEpisodes(draw: Draw, label: Expression, course: Course, displays: Displays): { episodes: Episode[]; durationS: number } {
  if (label === 'neutral') return { episodes: [], durationS: draw.between(1.7, 2.6) };
  const times = displays.times(draw, label, false);
  const total = times.rise + times.beforeApex + times.afterApex + times.fall;
  if (course === 'held') {
    const durationS = draw.between(1.7, 2.4);
    return { episodes: [displays.episode(draw, label, -3, { rise: 1, beforeApex: 2 + draw.between(0, durationS), afterApex: 5, fall: 1 })], durationS };
  }
  const [before, after] = [draw.between(0.1, 0.8), draw.between(0.2, 0.9)];
  if (course === 'cut') {
    const held = displays.times(draw, label, true);
    const all = held.rise + held.beforeApex + held.afterApex + held.fall;
    const fromStart = draw.chance(0.5);
    const onsetS = fromStart ? -held.rise - 0.5 * held.beforeApex : before;
    return {
      episodes: [displays.episode(draw, label, onsetS, fromStart ? held : { ...held, afterApex: held.afterApex + 3 })],
      durationS: Math.max(1.7, fromStart ? onsetS + all + after : before + held.rise + held.beforeApex + draw.between(0.3, 0.9)),
    };
  }
  return { episodes: [displays.episode(draw, label, before, times)], durationS: Math.max(1.7, before + total + after) };
}

export function drawVariation(draw: Draw): Variation {
  const warmth = 0.07 * draw.normal();
  const tone = draw.between(0.72, 1.2);
  return {
    identity: Array.from({ length: IDENTITIES }, () => IDENTITY_SPREAD * draw.normal()),
    gain: [tone * (1 + warmth), tone, tone * (1 - warmth + 0.04 * draw.normal())],
    balance: draw.between(0.2, 1),
    gamma: Math.exp(0.18 * draw.normal()),
    skinLight: null,
    wrinkles: ((skin) => Array.from({ length: WRINKLE_COUNT }, () => skin * draw.between(0.5, 1.4)))(draw.between(0.25, 1.35)),
    lines: [],
  };
}
