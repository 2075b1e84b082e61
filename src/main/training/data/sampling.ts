import { EXPRESSIONS, NEUTRAL_INDEX } from '../../../shared/domain/expressions.ts';
import { randomStream } from '../../../shared/domain/random.ts';
import { FRAMES_PER_CLIP, SLOTS_PER_CLIP, TUBE } from '../../adatosk/model/config.ts';
import type { ClipFacts, SampleValues } from './clip-source.ts';
import { valueAt } from './clip-source.ts';

/** Range of playing speeds: the same expression, shown faster or slower. */
const SPEED = { slowest: 0.8, fastest: 1.25 } as const;
/** An expression that covers so many slots of a window, or has its apex in it, is the window's class. */
const SLOTS_FOR_A_LABEL = 4;

/** Draws clips for training: which one, and which 16 of its samples. The draw of a place depends on nothing but the seed and that place. */
export class ClipSampler {
  readonly #clips: readonly ClipFacts[];
  readonly #byClass: readonly number[][];
  readonly #seed: number;

  constructor(clips: readonly ClipFacts[], seed: number) {
    this.#clips = clips;
    this.#seed = seed;
    this.#byClass = EXPRESSIONS.map((_, label) => clips.flatMap((clip, i) => (clip.label === label ? [i] : []))).filter((each) => each.length > 0);
  }

  /**
   * The clip at a place of the endless sequence of draws.
   * @param labelled classes in equal shares, each one's clips in a new order every round; else all clips, labelled or not
   */
  clipAt(place: number, labelled: boolean): number {
    if (!labelled) return shuffled(this.#clips.length, this.#seed, 'all', place);
    const classes = this.#byClass.length;
    const round = Math.floor(place / classes);
    const own = this.#byClass[shuffled(classes, this.#seed, 'class', place)]!;
    return own[shuffled(own.length, this.#seed, `clip ${own[0]}`, round)]!;
  }
}

/** Element `place` of an endless row of shuffled packs of 0..count-1. */
function shuffled(count: number, seed: number, name: string, place: number): number {
  const random = randomStream(seed, `${name} ${Math.floor(place / count)}`);
  const pack = Array.from({ length: count }, (_, i) => i);
  const wanted = place % count;
  for (let i = 0; i <= wanted; i++) {
    const other = i + Math.floor(random() * (count - i));
    [pack[i], pack[other]] = [pack[other]!, pack[i]!];
  }
  return pack[wanted]!;
}

/** 16 samples of a clip in steps of one (or of a speed), beginning anywhere that fits; a short clip holds its last one. */
export function randomWindow({ samples }: ClipFacts, random: () => number, varySpeed: boolean): number[] {
  const step = varySpeed ? SPEED.slowest * (SPEED.fastest / SPEED.slowest) ** random() : 1;
  const room = Math.max(0, samples - 1 - (FRAMES_PER_CLIP - 1) * step);
  return windowFrom(random() * room, step, samples);
}

/**
 * The windows by which a whole clip is judged. A clip with true moments is judged by the window around its expression,
 * since that is what its label means; any other by `count` windows from its beginning to its end (one, in its middle).
 */
export function evenWindows({ samples, moments }: ClipFacts, count: number): number[][] {
  const room = Math.max(0, samples - FRAMES_PER_CLIP);
  if (moments !== null) {
    const start = Math.round((moments.onset + moments.offset - FRAMES_PER_CLIP) / 2);
    return [windowFrom(Math.max(0, Math.min(room, start)), 1, samples)];
  }
  const starts = room === 0 ? [0] : Array.from({ length: count }, (_, i) => (count === 1 ? room / 2 : (room * i) / (count - 1)));
  return starts.map((start) => windowFrom(Math.round(start), 1, samples));
}

function windowFrom(start: number, step: number, samples: number): number[] {
  return Array.from({ length: FRAMES_PER_CLIP }, (_, i) => Math.min(samples - 1, Math.round(start + i * step)));
}

/** What a window shows, as the losses want it. */
export interface WindowLabels {
  /** [7], adding up to 1; zeros where unknown. */
  readonly clip: Float32Array;
  /** [8, 7], each row adding up to 1; zeros where unknown. */
  readonly slots: Float32Array;
}

/**
 * Labels of a window. Without true moments the clip's label is all there is. With them a slot within [onset, offset)
 * has the label and any other is neutral; the window has the label where it shows the apex or half of it, is neutral
 * where it shows nothing of the expression, and is shared between the two elsewhere.
 */
export function labelsOf({ label, moments, shares }: ClipFacts, window: readonly number[]): WindowLabels {
  const classes = EXPRESSIONS.length;
  if (label !== null && shares !== undefined && shares !== null) return gradedLabels(shares, window);
  const clip = new Float32Array(classes);
  const slots = new Float32Array(SLOTS_PER_CLIP * classes);
  if (label === null) return { clip, slots };
  if (moments === null || label === NEUTRAL_INDEX) {
    clip[label] = 1;
    if (label === NEUTRAL_INDEX) for (let slot = 0; slot < SLOTS_PER_CLIP; slot++) slots[slot * classes + label] = 1;
    return { clip, slots };
  }
  let covered = 0;
  for (let slot = 0; slot < SLOTS_PER_CLIP; slot++) {
    const sample = window[slot * TUBE.frames]! + 0.5;
    const within = sample >= moments.onset && sample < moments.offset;
    covered += within ? 1 : 0;
    slots[slot * classes + (within ? label : NEUTRAL_INDEX)] = 1;
  }
  const showsApex = window[0]! <= moments.apex && moments.apex <= window.at(-1)!;
  const share = showsApex ? 1 : Math.min(1, covered / SLOTS_FOR_A_LABEL);
  clip[label] = share;
  clip[NEUTRAL_INDEX] = 1 - share;
  return { clip, slots };
}

/** An expression shown this far at its strongest moment in a window does not yet count, and from here on counts wholly. */
const COUNTS = { not: 10, wholly: 40 } as const;

/** Labels from how far each class is shown: slots have the shares themselves, the window what it shows at its strongest. */
function gradedLabels(shares: SampleValues, window: readonly number[]): WindowLabels {
  const slots = slotMeans(shares, window);
  const strongest = EXPRESSIONS.map((_, c) => (c === NEUTRAL_INDEX ? 0 : Math.max(...window.map((sample) => valueAt(shares, sample, c)))));
  const total = strongest.reduce((sum, share) => sum + share, 0);
  const counts = Math.min(1, Math.max(0, (Math.max(...strongest) - COUNTS.not) / (COUNTS.wholly - COUNTS.not)));
  return { slots, clip: Float32Array.from(strongest, (share, c) => (c === NEUTRAL_INDEX ? 1 - counts : total === 0 ? 0 : (counts * share) / total)) };
}

/** Means over each slot of a window, [8, values], 0 to 1; from samples in hundredths. */
export function slotMeans(values: SampleValues, window: readonly number[]): Float32Array {
  const slots = Array.from({ length: SLOTS_PER_CLIP }, (_, slot) => shareMeans(values, window.slice(slot * TUBE.frames, (slot + 1) * TUBE.frames)));
  return Float32Array.from(slots.flatMap((each) => [...each]));
}

/** Mean over some samples of values in hundredths, each 0 to 1. */
export function shareMeans(values: SampleValues, window: readonly number[]): Float32Array {
  const share = (sample: number, i: number): number => Math.min(100, valueAt(values, sample, i)) / (100 * window.length);
  return Float32Array.from({ length: values.width }, (_, i) => window.reduce((sum, sample) => sum + share(sample, i), 0));
}
