import { z } from 'zod';
import { limitedRecord } from '../basics/limited-input.ts';
import type { Notice } from '../app/facts.ts';
import { EXPRESSIONS } from './expressions.ts';

/**
 * Forms of a fine-tuning set. references: a table of spans of the videos, without pictures. faces: aligned crops that
 * `adatosk train` reads directly. videomae: clips of crops with lists. frames: folders of aligned frames with lists
 * (MAE-DFER). dfew: folders of 16 frames with five folds. videofolder: Hugging Face.
 */
export const FINE_TUNING_FORMS = ['references', 'faces', 'videomae', 'frames', 'dfew', 'videofolder'] as const;
export type FineTuningForm = (typeof FINE_TUNING_FORMS)[number];

export const fineTuningOptionsSchema = z.object({
  form: z.enum(FINE_TUNING_FORMS),
  /** The layer with the labels: 'adjudicated', the name of a coder, or 'model'. */
  layer: z.string().min(1).max(200),
  /** Labels with a lower confidence are excluded. Labels of a person have no confidence and are always included. */
  minConfidence: z.number().min(0).max(1).default(0),
  /** Share of the other coders of a video who must have the same label over at least half of the span. */
  minAgreement: z.number().min(0).max(1).default(0),
  /** The class of each other label; null excludes a label. Labels of other coding schemes already have their own mapping. */
  mapping: limitedRecord(z.enum(EXPRESSIONS).nullable(), 100_000).default({}),
  /** 'segment' for the whole segment, or a number of seconds around its apex (around its middle without a peak). */
  window: z.union([z.literal('segment'), z.number().positive().max(60)]).default('segment'),
  /** Shares of training, validation and test. */
  shares: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]).default([0.7, 0.15, 0.15]),
  /** Replaces the names of participants, coders and videos by numbers. */
  anonymise: z.boolean().default(false),
  seed: z.int().nonnegative().default(1),
});
export type FineTuningOptions = z.infer<typeof fineTuningOptionsSchema>;

/** Contents of a fine-tuning set. */
export interface FineTuningReport {
  readonly clips: number;
  /** Number of clips of each class in training, validation and test. */
  readonly balance: readonly { readonly label: string; readonly train: number; readonly validation: number; readonly test: number }[];
  /** Number of clips that have action units alone. */
  readonly unitClips: { readonly train: number; readonly validation: number; readonly test: number };
  readonly people: { readonly train: number; readonly validation: number; readonly test: number };
  /** What was excluded, and what the user must know before using the set. */
  readonly notes: readonly Notice[];
}
