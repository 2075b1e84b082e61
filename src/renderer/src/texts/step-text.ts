import type { Step } from '../../../shared/annotation/steps.ts';
import { clockTime } from './formats.ts';
import { i18n, labelName } from './i18n.ts';

/** Parameters of steps that are labels, which the window shows in its language. */
const LABELS: ReadonlySet<string> = new Set(['label', 'to']);

/** The description of an undo step in the window's language. */
export function stepText({ kind, parameters }: Step): string {
  if (kind === 'other') return parameters.text;
  const shown = (name: string, value: string | number): string | number => {
    if (typeof value === 'number') return name === 'at' ? clockTime(value) : value;
    return LABELS.has(name) ? labelName(value) : value;
  };
  const named = Object.entries(parameters).map(([name, value]: [string, string | number]) => [name, shown(name, value)]);
  return i18n.global.t(`steps.${kind}`, Object.fromEntries(named) as Record<string, string | number>);
}
