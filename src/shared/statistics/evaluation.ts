import type { MaskEffects } from './mask-effects.ts';
import type { Estimate, ReliabilityBin } from './recognition.ts';

/** A moment's errors in seconds over the clips in which its expression was found. */
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
  /** Area under the ROC curve between the two classes of a set that has two; null values elsewhere. */
  readonly auc: Estimate;
  readonly recall: Readonly<Record<string, Estimate>>;
  /** True classes in rows, proposed ones in columns. */
  readonly confusion: readonly (readonly number[])[];
  readonly reliability: readonly ReliabilityBin[];
  readonly onset: MomentErrors | null;
  readonly apex: MomentErrors | null;
  readonly offset: MomentErrors | null;
  /** Share of the clips with true moments in which a peak was found that overlaps the expression; null without such clips. */
  readonly peaksFound: number | null;
  /** Whether the masks' weights mean what they are named for, where the set tells how far an expression is shown. */
  readonly masks: MaskEffects;
  readonly groups: readonly GroupResult[];
  readonly budgets: readonly BudgetResult[];
}

/** What a baseline network says of the same clips. */
export type BaselineEvaluation = Pick<Evaluation, 'clips' | 'uar' | 'war' | 'ece' | 'auc' | 'recall' | 'confusion'>;

/** An evaluation with what was evaluated: the contents of evaluation.json. */
export interface ModelEvaluation extends Evaluation {
  readonly baseline: BaselineEvaluation | null;
  readonly model: string;
  readonly sha256: string;
  readonly trained: boolean;
  /** What everybody who sees these figures must know of the model. */
  readonly warnings: readonly string[];
  readonly data: string;
  /** 'all' or a split of the set. */
  readonly split: string;
}
