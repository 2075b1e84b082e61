import { createI18n } from 'vue-i18n';
import type { LanguageCode } from '../../../shared/app/action-texts.ts';
import { LANGUAGES } from '../../../shared/app/action-texts.ts';
import type { Expression } from '../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { UNLABELLED } from '../../../shared/statistics/agreement/layers.ts';
import { de } from './de.ts';
import { en } from './en.ts';

export { LANGUAGES };

/** All text of the window, by language; errors and notices have catalogues of their own (facts.ts). */
export const i18n = createI18n({ legacy: false, locale: 'en' as LanguageCode, fallbackLocale: 'en', messages: { en, de } });

const COMMON_LAYERS = ['model', 'adjudicated'] as const;

/** The name of a layer in the window's language: the model's and the adjudicated one are translated, coders' names are not. */
export function layerName(name: string): string {
  const common = COMMON_LAYERS.find((each) => each === name);
  return common === undefined ? name : i18n.global.t(`layers.${common}`);
}

/** A category of agreement: a label, or time without one. */
export const categoryName = (category: string): string => (category === UNLABELLED ? i18n.global.t('compare.nothing') : labelName(category));

/** How a label is called in the window's language: the seven classes are translated, a project's own labels are not. */
export function labelName(label: string): string {
  return EXPRESSIONS.includes(label as Expression) ? i18n.global.t(`labels.${label as Expression}`) : label;
}
