import { z } from 'zod';
import { factSchema } from '../app/facts.ts';
import { EXPRESSIONS } from './expressions.ts';

/** manifest.json of a model folder: what the program must know of a model without opening it. */
export const manifestSchema = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  name: z.string(),
  size: z.enum(['tiny', 'small', 'base']),
  /** False for weights that no data has touched: everything computed with them is marked so. */
  trained: z.boolean(),
  /**
   * Shown wherever results of this model are shown or exported; empty where there is nothing to warn of. This program writes
   * facts; a sentence of another program or of an older version is shown as it is.
   */
  warnings: z.array(z.union([z.string(), factSchema])),
  provenance: z.string(),
  /** For untrained weights: the seed from which model.onnx is drawn. */
  seed: z.number().int().optional(),
  classes: z.array(z.string()).refine((names) => names.join() === EXPRESSIONS.join(), `classes must be ${EXPRESSIONS.join(', ')}, in this order`),
  clip: z.object({ frames: z.literal(16), height: z.number().int(), width: z.number().int(), sampleRateHz: z.number().positive() }),
  defaultTokenBudget: z.number().gt(0).lte(1),
  /** Whether each clip is also judged mirrored, and the mean of both is its answer: better, at twice the time. */
  mirrored: z.boolean().optional(),
  /** What the logits were divided by after training, so that probabilities are what they say; it lies in the weights. */
  temperature: z.number().positive().optional(),
  /** SHA-256 of model.onnx. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type ModelManifest = z.infer<typeof manifestSchema>;
