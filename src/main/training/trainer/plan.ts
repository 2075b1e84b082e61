import type { NetworkSize } from '../../adatosk/model/config.ts';
import { DECODERS, patchesOf, SLOTS_PER_CLIP, tokensOf } from '../../adatosk/model/config.ts';
import type { StepSettings } from '../../adatosk/model/training-step.ts';
import type { TrainingSettings } from '../../adatosk/training/training-graph.ts';

/**
 * Training has up to four phases, each with its own graph.
 * 'self-supervised': reconstruction alone, on all clips, labelled or not.
 * 'frames' (frame pre-training): single slots with their own labels and action units, for sets that have them for each sample.
 * 'joint': both branches on the visible tokens, weighted by the soft mask.
 * 'fine-tuning': classification alone on all tokens; tokens beyond the budget are dropped, as in inference.
 */
export type PhaseName = 'self-supervised' | 'frames' | 'joint' | 'fine-tuning';

export interface Phase {
  readonly name: PhaseName;
  readonly steps: number;
  readonly settings: TrainingSettings;
}

export interface PlanOptions {
  readonly size: NetworkSize;
  /** Clips in a step. */
  readonly batch: number;
  readonly steps: Readonly<Partial<Record<PhaseName, number>>>;
  readonly learns: StepSettings['learns'];
  /** Number of action units that the set has for each slot; 0 for none. */
  readonly units?: number;
  /** The optimiser of the blocks' matrices; by default AdamW. */
  readonly matrices?: TrainingSettings['matrices'];
  /** Lambda, the weight of the reconstruction loss in the joint phase. */
  readonly reconstruction: number;
}

/** Share of the patches that the hard mask leaves visible. With a quarter, a step costs little more than a quarter. */
const VISIBLE = 0.25;
/** Share of the hidden tubes that are reconstructed (VideoMAE V2, section 3.2). */
const DECODED = 0.5;
/** Steps in one run of the graph. The weights are copied once per run; a stop waits until the run ends. */
export const STEPS_PER_RUN = 4;
const LARGEST_NORM = 1;
/** Single slots in a step for each clip of the other phases: a single slot takes an eighth of the work of a clip. */
export const FRAMES_FOR_A_CLIP = 4;
export const WEIGHT_DECAY = 0.05;
export const LABEL_SMOOTHING = 0.1;
/** Range of the token budgets in fine-tuning. */
export const BUDGETS: readonly [number, number] = [0.25, 0.7];
/** The moving average covers a twentieth of a training. A longer average would still contain early, poor weights. */
export const averageKeeps = (steps: number): number => Math.min(0.999, 1 - 1 / Math.max(10, steps / 20));
/** Largest number of visible or kept tokens in a micro-batch at tiny's width; it limits the memory of the activations. */
const TOKENS_AT_ONCE = 1000;

export function planOf({ size, batch, steps, learns, reconstruction, units = 0, matrices = 'adamw' }: PlanOptions): Phase[] {
  const shared = { size, decoder: DECODERS[size.name], learns, units };
  const visiblePatches = Math.max(1, Math.ceil(VISIBLE * patchesOf(size)));
  const masked = {
    visibleTokens: SLOTS_PER_CLIP * visiblePatches,
    decodedTokens: SLOTS_PER_CLIP * Math.max(1, Math.round(DECODED * (patchesOf(size) - visiblePatches))),
  };
  const phase = (name: PhaseName, step: Omit<StepSettings, 'clips'>, tokens: number, clips = batch): Phase[] => {
    const microBatches = dividingBatch(clips, Math.ceil((clips * tokens * size.width) / (TOKENS_AT_ONCE * 192)));
    const settings = { step: { ...step, clips: clips / microBatches }, steps: STEPS_PER_RUN, microBatches, largestNorm: LARGEST_NORM, matrices };
    const whole = Math.ceil((steps[name] ?? 0) / STEPS_PER_RUN) * STEPS_PER_RUN;
    return whole === 0 ? [] : [{ name, steps: whole, settings }];
  };
  const singleSlot = { visibleTokens: patchesOf(size), decodedTokens: 0 };
  const all = { visibleTokens: tokensOf(size), decodedTokens: 0 };
  return [
    ...phase('self-supervised', { ...shared, ...masked, reconstruction: 1, classification: 0, masking: 'soft' }, masked.visibleTokens),
    ...phase(
      'frames',
      { ...shared, ...singleSlot, reconstruction: 0, classification: 1, masking: 'single-slot' },
      singleSlot.visibleTokens,
      FRAMES_FOR_A_CLIP * batch,
    ),
    ...phase('joint', { ...shared, ...masked, reconstruction, classification: 1, masking: 'soft' }, masked.visibleTokens),
    ...phase('fine-tuning', { ...shared, ...all, reconstruction: 0, classification: 1, masking: 'drop' }, tokensOf(size) / 2),
  ];
}

/** The smallest divisor of the batch that is at least `least`. */
function dividingBatch(batch: number, least: number): number {
  for (let parts = Math.max(1, least); parts < batch; parts++) if (batch % parts === 0) return parts;
  return batch;
}

/** The phase of a step (counted from the beginning of training), and the number of the step within the phase. */
export function phaseAt(phases: readonly Phase[], step: number): { phase: Phase; within: number } | undefined {
  let before = 0;
  for (const phase of phases) {
    if (step < before + phase.steps) return { phase, within: step - before };
    before += phase.steps;
  }
  return undefined;
}

/** Linear warm-up over the first twentieth, then a cosine down to a hundredth (Loshchilov and Hutter 2017). */
export function rateAt(step: number, total: number, peak: number): number {
  const rising = Math.max(1, Math.round(total / 20));
  const cosine = 0.5 * (1 + Math.cos((Math.PI * step) / total));
  return peak * Math.min(1, (step + 1) / rising) * (0.01 + 0.99 * cosine);
}
