import type { Step } from '../../../shared/annotation/steps.ts';
import { i18n, labelName } from './i18n.ts';

/** Parameters of steps that are labels, which the window shows in its language. */
const LABELS: ReadonlySet<string> = new Set(['label', 'to']);

/** The description of an undo step in the window's language. */
export function stepText({ kind, parameters }: Step): string {
  if (kind === 'other') return parameters.text;
  const named = Object.entries(parameters).map(([name, value]: [string, string | number]) => [name, LABELS.has(name) ? labelName(String(value)) : value]);
  return i18n.global.t(`steps.${kind}`, Object.fromEntries(named) as Record<string, string | number>);
}
