import type { Fact } from '../../../shared/app/facts.ts';
import type { Expression } from '../../../shared/domain/expressions.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import type { Condition } from '../rendering/scene.ts';
import type { Mixing } from './clip-plan.ts';
import type { SubjectFiles } from './subjects.ts';

/** One clip to render. */
export interface SetClip {
  readonly name: string;
  readonly label: Expression;
  readonly split: Split;
  readonly portraits: readonly string[];
  readonly condition: Condition;
  readonly mixing: Mixing;
}

/** What one thread renders. */
export interface SetWork {
  readonly place: SubjectFiles;
  readonly folder: string;
  readonly side: number;
  readonly rate: number;
  readonly seed: number;
  readonly clips: readonly SetClip[];
}

export type SetMessage = { readonly done: string; readonly frames: number } | { readonly error: Fact };
