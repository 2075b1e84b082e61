/**
 * A thread that reads and augments ahead of the training step: the step keeps the processor busy inside onnxruntime,
 * and this thread shares the second core with it. No onnxruntime here.
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

// The step's threads wait for each other: what decodes pictures takes no more than this one.
sharp.concurrency(1);

const { source, options } = workerData as BatchWorkerData;
const maker = openSource(source).then((opened) => new BatchMaker(opened, options));

/** One run's data after another, in the order in which they were asked for. */
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
