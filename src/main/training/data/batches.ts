import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import type { StepSettings } from '../../adatosk/model/training-step.ts';
import type { TrainingData } from '../../adatosk/training/training-data.ts';
import { emptyTrainingData } from '../../adatosk/training/training-data.ts';
import { patchesOf, SLOTS_PER_CLIP } from '../../adatosk/model/config.ts';
import type { TrainingSettings } from '../../adatosk/training/training-graph.ts';
import type { AugmentationKind } from './augmentation.ts';
import { augment } from './augmentation.ts';
import type { ClipSource } from './clip-source.ts';
import { fillTubeMask } from './hard-mask.ts';
import { ClipSampler, labelsOf, randomWindow, shareMeans, slotMeans } from './sampling.ts';

export interface BatchOptions {
  readonly seed: number;
  readonly augmentation: AugmentationKind;
  /** Range of the random token budget of each step with masking 'drop'; two equal ends give a fixed budget. */
  readonly tokenBudget: readonly [number, number];
  /** Share of a label that is distributed over all classes. */
  readonly labelSmoothing: number;
}

/** Makes the inputs of the training graph. The data of a step depend only on the seed and the number of the step, so that training can resume. */
export class BatchMaker {
  readonly #source: ClipSource;
  readonly #options: BatchOptions;
  readonly #sampler: ClipSampler;

  constructor(source: ClipSource, options: BatchOptions) {
    this.#source = source;
    this.#options = options;
    this.#sampler = new ClipSampler(source.clips, options.seed);
  }

  /** @param firstStep number of the first step of this run, counted from the beginning of training */
  async make(settings: TrainingSettings, firstStep: number): Promise<TrainingData> {
    const { step, steps, microBatches } = settings;
    const data = emptyTrainingData(settings);
    const perStep = microBatches * step.clips;
    for (let s = 0; s < steps; s++) {
      const stepRandom = randomStream(this.#options.seed, `step ${firstStep + s}`);
      const [low, high] = this.#options.tokenBudget;
      data.tokenBudget?.fill(low + (high - low) * stepRandom(), s * microBatches, (s + 1) * microBatches);
      for (let i = 0; i < perStep; i++) await this.#fillClip(data, settings, s * perStep + i, (firstStep + s) * perStep + i);
    }
    return data;
  }

  async #fillSingleSlot(data: TrainingData, { size, units }: StepSettings, at: number, clip: number, random: () => number): Promise<void> {
    const { labelSmoothing } = this.#options;
    const facts = this.#source.clips[clip]!;
    const augmentation = facts.augmentation ?? this.#options.augmentation;
    const window = singleSlotWindow(facts.samples, random);
    const frames = await augment(await this.#source.read(clip, window), this.#source.side, augmentation, random);
    data.clip.set(frames, at * frames.length);
    const patches = patchesOf(size);
    const slot = Math.floor(random() * SLOTS_PER_CLIP);
    for (let patch = 0; patch < patches; patch++) data.visible![at * patches + patch] = BigInt(slot * patches + patch);
    data.labels!.set(smoothed(shareMeans(facts.shares!, window), labelSmoothing), at * EXPRESSIONS.length);
    const { units: ownUnits } = facts;
    if (data.slotUnits === undefined || ownUnits === null || ownUnits === undefined) return;
    data.slotUnits.set(shareMeans(ownUnits, window), at * units);
    data.unitsKnown!.set(facts.knownUnits ?? new Array<number>(units).fill(1), at * units);
  }

  async #fillClip(data: TrainingData, { step }: TrainingSettings, at: number, place: number): Promise<void> {
    const { seed, labelSmoothing } = this.#options;
    const random = randomStream(seed, `clip ${place}`);
    const clip = this.#sampler.clipAt(place, step.classification > 0);
    const facts = this.#source.clips[clip]!;
    const augmentation = facts.augmentation ?? this.#options.augmentation;
    if (step.masking === 'single-slot') return this.#fillSingleSlot(data, step, at, clip, random);
    const window = randomWindow(facts, random, augmentation === 'faces');
    const frames = await augment(await this.#source.read(clip, window), this.#source.side, augmentation, random);
    data.clip.set(frames, at * frames.length);
    const visible = data.visible?.subarray(at * step.visibleTokens, (at + 1) * step.visibleTokens) ?? new BigInt64Array(0);
    const hidden = data.hidden?.subarray(at * step.decodedTokens, (at + 1) * step.decodedTokens) ?? new BigInt64Array(0);
    fillTubeMask(patchesOf(step.size), visible, hidden, random);
    const labels = labelsOf(facts, window);
    data.labels?.set(smoothed(labels.clip, labelSmoothing), at * EXPRESSIONS.length);
    data.slotLabels?.set(smoothed(labels.slots, labelSmoothing), at * SLOTS_PER_CLIP * EXPRESSIONS.length);
    if (data.slotUnits === undefined || facts.units === null || facts.units === undefined) return;
    data.slotUnits.set(slotMeans(facts.units, window), at * SLOTS_PER_CLIP * step.units);
    data.unitsKnown!.set(facts.knownUnits ?? new Array<number>(step.units).fill(1), at * step.units);
  }
}

/** Two neighbouring samples at a random time. The caller assigns them to a random slot, so that positions carry no information about time. */
function singleSlotWindow(samples: number, random: () => number): number[] {
  const first = Math.floor(random() * Math.max(1, samples - 1));
  return [first, Math.min(samples - 1, first + 1)];
}

function smoothed(labels: Float32Array, share: number): Float32Array {
  return labels.map((value, i) => {
    const row = i - (i % EXPRESSIONS.length);
    const known = labels.subarray(row, row + EXPRESSIONS.length).some((each) => each > 0);
    return known ? value * (1 - share) + share / EXPRESSIONS.length : 0;
  });
}
