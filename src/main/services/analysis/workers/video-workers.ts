import { fromFact, StudioError, toFact } from '../../../../shared/app/errors.ts';
import type { Provider } from '../../../adatosk/runtime/engine-messages.ts';
import { isProcessor } from '../../../adatosk/runtime/engine-messages.ts';
import type { FinishedVideo } from '../../../analysis/batch.ts';
import { emptySummary } from '../../../analysis/batch.ts';
import type { VideoFile } from '../../../media/video-files.ts';
import { allowedCores, CORES_VARIABLE } from '../../../process/allowed-cores.ts';
import { startChildProcess } from '../../../process/child-process.ts';
import type { WorkerPort, WorkerStarter, WorkerTask } from './video-worker-messages.ts';

/** An analysis keeps about two cores busy: ffmpeg, the network, the face detectors and the program's own work run side by side. */
const CORES_PER_VIDEO = 2;
/** The processes of one analysis use 0.7 GB at their peak (bench memory). */
const MEMORY_PER_VIDEO = 1e9;
/** On a graphics card, a second video fills the gaps of the first. */
const VIDEOS_PER_CARD = 2;

/** The number of videos at once that this process has cores and free memory for, within the limits of its container or of its task on a cluster. */
export function videosAtOnce(provider: Provider, cores = allowedCores(), memory = process.availableMemory()): number {
  if (!isProcessor(provider)) return VIDEOS_PER_CARD;
  return Math.max(1, Math.min(Math.floor(cores / CORES_PER_VIDEO), Math.floor(memory / MEMORY_PER_VIDEO)));
}

/** Starts a worker as a child process. */
export const startChildProcessWorker: WorkerStarter = (cores) =>
  startChildProcess(new URL('./video-worker-host.ts', import.meta.url), ['--max-semi-space-size=4'], { [CORES_VARIABLE]: String(cores) });

/** Worker processes, each of which analyses one video at a time. They start when they are needed. */
export class VideoWorkers {
  readonly #task: WorkerTask;
  readonly #start: () => WorkerPort;
  readonly #all = new Set<VideoWorker>();

  /** @param cores that one worker may use */
  constructor(task: WorkerTask, start: WorkerStarter, cores: number) {
    this.#task = task;
    this.#start = () => start(cores);
  }

  get pids(): readonly number[] {
    return [...this.#all].flatMap(({ port }) => port.pid ?? []);
  }

  /** Analyses a video in a worker, as runVideo does. @throws StudioError for an error that would also stop the next video */
  async run(video: VideoFile, onShare: (share: number, timesRealTime: number) => void, signal: AbortSignal): Promise<FinishedVideo> {
    const worker = [...this.#all].find(({ isFree }) => isFree) ?? this.#open();
    const stop = (): void => worker.port.send({ kind: 'stop' });
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await worker.analyse(video, onShare);
    } catch (error) {
      // A process that the system has ended, for example for its memory, fails its video alone.
      if (!(error instanceof StudioError && error.code === 'engine-died')) throw error;
      const summary = signal.aborted ? emptySummary(video.name, 'cancelled', null) : emptySummary(video.name, 'failed', toFact(error));
      return { summary, resumed: false };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends all workers at once. */
  stop(): void {
    for (const { port } of this.#all) port.kill();
    this.#all.clear();
  }

  #open(): VideoWorker {
    const port = this.#start();
    const worker = new VideoWorker(port);
    this.#all.add(worker);
    port.onEnd(() => this.#all.delete(worker));
    port.send({ kind: 'open', task: this.#task });
    return worker;
  }
}

class VideoWorker {
  readonly port: WorkerPort;
  #running: { readonly onShare: (share: number, timesRealTime: number) => void; readonly outcome: PromiseWithResolvers<FinishedVideo> } | undefined;

  constructor(port: WorkerPort) {
    this.port = port;
    port.onMessage((answer) => {
      if (answer.kind === 'share') this.#running?.onShare(answer.share, answer.timesRealTime);
      else if (answer.kind === 'done') this.#end((outcome) => outcome.resolve(answer));
      else this.#end((outcome) => outcome.reject(fromFact(answer.fact)));
    });
    port.onEnd((detail) => this.#end((outcome) => outcome.reject(new StudioError('engine-died/network', { detail }))));
  }

  get isFree(): boolean {
    return this.#running === undefined;
  }

  analyse(video: VideoFile, onShare: (share: number, timesRealTime: number) => void): Promise<FinishedVideo> {
    const outcome = Promise.withResolvers<FinishedVideo>();
    this.#running = { onShare, outcome };
    this.port.send({ kind: 'analyse', video });
    return outcome.promise;
  }

  #end(settle: (outcome: PromiseWithResolvers<FinishedVideo>) => void): void {
    const ended = this.#running;
    this.#running = undefined;
    if (ended !== undefined) settle(ended.outcome);
  }
}
