import { dataTypes } from '../model/training-step.ts';
import { elements } from '../graph/tensor-type.ts';
import type { TrainingSettings } from './training-graph.ts';

/** The data for one run of the training graph, [steps, microBatches, ...] each (see DataName). */
export interface TrainingData {
  readonly clip: Uint8Array;
  readonly visible?: BigInt64Array;
  readonly hidden?: BigInt64Array;
  readonly labels?: Float32Array;
  readonly slotLabels?: Float32Array;
  readonly slotUnits?: Float32Array;
  readonly unitsKnown?: Float32Array;
  readonly tokenBudget?: Float32Array;
}

const ARRAY_OF = { uint8: Uint8Array, int8: Int8Array, float32: Float32Array, int64: BigInt64Array } as const;

/** Zero-filled arrays of the right lengths for one run of the training graph. Data that the graph does not read are absent. */
export function emptyTrainingData({ step, steps, microBatches }: TrainingSettings): TrainingData {
  const data = [...dataTypes(step)].map(([name, { type, dims }]) => {
    return [name, new ARRAY_OF[type](elements(dims) * steps * microBatches)] as const;
  });
  return Object.fromEntries(data) as unknown as TrainingData;
}
