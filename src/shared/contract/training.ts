import { z } from 'zod';
import { factSchema } from '../app/facts.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';
import { procedure } from './base.ts';

/** How a model fared on the clips of people who were kept out. */
const measuredSchema = z.object({
  clips: z.int(),
  people: z.int(),
  uar: z.number(),
  war: z.number(),
  calibrationError: z.number(),
  recall: z.array(z.number().nullable()).length(EXPRESSIONS.length),
});
export type Measured = z.infer<typeof measuredSchema>;

export const fineTuningStateSchema = z.object({
  /** idle: none. failed can be begun again, paused can go on, ready waits for a decision. */
  phase: z.enum(['idle', 'preparing', 'measuring', 'training', 'pausing', 'paused', 'ready', 'failed']),
  name: z.string(),
  layer: z.string(),
  from: z.string(),
  clips: z.object({ train: z.int(), validation: z.int(), test: z.int() }).nullable(),
  /** Done of all, in whatever the phase counts. */
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  secondsLeft: z.number().nullable(),
  /** Mean loss by step. */
  losses: z.array(z.object({ step: z.int(), loss: z.number() })),
  validations: z.array(z.object({ step: z.int(), uar: z.number(), logLoss: z.number() })),
  before: measuredSchema.nullable(),
  after: measuredSchema.nullable(),
  /** 'test', or 'validation' where there were too few people for both. */
  measuredOn: z.enum(['test', 'validation']).nullable(),
  notes: z.array(factSchema),
  /** Why a failed one failed; null for others. */
  problem: factSchema.nullable(),
  /** Folder of the model, from ready on. */
  model: z.string().nullable(),
});
export type FineTuningState = z.infer<typeof fineTuningStateSchema>;

const trainingMaterialSchema = z.object({
  /** Labels of each class, in the order of EXPRESSIONS, and the people who show it. */
  classes: z.array(z.object({ labels: z.int(), people: z.int() })).length(EXPRESSIONS.length),
  people: z.int(),
  /** Videos whose participant nobody has said: each counts as a person of its own. */
  unnamed: z.int(),
  /** What is left out. */
  notes: z.array(factSchema),
});
export type TrainingMaterial = z.infer<typeof trainingMaterialSchema>;

/** A fine-tuning as a window asks for it. */
export const fineTuningRequestSchema = z.object({
  /** What the model is called. */
  name: z.string().trim().min(1).max(80),
  layer: z.string().min(1).max(200),
  /** Id or folder of the model that training begins with. */
  from: z.string().max(32_768),
  minConfidence: z.number().min(0).max(1).default(0),
  minAgreement: z.number().min(0).max(1).default(0),
  /** Rounds through the set. */
  rounds: z.int().min(1).max(500).default(30),
});
/** With the defaults filled in. */
export type FineTuningRequest = z.output<typeof fineTuningRequestSchema>;

export const training = {
  state: procedure.output(fineTuningStateSchema),
  /** What there is to learn from in a layer ('adjudicated' or a coder's name). */
  material: procedure.input(z.object({ layer: z.string().min(1).max(200) })).output(trainingMaterialSchema),
  /** From corrected labels to a model: a set is made, people apart, and training begins. */
  begin: procedure.input(fineTuningRequestSchema),
  /** Saves where it is and ends; resume goes on from there, after a restart too. */
  pause: procedure,
  resume: procedure,
  /** The model stays among the models; the old one and all its results stay as well. */
  keep: procedure.output(z.object({ model: z.string() })),
  discard: procedure,
};
