import type { Fact } from '../../../../shared/app/facts.ts';
import type { VideoSummary } from '../../../../shared/domain/results.ts';
import type { VideoFile } from '../../../media/video-files.ts';
import type { ProcessPort } from '../../../process/process-port.ts';
import type { SessionRequest } from '../analysis-session.ts';

/** What all videos of a worker have in common. */
export interface WorkerTask extends SessionRequest {
  /** Folder of the run, in which the worker stores results. */
  readonly out: string;
  readonly resume: boolean;
}

/** A request to a worker. The first one opens it. */
export type WorkerRequest =
  { readonly kind: 'open'; readonly task: WorkerTask } | { readonly kind: 'analyse'; readonly video: VideoFile } | { readonly kind: 'stop' };

/** What a worker says about the video that it analyses. */
export type WorkerAnswer =
  | { readonly kind: 'share'; readonly share: number; readonly timesRealTime: number }
  | { readonly kind: 'done'; readonly summary: VideoSummary; readonly resumed: boolean }
  | { readonly kind: 'failed'; readonly fact: Fact };

export type WorkerPort = ProcessPort<WorkerRequest, WorkerAnswer>;

/** Starts a worker that may use so many cores. */
export type WorkerStarter = (cores: number) => WorkerPort;
