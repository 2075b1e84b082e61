import type { Fact } from '../../../shared/app/facts.ts';
import type { QueueJob } from '../../../shared/domain/queue.ts';
import type { LibraryVideo } from './project-store.ts';

/** What is known about the analysis of a video: of its newest job in the queue and its newest result. */
export type VideoState =
  | { readonly kind: 'missing' | 'not_analysed' }
  | { readonly kind: 'queued'; readonly job: string; readonly isHeld: boolean }
  /** share: 0..1. secondsLeft: null while it cannot be estimated. */
  | { readonly kind: 'running'; readonly job: string; readonly share: number; readonly secondsLeft: number | null }
  /** job: null if only the result of a run says so. */
  | { readonly kind: 'failed'; readonly job: string | null; readonly failure: Fact | null }
  | { readonly kind: 'stopped'; readonly job: string }
  | { readonly kind: 'analysed'; readonly faces: number; readonly faceShare: number | null };

/** A share below which the time left is not estimated: the first percent contain the start of the model. */
const LEAST_SHARE = 0.02;

/** The newest job of each video, by path: a running or waiting one before those that have ended. */
export function newestJobs(jobs: readonly QueueJob[]): Map<string, QueueJob> {
  const rank = ({ status, endedAt }: QueueJob): string => (status === 'running' ? '~~' : status === 'waiting' ? '~' : (endedAt ?? ''));
  const newest = new Map<string, QueueJob>();
  for (const job of jobs) {
    const known = newest.get(job.path);
    if (known === undefined || rank(job) > rank(known)) newest.set(job.path, job);
  }
  return newest;
}

export interface QueueView {
  readonly jobs: ReadonlyMap<string, QueueJob>;
  readonly progress: ReadonlyMap<string, { readonly share: number }>;
  /** Start of each run, ISO 8601, by id. */
  readonly runStarts: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The state of a video's analysis. A job that failed or was stopped counts unless a run has started after it and has a result. */
export function stateOf(video: LibraryVideo, { jobs, progress, runStarts, now }: QueueView): VideoState {
  const { analysed, isMissing } = video;
  const job = jobs.get(video.path);
  if (job?.status === 'running') {
    const share = progress.get(job.id)?.share ?? 0;
    return { kind: 'running', job: job.id, share, secondsLeft: secondsLeftOf(job, share, now) };
  }
  if (job?.status === 'waiting') return { kind: 'queued', job: job.id, isHeld: job.isHeld };
  if (isMissing) return { kind: 'missing' };
  const isOvertaken = analysed?.status === 'done' && (runStarts.get(analysed.run) ?? '') > (job?.endedAt ?? '');
  if (job?.status === 'failed' && !isOvertaken) return { kind: 'failed', job: job.id, failure: job.failure };
  if (analysed?.status === 'failed') return { kind: 'failed', job: null, failure: analysed.failure };
  if (analysed?.status === 'done') return { kind: 'analysed', faces: analysed.faces ?? 0, faceShare: analysed.faceShare };
  // The result is stored; the library is read again a moment later.
  if (job?.status === 'done') return { kind: 'running', job: job.id, share: 1, secondsLeft: null };
  return job?.status === 'cancelled' ? { kind: 'stopped', job: job.id } : { kind: 'not_analysed' };
}

function secondsLeftOf({ startedAt }: QueueJob, share: number, now: number): number | null {
  if (startedAt === null || share < LEAST_SHARE) return null;
  return (Math.max(0, now - Date.parse(startedAt)) / 1000) * (1 / share - 1);
}

/** What the library can be filtered by: first the analysis, then the review. */
export const ANALYSIS_FILTERS = ['not_analysed', 'queued', 'analysed', 'failed', 'stopped', 'missing'] as const;
export const REVIEW_FILTERS = ['new', 'in_review', 'done'] as const;
export type LibraryFilter = 'all' | (typeof ANALYSIS_FILTERS)[number] | (typeof REVIEW_FILTERS)[number];

/** Whether a filter shows a video. 'queued' includes the running ones. */
export function matchesFilter(filter: LibraryFilter, { review }: LibraryVideo, { kind }: VideoState): boolean {
  if (filter === 'all') return true;
  if (filter === 'new' || filter === 'in_review' || filter === 'done') return review === filter;
  return filter === (kind === 'running' ? 'queued' : kind);
}

/** Whether "Analyse new" includes a video: those without a result that did not fail. */
export const isNew = ({ kind }: VideoState): boolean => kind === 'not_analysed' || kind === 'stopped';
