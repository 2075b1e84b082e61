import type { Tensor } from '../graph/tensor.ts';
import { layerNorm, linear } from './encoder.ts';
import type { SoftMask } from './soft-mask.ts';
import { SUPPORT_TEMPERATURE } from './soft-mask.ts';

/** Mean over all but the last axis of -sum labels log softmax(logits); a row of zeros counts as none. Both [..., classes]. */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return labels.mul(logits.logSoftmax()).sum([-1]).mean().neg();
}

export function meanSquaredError(values: Tensor, targets: Tensor): Tensor {
  const error = values.sub(targets);
  return error.mul(error).mean();
}

/**
 * What gives the class embeddings their meaning: cross-entropy of similarity / 0.1, of the clip's mean and of each slot.
 * The slots' part, where their labels are known, is what tells an apex from the rest before and after it.
 * @param labels [clips, classes]
 * @param slotLabels [clips, slots, classes]
 */
export function semanticLoss({ similarity }: SoftMask, labels: Tensor, slotLabels: Tensor): Tensor {
  const logits = similarity.mul(1 / SUPPORT_TEMPERATURE);
  return crossEntropy(logits.mean([1]), labels).add(crossEntropy(logits, slotLabels));
}

/** (mean of the final mask - budget)², each clip's: keeps the mask's mean near the share of tokens that is kept. */
export function budgetLoss({ final }: SoftMask, budget: Tensor): Tensor {
  return meanSquaredError(final.mean([1, 2]), budget);
}

/** Targets for the action units. */
export interface ActionUnits {
  /** Strength of each unit in each slot, 0..1: [clips, slots, units]. */
  readonly strengths: Tensor;
  /** 1, or 0 for a clip whose units are not known: [clips, 1, 1]. */
  readonly known: Tensor;
}

/**
 * The face's action units from the slots' features, [clips, slots, width], one sigmoid each. A head of training alone, as
 * the decoder is: units show where in a face a class is visible, which the class itself teaches only after many more clips.
 */
export function unitsLoss(features: Tensor, units: ActionUnits): Tensor {
  const logits = features.graph.scope('units', () => linear(features, 'fc', units.strengths.dims[2] as number));
  return sigmoidCrossEntropy(logits, units);
}

/**
 * The same from all tokens of a single slot, [clips, patches, width], each patch with weights of its own: the mean over
 * the patches does not hold where something is, and this loss teaches it to each token from the first step on.
 */
export function patchUnitsLoss(latent: Tensor, units: ActionUnits): Tensor {
  const [clips, patches, width] = latent.dims as [number, number, number];
  const count = units.strengths.dims[2] as number;
  // A part of its own ('places' in the files of weights): the vectors of a part are learned together or not at all, and
  // only this kind of training step has these.
  const logits = latent.graph.scope('places', () => {
    const tokens = layerNorm(latent, 'norm').reshape([clips, patches * width]);
    return linear(tokens, 'fc', count).reshape([clips, 1, count]);
  });
  return sigmoidCrossEntropy(logits, units);
}

/** Mean over clips, slots and units of softplus(z) - y z: cross-entropy of sigmoid(z) with a share y; clips of which y is not known count as none. */
function sigmoidCrossEntropy(logits: Tensor, { strengths, known }: ActionUnits): Tensor {
  return logits.softplus().sub(strengths.mul(logits)).mul(known).mean();
}
