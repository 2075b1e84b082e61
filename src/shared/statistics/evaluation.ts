import type { MaskEffects } from './mask-effects.ts';
import type { UnitFigures } from './unit-figures.ts';
import type { Estimate, ReliabilityBin } from './recognition.ts';

/** Absolute errors of a moment in seconds, over the clips in which the expression was found. */
export interface MomentErrors {
  readonly median: Estimate;
  readonly percentile90: Estimate;
}

export interface GroupResult {
  readonly group: string;
  readonly clips: number;
  readonly uar: Estimate;
  readonly war: Estimate;
}

export interface BudgetResult {
  readonly tokenBudget: number;
  readonly uar: number;
  readonly war: number;
}

export interface Evaluation {
  readonly clips: number;
  readonly uar: Estimate;
  readonly war: Estimate;
  readonly ece: Estimate;
  /** Area under the ROC curve for a set with exactly two classes; null values for other sets. */
  readonly auc: Estimate;
  readonly recall: Readonly<Record<string, Estimate>>;
  /** True classes in rows, predicted classes in columns. */
  readonly confusion: readonly (readonly number[])[];
  readonly reliability: readonly ReliabilityBin[];
  readonly onset: MomentErrors | null;
  readonly apex: MomentErrors | null;
  readonly offset: MomentErrors | null;
  /** Share of the clips with labelled moments in which a peak overlaps the expression; null without such clips. */
  readonly peaksFound: number | null;
  /** Whether the mask weights have their intended meaning, for sets with the strength of expressions at each sample. */
  readonly masks: MaskEffects;
  /** Experimental. Null where the model or the set has no action units; absent in evaluations of earlier versions. */
  readonly units?: readonly UnitFigures[] | null;
  readonly groups: readonly GroupResult[];
  readonly budgets: readonly BudgetResult[];
}

/** The results of a baseline network on the same clips. */
export type BaselineEvaluation = Pick<Evaluation, 'clips' | 'uar' | 'war' | 'ece' | 'auc' | 'recall' | 'confusion'>;

/** The contents of evaluation.json: an evaluation with its model and data. */
export interface ModelEvaluation extends Evaluation {
  readonly baseline: BaselineEvaluation | null;
  readonly model: string;
  readonly sha256: string;
  readonly trained: boolean;
  /** Warnings about the model for everyone who sees these figures. */
  readonly warnings: readonly string[];
  readonly data: string;
  /** 'all' or a split of the set. */
  readonly split: string;
}
