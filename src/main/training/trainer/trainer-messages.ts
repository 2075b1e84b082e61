import type { ProcessPort } from '../../process/process-port.ts';
import type { Fact } from '../../../shared/app/facts.ts';
import type { ModelFacts } from './export-model.ts';
import type { TrainerEvents, TrainingJob, TrainingOutcome } from './trainer.ts';
import type { Provider } from '../../adatosk/runtime/engine-messages.ts';

/** The task of a training process. */
export interface TrainerTask {
  readonly job: TrainingJob;
  readonly folder: string;
  /** Providers in the order in which to try them. */
  readonly providers: readonly Provider[];
  readonly threads: number;
  readonly checkpointEverySeconds: number;
  readonly resume: boolean;
  /** Path of a model.onnx with initial weights; null for random weights. */
  readonly from: string | null;
  readonly exportTo: string;
  /** Manifest and card of the model before training; the training process adds the results. */
  readonly facts: Omit<ModelFacts, 'temperature'>;
}

export type TrainerRequest = { readonly kind: 'train'; readonly task: TrainerTask } | { readonly kind: 'stop' };

/** The outcome of training without its large arrays. */
export interface TrainerSummary extends Omit<TrainingOutcome, 'store' | 'weights'> {
  readonly provider: Provider;
  /** SHA-256 of model.onnx; null where training was stopped. */
  readonly sha256: string | null;
}

export type TrainerMessage =
  | { readonly kind: 'steps'; readonly steps: Parameters<TrainerEvents['onSteps']>[0] }
  | { readonly kind: 'validation'; readonly validation: Parameters<TrainerEvents['onValidation']>[0] }
  | { readonly kind: 'done'; readonly summary: TrainerSummary }
  | { readonly kind: 'failed'; readonly fact: Fact };

export type TrainerPort = ProcessPort<TrainerRequest, TrainerMessage>;
export type TrainerStarter = () => TrainerPort;
