import { z } from 'zod';
import { appliedEditSchema } from '../annotation/editable-rows.ts';
import { jobProgressSchema } from '../domain/queue.ts';
import { problemSchema } from './base.ts';

/** What every window is told while a project is open. */
export const studioEventSchema = z.discriminatedUnion('kind', [
  /** An edit, undo or redo that was made through this program: its rows as they are now. */
  z.object({ kind: z.literal('edited'), coderId: z.string(), edit: appliedEditSchema }),
  /** Another program changed the project: what has a revision above the last clock that you know is to be read again. */
  z.object({ kind: z.literal('changed'), clock: z.int() }),
  /** A run has kept what it found in a video; the library is to be read again. */
  z.object({ kind: z.literal('recorded') }),
  /** The queue is another; see queue.state. */
  z.object({ kind: z.literal('queue') }),
  /** Clips of a fine-tuning set that are written so far. */
  z.object({ kind: z.literal('set'), done: z.int(), total: z.int() }),
  /** The fine-tuning is another; see training.state. */
  z.object({ kind: z.literal('training') }),
  jobProgressSchema.extend({ kind: z.literal('progress') }),
  z.object({ kind: z.literal('proxy'), video: z.string(), share: z.number() }),
  problemSchema.extend({ kind: z.literal('problem') }),
  /** Another project is open now, or none. */
  z.object({ kind: z.literal('project') }),
]);
export type StudioEvent = z.infer<typeof studioEventSchema>;
