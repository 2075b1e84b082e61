import { z } from 'zod';
import { factSchema } from '../app/facts.ts';
import { EXPRESSIONS } from './expressions.ts';

/** manifest.json of a model folder: the properties of a model that the program needs without loading it. */
export const manifestSchema = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  name: z.string(),
  size: z.enum(['tiny', 'small', 'base']),
  /** False for untrained weights. All results of such a model are marked. */
  trained: z.boolean(),
  /**
   * Warnings for everyone who sees results of this model, shown with every result and export; may be empty. This program
   * writes facts. A sentence of another program or of an older version is shown unchanged.
   */
  warnings: z.array(z.union([z.string(), factSchema])),
  provenance: z.string(),
  /** For untrained weights: the random seed of model.onnx. */
  seed: z.number().int().optional(),
  classes: z.array(z.string()).refine((names) => names.join() === EXPRESSIONS.join(), `classes must be ${EXPRESSIONS.join(', ')}, in this order`),
  clip: z.object({ frames: z.literal(16), height: z.number().int(), width: z.number().int(), sampleRateHz: z.number().positive() }),
  defaultTokenBudget: z.number().gt(0).lte(1),
  /** Whether to average the outputs for each clip and its mirror image: more accurate, but twice the time. */
  mirrored: z.boolean().optional(),
  /** Calibration temperature by which the logits were divided after training. The weights already include it. */
  temperature: z.number().positive().optional(),
  /**
   * One in a hundred slots of the model's validation clips has a largest similarity to a class below this value, -1..1. A face below it is
   * marked as unusual. Models that this program did not publish have none.
   */
  leastSimilarity: z.number().min(-1).max(1).optional(),
  /** FACS numbers of the action units in the output `action_units`, in its order. Models without that output have none. */
  actionUnits: z.array(z.number().int().positive()).nonempty().optional(),
  /** SHA-256 of model.onnx. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type ModelManifest = z.infer<typeof manifestSchema>;
