import { z } from 'zod';
import { factSchema } from '../app/facts.ts';

/** One video in the batch queue. */
export const queueJobSchema = z.object({
  id: z.string(),
  /** Identifies jobs that were added together, with one model and one set of options. */
  batch: z.string(),
  /** The run that stores the results; null until the first video of the batch starts. */
  run: z.string().nullable(),
  model: z.string(),
  path: z.string(),
  name: z.string(),
  bytes: z.number(),
  isFirst: z.boolean(),
  /** Whether the job was added on another computer; it then waits until the user starts it. */
  isHeld: z.boolean(),
  status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  /** Why a failed job failed; null for others. */
  failure: factSchema.nullable(),
  /** Since it was added, or was tried again on request. */
  attempts: z.int(),
  secondsTaken: z.number().nullable(),
  timesRealTime: z.number().nullable(),
  /** ISO 8601, UTC; null before the job has started or ended. */
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});
export type QueueJob = z.infer<typeof queueJobSchema>;

export const queueStateSchema = z.object({
  paused: z.boolean(),
  /** Largest number of videos to analyse in parallel. */
  atOnce: z.int(),
  /** In the order in which they run. */
  jobs: z.array(queueJobSchema),
});
export type QueueState = z.infer<typeof queueStateSchema>;

/** Progress of a running job. */
export const jobProgressSchema = z.object({
  job: z.string(),
  /** Finished share of the video, 0..1. */
  share: z.number(),
  /** Seconds of video per second of work so far; null before the first frame. */
  timesRealTime: z.number().nullable(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/**
 * Estimated seconds until all waiting and running jobs are finished, from the time per byte of the finished jobs; null
 * before the first job has finished.
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

/** Finished share (0..1) of the batches that are not over, by bytes; 0 if none is open. @param progress shares of the running jobs, by id */
export function wholeShare({ jobs }: QueueState, progress: ReadonlyMap<string, number>): number {
  const open = new Set(jobs.filter(({ status }) => status === 'waiting' || status === 'running').map(({ batch }) => batch));
  const counted = jobs.filter(({ batch, status }) => open.has(batch) && status !== 'cancelled');
  const bytes = counted.reduce((sum, job) => sum + job.bytes, 0);
  const shareOf = ({ id, status }: QueueJob): number => (status === 'running' ? (progress.get(id) ?? 0) : status === 'waiting' ? 0 : 1);
  return bytes === 0 ? 0 : counted.reduce((sum, job) => sum + job.bytes * shareOf(job), 0) / bytes;
}
