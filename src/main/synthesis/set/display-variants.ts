import type { Expression } from '../../../shared/domain/expressions.ts';
import type { ActionUnit } from '../face/action-units.ts';

/**
 * The varied displays of `adatosk synthesize --displays`: for each expression many combinations of action units, and for
 * neutral faces movements that are no expression. A clip takes one combination at random.
 *
 * Each combination names the source of its units, written from memory (docs/developer/synthesis.md says what was checked). Ours,
 * by eye on rendered faces: the strengths, the equal chances of optional units, everything from 'guess', and which of the
 * seven classes a state such as amusement or sympathy belongs to.
 */
export interface DisplayVariant {
  /** Units of the display and the range of their strength, as shares of the strongest display. */
  readonly units: Strengths;
  /** Units of which each is added or not with equal chances. */
  readonly optional?: Strengths;
  /** Head and gaze movements that belong to the display. */
  readonly postures?: readonly Posture[];
  /** Head and gaze movements of which each is added or not with equal chances. */
  readonly optionalPostures?: readonly Posture[];
  /** Units that only one side of the face shows. */
  readonly oneSided?: readonly ActionUnit[];
  /** Range of repetitions a second for a movement that repeats, such as chewing. */
  readonly repeated?: Range;
  readonly source: Source;
}

export type Range = readonly [number, number];
type Strengths = Readonly<Partial<Record<ActionUnit, Range>>>;

/**
 * Head and eye movements of FACS: 51 and 52 head turn, 53 head up, 54 head down, 55 and 56 head tilt, 61 and 62 eyes to
 * the side, 63 eyes up, 64 eyes down. Of two sides one is drawn, so 52, 56 and 62 need no row.
 */
export type Posture = 51 | 53 | 54 | 55 | 61 | 63 | 64;

export const SOURCES = {
  'FACS 2002': "Ekman, Friesen and Hager 2002, FACS Investigator's Guide, table 10-2: prototypes and major variants (EMFACS), without unit 11",
  'Du 2014': 'Du, Tao and Martinez 2014, PNAS 111, E1454, table 1: units of 70% of people or more, and those of fewer as optional ones',
  'Keltner 2019': 'Keltner, Sauter, Tracy and Cowen 2019, J. Nonverbal Behavior 43, table of patterns',
  'Cordaro 2018': 'Cordaro and others 2018, Emotion 18, 75: international core patterns',
  'Ekman 1982': 'Ekman and Friesen 1982, J. Nonverbal Behavior 6, 238: felt, false and miserable smiles',
  'Ekman 1986': 'Ekman and Friesen 1986, Motivation and Emotion 10, 159: contempt',
  'Rozin 2003': 'Rozin and Cohen 2003, Emotion 3, 68: confusion, concentration and worry',
  guess: 'ours: a part of a display, or a movement known from daily life',
} as const;
export type Source = keyof typeof SOURCES;

/** Ranges of strength, after the letters of FACS: B slight, C marked, D severe, E extreme. */
const B: Range = [0.2, 0.4];
const BC: Range = [0.3, 0.6];
const C: Range = [0.45, 0.7];
const CD: Range = [0.5, 0.9];
const BD: Range = [0.3, 0.75];
const DE: Range = [0.8, 1.1];
/** FACS writes '*' for any strength; the weakest cannot be seen in a crop of 112 pixels. */
const ANY: Range = [0.35, 1.05];

const HAPPINESS: readonly DisplayVariant[] = [
  { units: { 12: CD }, source: 'FACS 2002' },
  { units: { 6: CD, 12: ANY }, source: 'FACS 2002' },
  { units: { 12: CD, 25: CD }, optional: { 6: CD }, source: 'Du 2014' },
  { units: { 6: CD, 7: BC, 12: DE, 25: CD, 26: BC }, source: 'Keltner 2019' },
  { units: { 6: DE, 12: DE, 25: DE, 26: CD }, optional: { 7: CD, 16: B }, postures: [53], source: 'Keltner 2019' },
  { units: { 6: CD, 7: C, 12: CD, 25: CD }, optional: { 26: C }, postures: [51, 54, 61], source: 'Keltner 2019' },
  { units: { 12: [0.6, 0.9], 45: BC }, source: 'Keltner 2019' },
  { units: { 1: BC, 2: BC, 12: DE }, optional: { 6: CD, 25: CD }, source: 'Keltner 2019' },
  { units: { 12: DE, 24: BC }, optional: { 6: C, 17: BC }, source: 'Ekman 1982' },
  { units: { 12: DE }, optional: { 6: C, 25: CD }, oneSided: [12], source: 'Ekman 1982' },
  { units: { 12: [0.45, 0.65] }, source: 'guess' },
  { units: { 6: DE, 7: CD, 12: [0.4, 0.6] }, source: 'guess' },
  { units: { 6: CD, 10: B, 12: DE, 16: BC, 25: DE }, source: 'guess' },
];

const SADNESS: readonly DisplayVariant[] = [
  { units: { 1: ANY, 4: C, 15: ANY }, optional: { 25: BC }, optionalPostures: [54, 64], source: 'FACS 2002' },
  { units: { 1: DE, 4: CD, 15: BC, 17: CD }, optionalPostures: [54, 64], source: 'FACS 2002' },
  { units: { 6: CD, 15: DE }, optional: { 17: CD, 25: BC }, optionalPostures: [54, 64], source: 'FACS 2002' },
  { units: { 1: DE, 4: CD }, optionalPostures: [54, 64], source: 'FACS 2002' },
  { units: { 1: CD, 4: C, 15: C, 25: C }, optional: { 26: BC }, source: 'FACS 2002' },
  { units: { 4: C, 15: DE }, optional: { 1: CD, 6: C, 17: CD }, source: 'Du 2014' },
  { units: { 1: DE, 4: C, 6: C, 15: CD, 17: CD }, source: 'Keltner 2019' },
  { units: { 1: DE, 17: C, 24: C }, optional: { 4: C, 15: C }, source: 'Keltner 2019' },
  { units: { 15: DE }, optionalPostures: [54, 64], source: 'guess' },
  { units: { 15: DE, 17: CD }, optionalPostures: [64], source: 'guess' },
  { units: { 1: DE, 45: BC }, optional: { 15: B }, optionalPostures: [54, 64], source: 'guess' },
  { units: { 1: CD, 4: C, 15: BC, 45: [0.35, 0.6] }, postures: [64], optionalPostures: [54], source: 'guess' },
  { units: { 15: C, 45: [0.3, 0.55] }, optional: { 1: C, 17: C }, postures: [54, 64], source: 'guess' },
  { units: { 1: CD, 4: CD, 6: CD, 7: CD, 15: CD, 17: CD }, optional: { 20: C, 45: C }, source: 'guess' },
  { units: { 1: CD, 4: CD, 6: CD, 7: CD, 15: CD, 20: BC, 25: CD, 45: BC }, optional: { 10: B, 26: C }, source: 'guess' },
  { units: { 1: CD, 4: C, 15: C, 24: CD }, optional: { 17: CD, 6: BC }, source: 'guess' },
  { units: { 1: DE, 4: C, 15: C, 20: C }, optional: { 17: C, 45: BC }, source: 'guess' },
];

/** Wide eyes are weaker here than in FACS, where 5 has any strength: with strong ones the rendered faces looked afraid. */
const ANGER: readonly DisplayVariant[] = [
  { units: { 4: DE, 5: BD, 7: CD, 23: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 5: BD, 7: CD, 24: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 5: BD, 7: CD, 17: CD, 23: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 5: BD, 7: CD, 17: CD, 24: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 5: BD, 7: CD, 23: C, 25: CD }, optional: { 26: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 5: BD, 7: CD, 10: CD, 23: C, 25: CD }, optional: { 26: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 5: BD, 7: CD, 10: CD, 22: CD, 23: BC, 25: CD }, optional: { 26: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 5: BD, 10: CD, 23: C, 25: CD }, optional: { 26: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 7: DE, 23: CD }, source: 'FACS 2002' },
  { units: { 4: DE, 7: CD, 24: CD }, optional: { 10: C, 17: CD, 23: C }, source: 'Du 2014' },
  { units: { 4: DE, 5: BC, 17: CD, 23: C, 24: CD }, source: 'Keltner 2019' },
  { units: { 4: DE, 5: CD, 7: CD }, optionalPostures: [54], source: 'guess' },
  { units: { 4: DE, 7: DE }, source: 'guess' },
  { units: { 4: DE, 7: CD, 9: B, 10: CD, 16: CD, 25: DE, 26: CD }, optional: { 5: CD, 27: BC }, source: 'guess' },
  { units: { 4: DE, 5: C, 7: C, 23: CD }, postures: [54], source: 'guess' },
];

const SURPRISE: readonly DisplayVariant[] = [
  { units: { 1: DE, 2: DE, 5: C, 26: CD }, source: 'FACS 2002' },
  { units: { 1: DE, 2: DE, 5: C, 27: C }, source: 'FACS 2002' },
  { units: { 1: DE, 2: DE, 5: C }, source: 'FACS 2002' },
  { units: { 1: DE, 2: DE, 26: CD }, source: 'FACS 2002' },
  { units: { 1: DE, 2: DE, 27: C }, source: 'FACS 2002' },
  { units: { 5: CD, 26: DE }, source: 'FACS 2002' },
  { units: { 5: CD, 27: C }, source: 'FACS 2002' },
  { units: { 1: CD, 2: CD, 25: CD, 26: CD }, optional: { 5: CD }, source: 'Du 2014' },
  { units: { 1: DE, 2: DE, 5: CD, 25: CD, 26: CD }, optionalPostures: [53], source: 'Keltner 2019' },
  { units: { 1: DE, 2: DE }, optionalPostures: [53], source: 'guess' },
  { units: { 1: DE, 2: DE, 25: CD }, optional: { 5: BC }, source: 'guess' },
  { units: { 1: CD, 2: CD, 5: C, 22: CD, 25: CD, 26: CD }, source: 'guess' },
  { units: { 1: CD, 2: CD, 5: CD, 18: CD, 26: C }, source: 'guess' },
];

/** Strong 9 and 10 part the lips of the model, so 17 is strong where the mouth is to stay closed. */
const DISGUST: readonly DisplayVariant[] = [
  { units: { 9: DE }, source: 'FACS 2002' },
  { units: { 9: DE, 15: C, 16: C }, optional: { 25: C, 26: C }, source: 'FACS 2002' },
  { units: { 9: CD, 17: DE }, source: 'FACS 2002' },
  { units: { 10: [0.65, 0.95] }, source: 'FACS 2002' },
  { units: { 10: CD, 16: C, 25: C }, optional: { 26: C }, source: 'FACS 2002' },
  { units: { 10: CD, 17: DE }, source: 'FACS 2002' },
  { units: { 9: CD, 10: C, 17: DE }, optional: { 4: C, 24: C }, source: 'Du 2014' },
  { units: { 7: CD, 9: DE, 25: C, 26: BC }, optional: { 10: C }, source: 'Cordaro 2018' },
  { units: { 4: C, 7: C, 9: DE }, optional: { 6: C, 17: C }, source: 'guess' },
  { units: { 4: C, 7: CD, 9: CD, 17: DE, 24: C }, source: 'guess' },
  { units: { 10: CD, 15: C, 17: CD }, optional: { 4: BC, 7: C }, source: 'guess' },
  { units: { 9: CD, 10: C, 25: C }, optional: { 6: C, 7: C }, source: 'guess' },
  { units: { 9: DE, 10: C, 16: C, 25: CD, 26: C }, optional: { 20: BC, 45: BC }, source: 'guess' },
  { units: { 9: CD, 10: BC }, optional: { 17: CD, 45: BC }, postures: [51], optionalPostures: [53], source: 'guess' },
];

const FEAR: readonly DisplayVariant[] = [
  { units: { 1: DE, 2: CD, 4: CD, 5: DE, 20: ANY, 25: CD }, source: 'FACS 2002' },
  { units: { 1: DE, 2: CD, 4: CD, 5: CD, 20: ANY, 26: CD }, optional: { 25: C }, source: 'FACS 2002' },
  { units: { 1: DE, 2: CD, 4: CD, 5: DE, 20: C, 27: BC }, source: 'FACS 2002' },
  { units: { 1: DE, 2: CD, 4: CD, 5: DE, 25: CD }, optional: { 26: C }, source: 'FACS 2002' },
  { units: { 1: DE, 2: CD, 4: CD, 5: DE, 20: DE, 25: C }, optional: { 26: C }, oneSided: [20], source: 'FACS 2002' },
  { units: { 1: DE, 2: CD, 4: DE, 5: DE }, source: 'FACS 2002' },
  { units: { 5: [0.95, 1.15], 20: DE }, source: 'FACS 2002' },
  { units: { 5: DE, 20: CD, 25: CD }, optional: { 26: C }, source: 'FACS 2002' },
  { units: { 1: DE, 4: CD, 20: CD, 25: CD }, optional: { 2: CD, 5: CD, 26: C }, source: 'Du 2014' },
  { units: { 1: DE, 2: CD, 4: CD, 5: DE, 7: C, 20: CD, 25: CD }, optionalPostures: [53], source: 'Keltner 2019' },
  { units: { 1: DE, 2: C, 4: CD, 5: DE, 20: CD }, source: 'guess' },
  { units: { 1: DE, 4: CD, 5: DE }, optional: { 7: C, 20: C }, source: 'guess' },
  { units: { 1: DE, 2: CD, 4: CD, 5: DE, 16: C, 20: CD, 25: CD }, source: 'guess' },
  { units: { 1: CD, 2: C, 4: CD, 5: CD, 20: C, 25: BC }, postures: [51, 61], source: 'guess' },
];

/**
 * Contempt is none of the seven classes: one side of the mouth alone must not be read as a smile. Lowered brows are weak here:
 * strong ones are anger, and what lies between is ambiguous in people too.
 */
const NEUTRAL: readonly DisplayVariant[] = [
  { units: { 14: CD }, oneSided: [14], source: 'Ekman 1986' },
  { units: { 12: B, 14: CD }, oneSided: [12, 14], source: 'Ekman 1986' },
  { units: { 14: C }, optional: { 24: BC }, source: 'Keltner 2019' },
  { units: { 45: [0.3, 0.6] }, postures: [55], source: 'Keltner 2019' },
  { units: { 4: B }, optional: { 7: BC }, optionalPostures: [64], source: 'Rozin 2003' },
  { units: { 24: DE }, source: 'guess' },
  { units: { 23: CD }, source: 'guess' },
  { units: { 17: CD }, optional: { 24: BC }, source: 'guess' },
  { units: { 18: DE }, source: 'guess' },
  { units: { 18: CD }, optionalPostures: [61, 63], source: 'guess' },
  { units: { 22: CD, 25: C }, source: 'guess' },
  { units: { 28: CD }, source: 'guess' },
  { units: { 32: DE }, optional: { 26: B }, source: 'guess' },
  { units: { 32: CD }, oneSided: [32], source: 'guess' },
  { units: { 34: DE }, optional: { 18: BC }, source: 'guess' },
  { units: { 18: C, 34: CD }, oneSided: [34], source: 'guess' },
  { units: { 4: B, 7: C, 27: DE, 45: DE }, optional: { 9: B }, source: 'guess' },
  { units: { 24: C, 26: C, 30: BC }, oneSided: [30], repeated: [0.9, 1.8], source: 'guess' },
  { units: { 17: BC, 18: B, 25: B, 26: CD }, optional: { 30: C }, oneSided: [30], repeated: [0.9, 1.8], source: 'guess' },
  { units: { 22: C, 25: CD, 26: C }, repeated: [2, 3.5], source: 'guess' },
  { units: { 30: CD }, oneSided: [30], source: 'guess' },
  { units: { 25: C, 26: BC }, source: 'guess' },
  { units: { 2: DE }, oneSided: [2], source: 'guess' },
  { units: { 6: C, 7: CD }, source: 'guess' },
  { units: { 6: BC, 45: DE }, oneSided: [6, 45], source: 'guess' },
  { units: {}, postures: [54, 64], source: 'guess' },
  { units: { 45: BC }, postures: [64], source: 'guess' },
  { units: {}, postures: [51, 61], source: 'guess' },
  { units: {}, postures: [53, 63], source: 'guess' },
];

export const DISPLAY_VARIANTS: Readonly<Record<Expression, readonly DisplayVariant[]>> = {
  happiness: HAPPINESS,
  sadness: SADNESS,
  neutral: NEUTRAL,
  anger: ANGER,
  surprise: SURPRISE,
  disgust: DISGUST,
  fear: FEAR,
};
