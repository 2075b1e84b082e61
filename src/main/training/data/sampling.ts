import { EXPRESSIONS, NEUTRAL_INDEX } from '../../../shared/domain/expressions.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { FRAMES_PER_CLIP, SLOTS_PER_CLIP, TUBE } from '../../adatosk/model/config.ts';
import type { ClipFacts, SampleValues } from './clip-source.ts';
import { valueAt } from './clip-source.ts';

/** Range of the playback speeds in augmentation. */
const SPEED = { slowest: 0.8, fastest: 1.25 } as const;
/** A window has the label of an expression that covers this many of its slots, or whose apex it contains. */
const SLOTS_FOR_A_LABEL = 4;

/** Whether a clip has no class but known action units. */
export const hasUnitsAlone = ({ label, units }: ClipFacts): boolean => label === null && units !== null && units !== undefined;

/** Draws clips for training. Each draw depends only on the seed and on its position in the sequence of draws. */
export class ClipSampler {
  readonly #clips: readonly ClipFacts[];
  /** Indices of the clips of each class, and of those without a class whose action units are known. */
  readonly #byClass: readonly number[][];
  readonly #seed: number;

  constructor(clips: readonly ClipFacts[], seed: number) {
    this.#clips = clips;
    this.#seed = seed;
    const indices = (isIn: (clip: ClipFacts) => boolean): number[] => clips.flatMap((clip, i) => (isIn(clip) ? [i] : []));
    const classes = EXPRESSIONS.map((_, label) => indices((clip) => clip.label === label));
    this.#byClass = [...classes, indices(hasUnitsAlone)].filter((each) => each.length > 0);
  }

  /**
   * The index of the clip at a position of the infinite sequence of draws.
   * @param labelled true: classes (with clips that have action units alone as one of them) in equal shares, with the clips of a
   *   class in a new random order in each round; false: all clips, labelled or not
   */
  clipAt(position: number, labelled: boolean): number {
    if (!labelled) return shuffled(this.#clips.length, this.#seed, 'all', position);
    const classes = this.#byClass.length;
    const round = Math.floor(position / classes);
    const own = this.#byClass[shuffled(classes, this.#seed, 'class', position)]!;
    return own[shuffled(own.length, this.#seed, `clip ${own[0]}`, round)]!;
  }
}

/** Element `position` of an infinite sequence of random permutations of 0..count-1. */
function shuffled(count: number, seed: number, name: string, position: number): number {
  const random = randomStream(seed, `${name} ${Math.floor(position / count)}`);
  const pack = Array.from({ length: count }, (_, i) => i);
  const last = position % count;
  for (let i = 0; i <= last; i++) {
    const other = i + Math.floor(random() * (count - i));
    [pack[i], pack[other]] = [pack[other]!, pack[i]!];
  }
  return pack[last]!;
}

/** 16 samples of a clip from a random start, in steps of one sample or of a random speed. A short clip repeats its last sample. */
export function randomWindow({ samples }: ClipFacts, random: () => number, varySpeed: boolean): number[] {
  const step = varySpeed ? SPEED.slowest * (SPEED.fastest / SPEED.slowest) ** random() : 1;
  const room = Math.max(0, samples - 1 - (FRAMES_PER_CLIP - 1) * step);
  return windowFrom(random() * room, step, samples);
}

/**
 * The windows from which the label of a whole clip is predicted. A clip with labelled moments has one window around its
 * expression, because its label describes that expression. Any other clip has `count` windows, evenly spaced from its
 * beginning to its end (a single window is in the middle).
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

/** The labels of a window for the losses. */
export interface WindowLabels {
  /** [7], with sum 1; zeros where unknown. */
  readonly clip: Float32Array;
  /** [8, 7], each row with sum 1; zeros where unknown. */
  readonly slots: Float32Array;
}

/**
 * The labels of a window. Without labelled moments, the window has the label of the clip and its slots have none. With
 * them, slots within [onset, offset) have the label and all others are neutral. The window has the label where it contains
 * the apex or half of its slots have the label; it is neutral where no slot has it; otherwise it is a mixture of both.
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

/**
 * Largest strength of an expression in a window, in hundredths, up to which the window is neutral (`not`) and from which it
 * fully has the label of the expression (`wholly`).
 */
const COUNTS = { not: 10, wholly: 40 } as const;

/** Labels from the strength of each class: slots have its mean, the window has its maximum. */
function gradedLabels(shares: SampleValues, window: readonly number[]): WindowLabels {
  const slots = slotMeans(shares, window);
  const strongest = EXPRESSIONS.map((_, c) => (c === NEUTRAL_INDEX ? 0 : Math.max(...window.map((sample) => valueAt(shares, sample, c)))));
  const total = strongest.reduce((sum, share) => sum + share, 0);
  const counts = Math.min(1, Math.max(0, (Math.max(...strongest) - COUNTS.not) / (COUNTS.wholly - COUNTS.not)));
  return { slots, clip: Float32Array.from(strongest, (share, c) => (c === NEUTRAL_INDEX ? 1 - counts : total === 0 ? 0 : (counts * share) / total)) };
}

/** Means over each slot of a window, [8, values], from hundredths to 0..1. */
export function slotMeans(values: SampleValues, window: readonly number[]): Float32Array {
  const slots = Array.from({ length: SLOTS_PER_CLIP }, (_, slot) => shareMeans(values, window.slice(slot * TUBE.frames, (slot + 1) * TUBE.frames)));
  return Float32Array.from(slots.flatMap((each) => [...each]));
}

/** Means over some samples, [values], from hundredths to 0..1. */
export function shareMeans(values: SampleValues, window: readonly number[]): Float32Array {
  const share = (sample: number, i: number): number => Math.min(100, valueAt(values, sample, i)) / (100 * window.length);
  return Float32Array.from({ length: values.width }, (_, i) => window.reduce((sum, sample) => sum + share(sample, i), 0));
}
