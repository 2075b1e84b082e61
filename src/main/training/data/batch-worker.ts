/**
 * Entry point of the thread that reads and augments data before the training steps need them. The thread shares a core
 * with onnxruntime, which runs the steps in the main thread; it does not load onnxruntime itself.
 */
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { sentenceOf, StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Fact } from '../../../shared/app/facts.ts';
import type { TrainingData } from '../../adatosk/training/training-data.ts';
import type { TrainingSettings } from '../../adatosk/training/training-graph.ts';
import type { BatchOptions } from './batches.ts';
import { BatchMaker } from './batches.ts';
import type { ClipSourceAddress } from './clip-source.ts';
import { openSource } from './clip-source.ts';

export interface BatchWorkerData {
  readonly source: ClipSourceAddress;
  readonly options: BatchOptions;
}

export type BatchAnswer = { readonly data: TrainingData } | { readonly error: Fact };

export interface BatchRequest {
  readonly settings: TrainingSettings;
  readonly firstStep: number;
}

// One thread for decoding: the threads of a training step wait for each other, so more would slow the step down.
sharp.concurrency(1);

const { source, options } = workerData as BatchWorkerData;
const maker = openSource(source).then((opened) => new BatchMaker(opened, options));

/** Makes the data of one run after another, in the order of the requests. */
let last: Promise<void> = Promise.resolve();
parentPort!.on('message', ({ settings, firstStep }: BatchRequest) => {
  last = last.then(async () => {
    try {
      const data = await (await maker).make(settings, firstStep);
      parentPort!.postMessage(
        { data },
        Object.values(data).map(({ buffer }: Uint8Array) => buffer as ArrayBuffer),
      );
    } catch (error) {
      parentPort!.postMessage({
        error: toFact(error instanceof StudioError ? error : new StudioError('data-set-invalid/batch', { detail: sentenceOf(error) }, error)),
      } satisfies BatchAnswer);
    }
  });
});
