import { z } from 'zod';
import { factSchema } from '../app/facts.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';
import { pathSchema, procedure } from './base.ts';

/** Evaluation of a model on the clips of held-out people. */
const measuredSchema = z.object({
  clips: z.int(),
  people: z.int(),
  /** Null without a clip of an expression. */
  uar: z.number().nullable(),
  war: z.number().nullable(),
  calibrationError: z.number().nullable(),
  recall: z.array(z.number().nullable()).length(EXPRESSIONS.length),
  /** Action units: area under the ROC curve and correlation of the intensities; null where the clips do not have both. Experimental. */
  units: z.array(z.object({ unit: z.int(), auc: z.number().nullable(), correlation: z.number().nullable() })).default([]),
});
export type Measured = z.infer<typeof measuredSchema>;

export const fineTuningStateSchema = z.object({
  /** idle: no fine-tuning. failed: can be restarted. paused: can be resumed. ready: waits for keep or discard. */
  phase: z.enum(['idle', 'preparing', 'measuring', 'training', 'pausing', 'paused', 'ready', 'failed']),
  name: z.string(),
  layer: z.string(),
  from: z.string(),
  clips: z.object({ train: z.int(), validation: z.int(), test: z.int() }).nullable(),
  /** Units depend on the phase. */
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  secondsLeft: z.number().nullable(),
  /** Mean loss by step. */
  losses: z.array(z.object({ step: z.int(), loss: z.number() })),
  validations: z.array(z.object({ step: z.int(), uar: z.number(), logLoss: z.number() })),
  before: measuredSchema.nullable(),
  after: measuredSchema.nullable(),
  /** The evaluated split: 'test', or 'validation' if there were too few people for both. */
  measuredOn: z.enum(['test', 'validation']).nullable(),
  notes: z.array(factSchema),
  /** Why it failed; null in other phases. */
  problem: factSchema.nullable(),
  /** Folder of the new model, from the phase ready on; null before. */
  model: z.string().nullable(),
});
export type FineTuningState = z.infer<typeof fineTuningStateSchema>;

const trainingMaterialSchema = z.object({
  /** Number of labels of each class and of people with them, in the order of EXPRESSIONS. */
  classes: z.array(z.object({ labels: z.int(), people: z.int() })).length(EXPRESSIONS.length),
  /** Number of labels of each action unit that has some, and of people with them. */
  units: z.array(z.object({ unit: z.int(), labels: z.int(), people: z.int() })),
  people: z.int(),
  /** Videos without a participant. Each counts as a separate person. */
  unnamed: z.int(),
  /** Labels that are left out, and why. */
  notes: z.array(factSchema),
});
export type TrainingMaterial = z.infer<typeof trainingMaterialSchema>;

/** Options of a fine-tuning. */
export const fineTuningRequestSchema = z.object({
  /** Name of the new model. */
  name: z.string().trim().min(1).max(80),
  layer: z.string().min(1).max(200),
  /** Id or folder of the model to fine-tune. */
  from: z.string().max(32_768),
  minConfidence: z.number().min(0).max(1).default(0),
  minAgreement: z.number().min(0).max(1).default(0),
  /** Epochs. */
  rounds: z.int().min(1).max(500).default(30),
});
/** The options with defaults applied. */
export type FineTuningRequest = z.output<typeof fineTuningRequestSchema>;

export const training = {
  state: procedure.output(fineTuningStateSchema),
  /** The labels available for fine-tuning in a layer ('adjudicated' or a coder's name). */
  material: procedure.input(z.object({ layer: z.string().min(1).max(200) })).output(trainingMaterialSchema),
  /**
   * Imports the weights of a file into a new model, to fine-tune it: a network of this program, or an encoder of VideoMAE.
   * `notes` tell what was taken over and what was not.
   */
  importModel: procedure.input(z.object({ file: pathSchema })).output(z.object({ model: z.string(), notes: z.array(factSchema) })),
  /** Makes a fine-tuning set from the corrected labels, split by person, and starts training. */
  begin: procedure.input(fineTuningRequestSchema),
  /** Saves a checkpoint and stops. `resume` continues from it, also after a restart. */
  pause: procedure,
  resume: procedure,
  /** Adds the model to the installed models. The old model and all its results are kept. */
  keep: procedure.output(z.object({ model: z.string() })),
  discard: procedure,
};
