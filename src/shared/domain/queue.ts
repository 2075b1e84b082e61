import { z } from 'zod';
import { factSchema } from '../app/facts.ts';

/** One video in the batch queue. */
export const queueJobSchema = z.object({
  id: z.string(),
  /** Jobs that were added together, with one model and one set of options. */
  batch: z.string(),
  /** The run that keeps the results; null until the first of its videos is begun. */
  run: z.string().nullable(),
  model: z.string(),
  path: z.string(),
  name: z.string(),
  bytes: z.number(),
  isFirst: z.boolean(),
  /** Requested on another computer: it waits until the person starts it. */
  isHeld: z.boolean(),
  status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  /** Why a failed one failed; null for others. */
  failure: factSchema.nullable(),
  attempts: z.int(),
  secondsTaken: z.number().nullable(),
  timesRealTime: z.number().nullable(),
});
export type QueueJob = z.infer<typeof queueJobSchema>;

export const queueStateSchema = z.object({
  paused: z.boolean(),
  /** Videos that are analysed at once, at most. */
  atOnce: z.int(),
  /** In the order in which they are done. */
  jobs: z.array(queueJobSchema),
});
export type QueueState = z.infer<typeof queueStateSchema>;

/** How far a running job is. */
export const jobProgressSchema = z.object({
  job: z.string(),
  /** Share of the video that is done, 0..1. */
  share: z.number(),
  /** Seconds of video per second of work so far; null before the first frame. */
  timesRealTime: z.number().nullable(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/**
 * Seconds until everything that waits or runs is over, from the bytes that the finished ones took; null before one has
 * finished or got somewhere.
 */
export function secondsLeft({ jobs, atOnce }: QueueState, progress: ReadonlyMap<string, number>): number | null {
  const finished = jobs.filter(({ status, secondsTaken }) => status === 'done' && secondsTaken !== null && secondsTaken > 0);
  const bytes = finished.reduce((sum, job) => sum + job.bytes, 0);
  const seconds = finished.reduce((sum, job) => sum + (job.secondsTaken ?? 0), 0);
  if (bytes === 0 || seconds === 0) return null;
  const left = jobs
    .filter(({ status }) => status === 'waiting' || status === 'running')
    .reduce((sum, job) => sum + job.bytes * (1 - (progress.get(job.id) ?? 0)), 0);
  return (left * seconds) / bytes / atOnce;
}
