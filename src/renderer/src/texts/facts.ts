import type { LanguageCode } from '../../../shared/app/action-texts.ts';
import type { Fact, Language } from '../../../shared/app/facts.ts';
import { ENGLISH, sentenceOfFact, textsOf } from '../../../shared/app/facts.ts';
import type { ErrorText } from '../../../shared/app/error-texts.ts';
import { DE_ERRORS } from './de-errors.ts';
import { DE_NOTICES } from './de-notices.ts';
import { i18n, labelName } from './i18n.ts';

const german = new Intl.NumberFormat('de', { maximumFractionDigits: 6, useGrouping: false });

/** How each language of the window says facts. vue-i18n's own syntax (braces, @, bars) never sees a file's name. */
export const FACT_LANGUAGES: Readonly<Record<LanguageCode, Language>> = {
  en: ENGLISH,
  de: { errors: DE_ERRORS, notices: DE_NOTICES, label: labelName, number: (value) => german.format(value) },
};

const current = (): Language => FACT_LANGUAGES[i18n.global.locale.value];

/** Message and remedy in the window's language. Another program's own words are left out: they stand behind "Details". */
export const textsOfFact = (fact: Fact): ErrorText => textsOf(fact, current(), false);

/** The same as one text. */
export const wordsOf = (fact: Fact): string => sentenceOfFact(fact, current(), false);
