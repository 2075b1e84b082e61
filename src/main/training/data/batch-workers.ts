import { Worker } from 'node:worker_threads';
import { fromFact } from '../../../shared/app/errors.ts';
import type { TrainingData } from '../../adatosk/training/training-data.ts';
import type { TrainingSettings } from '../../adatosk/training/training-graph.ts';
import type { BatchAnswer, BatchRequest, BatchWorkerData } from './batch-worker.ts';

/** Training data made in a separate thread. Requests resolve in order; callers may send further requests before the first one resolves. */
export class BatchQueue {
  readonly #worker: Worker;
  readonly #pending: { resolve: (data: TrainingData) => void; reject: (error: Error) => void }[] = [];

  /** @param file entry point of the thread; a packaged program has it in another folder */
  constructor(data: BatchWorkerData, file = new URL('./batch-worker.ts', import.meta.url)) {
    this.#worker = new Worker(file, { workerData: data });
    this.#worker.on('message', (answer: BatchAnswer) => {
      const pending = this.#pending.shift()!;
      if ('data' in answer) pending.resolve(answer.data);
      else pending.reject(fromFact(answer.error));
    });
    this.#worker.on('error', (error: Error) => this.#pending.splice(0).forEach(({ reject }) => reject(error)));
  }

  request(settings: TrainingSettings, firstStep: number): Promise<TrainingData> {
    this.#worker.postMessage({ settings, firstStep } satisfies BatchRequest);
    const promise = new Promise<TrainingData>((resolve, reject) => this.#pending.push({ resolve, reject }));
    promise.catch(() => undefined);
    return promise;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
