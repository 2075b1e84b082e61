import { z } from 'zod';
import type { Notice } from '../app/facts.ts';
import { EXPRESSIONS } from './expressions.ts';

/**
 * Forms of a fine-tuning set. references: a table of spans in the videos themselves, no pictures. faces: aligned crops that
 * `adatosk train` reads at once. videomae: clips of crops with lists. frames: folders of aligned frames with lists
 * (MAE-DFER). dfew: folders of 16 frames with five folds. videofolder: Hugging Face.
 */
export const FINE_TUNING_FORMS = ['references', 'faces', 'videomae', 'frames', 'dfew', 'videofolder'] as const;
export type FineTuningForm = (typeof FINE_TUNING_FORMS)[number];

export const fineTuningOptionsSchema = z.object({
  form: z.enum(FINE_TUNING_FORMS),
  /** Whose labels: 'adjudicated', a coder's name, or 'model'. */
  layer: z.string().min(1).max(200),
  /** Labels of less confidence are left out; a person's own have none and stay. */
  minConfidence: z.number().min(0).max(1).default(0),
  /** Share of the other coders of a video who must say the same over at least half of the span. */
  minAgreement: z.number().min(0).max(1).default(0),
  /** What other labels count as; null leaves a label out. Labels of other schemes have their own mapping already. */
  mapping: z.record(z.string(), z.enum(EXPRESSIONS).nullable()).default({}),
  /** The whole segment, or so many seconds around its apex (its middle where no peak tells it). */
  window: z.union([z.literal('segment'), z.number().positive().max(60)]).default('segment'),
  /** Shares of training, validation and test. */
  shares: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]).default([0.7, 0.15, 0.15]),
  /** Numbers in the place of people's, coders' and videos' names. */
  anonymise: z.boolean().default(false),
  seed: z.int().nonnegative().default(1),
});
export type FineTuningOptions = z.infer<typeof fineTuningOptionsSchema>;

/** What a fine-tuning set holds. */
export interface FineTuningReport {
  readonly clips: number;
  /** Clips of each class in training, validation and test. */
  readonly balance: readonly { readonly label: string; readonly train: number; readonly validation: number; readonly test: number }[];
  readonly people: { readonly train: number; readonly validation: number; readonly test: number };
  /** What was left out, and what to know before the set is used. */
  readonly notes: readonly Notice[];
}
