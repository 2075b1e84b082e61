import type { CutLabel, Step } from '../../../shared/annotation/steps.ts';
import { clockTime } from './formats.ts';
import { i18n, labelName } from './i18n.ts';

/** Parameters of steps that are labels, which the window shows in its language. */
const LABELS: ReadonlySet<string> = new Set(['label', 'to']);
/** Cut labels that a description names. */
const MOST_CUT = 2;

/** The description of an undo step in the window's language. */
export function stepText({ kind, parameters }: Step): string {
  if (kind === 'other') return parameters.text;
  const { t } = i18n.global;
  const shown = (name: string, value: string | number): string | number => {
    if (typeof value === 'number') return name === 'at' ? clockTime(value) : value;
    return LABELS.has(name) ? labelName(value) : value;
  };
  const named = Object.entries(parameters).flatMap(([name, value]: [string, string | number | readonly CutLabel[]]): [string, string | number][] =>
    typeof value === 'object' ? [] : [[name, shown(name, value)]],
  );
  const text = t(`steps.${kind}`, Object.fromEntries(named));
  const cut = 'cut' in parameters ? (parameters.cut ?? []) : [];
  const others = cut.slice(0, MOST_CUT).map(({ label, startS, endS, change }) => {
    const span = { label: labelName(label), from: clockTime(startS), to: clockTime(endS) };
    return t(`cut.${change}`, span);
  });
  const rest = cut.length - others.length;
  return [text, ...others, ...(rest > 0 ? [t('cut.more', { n: rest }, rest)] : [])].join('; ');
}
