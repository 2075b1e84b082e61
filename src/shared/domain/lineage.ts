import { z } from 'zod';
import { EXPRESSIONS } from './expressions.ts';

/**
 * How a published model came to be, as data (models/ID/training.json): the clip sets it was trained on, its trainings in
 * their order, and its calibration. The model card is made from it, and scripts/replay-training.ts runs it again.
 * null is "not recorded".
 */
const share = z.number().min(0).max(1);
const shareOrUnknown = share.nullable();

const setSchema = z.strictObject({
  seed: z.int(),
  clips: z.strictObject({ train: z.int(), validation: z.int(), test: z.int() }),
  /** Classes in equal shares; all where it is absent. */
  classes: z.array(z.enum(EXPRESSIONS)).optional(),
  condition: z.string().default('usual'),
  /** Shares of the training clips; see `adatosk synthesize --help`. */
  blended: shareOrUnknown.default(0),
  toned: shareOrUnknown.default(0),
  subdued: shareOrUnknown.default(0),
  varied: shareOrUnknown.default(0),
  lined: shareOrUnknown.default(0),
  displays: shareOrUnknown.default(0),
});

/** Clips that a rule is about; of several rules for a set the first that fits a clip counts. */
const clipsSchema = z.strictObject({
  label: z.enum(EXPRESSIONS).optional(),
  /** Strength of the display, 0 to 1. */
  strengthBelow: z.number().optional(),
  /** Covered faces, displays below half their strength, and faces turned by more than 20 degrees. */
  hard: z.boolean().optional(),
  /** Probability that the weights before this training gave to the clip's class. */
  probabilityBelow: z.number().optional(),
});

const selectionSchema = z.strictObject({
  seeds: z.array(z.int()).min(1),
  clips: clipsSchema.default({}),
  /** Share that is taken of these clips. */
  share: shareOrUnknown,
});

const trainingSchema = z.strictObject({
  /** Number of the run in docs/research/training-log.md. */
  run: z.string(),
  /** Passes of clips through each phase, in their order. */
  draws: z.array(z.strictObject({ phase: z.enum(['self-supervised', 'frames', 'joint', 'fine-tuning']), clips: z.int().nullable() })).min(1),
  clips: z.int().nullable(),
  selection: z.array(selectionSchema).min(1),
  /** Whether photographs of training people were among the draws of their classes. */
  photographs: z.boolean().nullable(),
  augmentation: z.enum(['none', 'light', 'faces']).nullable(),
  matrices: z.enum(['adamw', 'muon']).nullable(),
  rate: z.number().nullable(),
  batch: z.int().nullable(),
  seed: z.int().nullable(),
  minutes: z.number().nullable(),
  /** Step of the weights that the next training began with; the last one where it is absent. */
  keptStep: z.int().optional(),
  /** What learned, where that is not all weights. */
  learns: z.literal('units').optional(),
  /** The weights after this training are a mean: this share of what it learned, and the rest of the weights that it began with. */
  averagedShare: share.optional(),
});

export const lineageSchema = z.strictObject({
  model: z.string(),
  /** SHA-256 of the published model.onnx. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.enum(['tiny', 'small', 'base']),
  credits: z.array(z.string()),
  sets: z.array(setSchema),
  /** Share that photographs have of the draws of their classes. */
  photographShare: share,
  trainings: z.array(trainingSchema),
  calibration: z.strictObject({
    mirrored: z.boolean(),
    tokenBudget: share,
    windows: z.int(),
    /** How far the classes' biases are drawn towards 0. */
    biasPenalty: z.number(),
    photographShare: share,
  }),
  hardware: z.string(),
});

export type Lineage = z.infer<typeof lineageSchema>;
export type LineageSet = Lineage['sets'][number];
export type LineageTraining = Lineage['trainings'][number];
