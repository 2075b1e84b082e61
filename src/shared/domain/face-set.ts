import { z } from 'zod';
import { EXPRESSIONS } from './expressions.ts';
import { SPLITS } from './splits.ts';

/** A folder with this file contains clips as aligned face crops, so that reading them needs no decoding or face detection. */
export const FACE_SET_FILE = 'faces.json';

const seconds = z.number().nonnegative().nullable();

const faceClipSchema = z.object({
  /** The crops are in clips/NAME.jpegs, their full ground truth in clips/NAME.json. */
  name: z.string().regex(/^[\w.-]+$/),
  label: z.enum(EXPRESSIONS).nullable(),
  split: z.enum(SPLITS),
  participant: z.string(),
  group: z.string().nullable(),
  samples: z.number().int().positive(),
  /** Size of each strip of crops in bytes; the .jpegs file contains them one after the other. */
  strips: z.array(z.number().int().positive()),
  /** Seconds from the first sample of the clip; null for moments outside the clip. */
  onsetS: seconds,
  apexS: seconds,
  offsetS: seconds,
  /** Share of each class at each sample, in hundredths; null where unknown. */
  shares: z.array(z.array(z.number().int().min(0).max(100)).length(EXPRESSIONS.length)).nullable(),
  /** Strength of the action units at each sample, in hundredths, with the same units in every clip; null where unknown. */
  units: z.array(z.array(z.number().int().nonnegative())).nullable(),
  /** FACS numbers of the units that are known in this clip, where that is not all of them: those that its coder codes. */
  knownUnits: z.array(z.number().int().positive()).optional(),
});
export type FaceClip = z.infer<typeof faceClipSchema>;

export const faceSetSchema = z.object({
  format: z.literal('adatosk-faces'),
  version: z.literal(1),
  /** Side of a crop in pixels. */
  side: z.number().int().positive(),
  /** Crops a second. */
  rate: z.number().positive(),
  seed: z.number().int(),
  /** FACS numbers of the action units of the clips, in their order. Sets of version 0.2 and before have those of ACTION_UNITS. */
  actionUnits: z.array(z.number().int().positive()).optional(),
  /** Sources of the clips, for the card of every model that is trained on them. */
  credits: z.array(z.string()),
  clips: z.array(faceClipSchema),
});
export type FaceSet = z.infer<typeof faceSetSchema>;
