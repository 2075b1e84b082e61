import { Worker } from 'node:worker_threads';
import { fromFact } from '../../../shared/app/errors.ts';
import type { TrainingData } from '../../adatosk/training/training-data.ts';
import type { TrainingSettings } from '../../adatosk/training/training-graph.ts';
import type { BatchAnswer, BatchRequest, BatchWorkerData } from './batch-worker.ts';

/** Data made ahead in a thread of its own: a request is answered in order, and the next ones may be asked for before. */
export class BatchQueue {
  readonly #worker: Worker;
  readonly #waiting: { resolve: (data: TrainingData) => void; reject: (error: Error) => void }[] = [];

  /** @param file the thread's; a packaged program has it elsewhere */
  constructor(data: BatchWorkerData, file = new URL('./batch-worker.ts', import.meta.url)) {
    this.#worker = new Worker(file, { workerData: data });
    this.#worker.on('message', (answer: BatchAnswer) => {
      const waiting = this.#waiting.shift()!;
      if ('data' in answer) waiting.resolve(answer.data);
      else waiting.reject(fromFact(answer.error));
    });
    this.#worker.on('error', (error: Error) => this.#waiting.splice(0).forEach(({ reject }) => reject(error)));
  }

  request(settings: TrainingSettings, firstStep: number): Promise<TrainingData> {
    this.#worker.postMessage({ settings, firstStep } satisfies BatchRequest);
    const promise = new Promise<TrainingData>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    promise.catch(() => undefined);
    return promise;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
