import { z } from 'zod';
import { appliedEditSchema } from '../annotation/editable-rows.ts';
import { jobProgressSchema } from '../domain/queue.ts';
import { problemSchema } from './base.ts';

/** Events sent to every window. */
export const studioEventSchema = z.discriminatedUnion('kind', [
  /** An edit, undo or redo by this program, with its changed rows. */
  z.object({ kind: z.literal('edited'), coderId: z.string(), edit: appliedEditSchema }),
  /** Another program changed the project. `clock` is its new clock; the window reads its data again. */
  z.object({ kind: z.literal('changed'), clock: z.int() }),
  /** A run has stored the results of a video, or the library has other videos; the window reads the library again. */
  z.object({ kind: z.literal('recorded') }),
  /** The queue has changed; see queue.state. */
  z.object({ kind: z.literal('queue') }),
  /** Progress of exporting a fine-tuning set, in clips. */
  z.object({ kind: z.literal('set'), done: z.int(), total: z.int() }),
  /** Progress of an export, in steps. */
  z.object({ kind: z.literal('export'), done: z.int(), total: z.int() }),
  /** Progress of giving out or merging copies, in copies. */
  z.object({ kind: z.literal('copies'), done: z.int(), total: z.int() }),
  /** The fine-tuning has changed; see training.state. */
  z.object({ kind: z.literal('training') }),
  jobProgressSchema.extend({ kind: z.literal('progress') }),
  z.object({ kind: z.literal('proxy'), video: z.string(), share: z.number() }),
  problemSchema.extend({ kind: z.literal('problem') }),
  /** Another project was opened, or the project was closed. */
  z.object({ kind: z.literal('project') }),
]);
export type StudioEvent = z.infer<typeof studioEventSchema>;
