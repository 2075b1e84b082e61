import type { Tensor } from '../graph/tensor.ts';
import { layerNorm, linear } from './encoder.ts';
import { unitLogits } from './head.ts';
import type { SoftMask } from './soft-mask.ts';
import { SUPPORT_TEMPERATURE } from './soft-mask.ts';

/**
 * Mean over all axes except the last of -sum(labels log softmax(logits)). A row of zeros in `labels` adds no loss.
 * @param logits [..., classes]
 * @param labels [..., classes]
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return labels.mul(logits.logSoftmax()).sum([-1]).mean().neg();
}

export function meanSquaredError(values: Tensor, targets: Tensor): Tensor {
  const error = values.sub(targets);
  return error.mul(error).mean();
}

/**
 * Trains the class embeddings: cross-entropy of similarity / 0.1, for the mean over the clip and for each slot. The part
 * for the slots, where their labels are known, separates the apex from the neutral slots before and after it.
 * @param labels [clips, classes]
 * @param slotLabels [clips, slots, classes]
 */
export function semanticLoss({ similarity }: SoftMask, labels: Tensor, slotLabels: Tensor): Tensor {
  const logits = similarity.mul(1 / SUPPORT_TEMPERATURE);
  return crossEntropy(logits.mean([1]), labels).add(crossEntropy(logits, slotLabels));
}

/** Mean over clips of (mean of the final mask - budget)². It keeps the mean of the mask near the share of kept tokens. */
export function budgetLoss({ final }: SoftMask, budget: Tensor): Tensor {
  return meanSquaredError(final.mean([1, 2]), budget);
}

/** Targets for the action units. */
export interface ActionUnits {
  /** Strength of each action unit in each slot, 0..1: [clips, slots, units]. */
  readonly strengths: Tensor;
  /** 1, or 0 for an action unit that is unknown in a clip: [clips, 1, units]. */
  readonly known: Tensor;
}

/**
 * Loss of the action units, predicted from the features of the slots with one sigmoid each. Action units show where in a
 * face a class is visible; class labels alone need many more clips for that. The exported model has this head as an output.
 * @param features [clips, slots, width]
 */
export function unitsLoss(features: Tensor, units: ActionUnits): Tensor {
  return sigmoidCrossEntropy(unitLogits(features, units.strengths.dims[2] as number), units);
}

/**
 * The same loss from all tokens of a single slot, with separate weights for each patch. Only training uses this head, like the decoder. The mean over the patches has no
 * information about position; this loss gives each token a gradient for its own patch from the first step on.
 * @param latent [clips, patches, width]
 */
export function patchUnitsLoss(latent: Tensor, units: ActionUnits): Tensor {
  const [clips, patches, width] = latent.dims as [number, number, number];
  const count = units.strengths.dims[2] as number;
  // A separate part, named 'places' in weight files: the vectors of one part must all learn or none, and only the
  // single-slot training step has these.
  const logits = latent.graph.scope('places', () => {
    const tokens = layerNorm(latent, 'norm').reshape([clips, patches * width]);
    return linear(tokens, 'fc', count).reshape([clips, 1, count]);
  });
  return sigmoidCrossEntropy(logits, units);
}

/** Mean over clips, slots and units of softplus(z) - y z: cross-entropy of sigmoid(z) with target y in 0..1. Unknown y add no loss. */
function sigmoidCrossEntropy(logits: Tensor, { strengths, known }: ActionUnits): Tensor {
  return logits.softplus().sub(strengths.mul(logits)).mul(known).mean();
}
