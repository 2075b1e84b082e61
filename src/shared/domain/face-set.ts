import { z } from 'zod';
import { EXPRESSIONS } from './expressions.ts';
import { SPLITS } from './splits.ts';

/** A folder with this file holds clips as aligned face crops: nothing has to be decoded or searched for faces any more. */
export const FACE_SET_FILE = 'faces.json';

const seconds = z.number().nonnegative().nullable();

const faceClipSchema = z.object({
  /** The crops lie in clips/NAME.jpegs, beside their full truth in clips/NAME.json. */
  name: z.string().regex(/^[\w.-]+$/),
  label: z.enum(EXPRESSIONS).nullable(),
  split: z.enum(SPLITS),
  participant: z.string(),
  group: z.string().nullable(),
  samples: z.number().int().positive(),
  /** Bytes of each strip of crops, one after the other. */
  strips: z.array(z.number().int().positive()),
  /** Seconds from the clip's first sample; null where they lie outside of it. */
  onsetS: seconds,
  apexS: seconds,
  offsetS: seconds,
  /** Share of each class at each sample, in hundredths, where that is known. */
  shares: z.array(z.array(z.number().int().min(0).max(100)).length(EXPRESSIONS.length)).nullable(),
  /** Strength of action units at each sample, in hundredths, the same units in every clip; null where they are not known. */
  units: z.array(z.array(z.number().int().nonnegative())).nullable(),
});
export type FaceClip = z.infer<typeof faceClipSchema>;

export const faceSetSchema = z.object({
  format: z.literal('adatosk-faces'),
  version: z.literal(1),
  /** Side of a crop in pixels, and crops a second. */
  side: z.number().int().positive(),
  rate: z.number().positive(),
  seed: z.number().int(),
  /** What the clips are made from, for the card of every model that learns from them. */
  credits: z.array(z.string()),
  clips: z.array(faceClipSchema),
});
export type FaceSet = z.infer<typeof faceSetSchema>;
