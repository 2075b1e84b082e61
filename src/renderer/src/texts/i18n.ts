import { createI18n } from 'vue-i18n';
import { de } from './de.ts';
import { en } from './en.ts';

export const LANGUAGES = ['en', 'de'] as const;

/** All text of the window, by language. Labels, steps of the history and an error's own sentence come from the project and the program, in English. */
export const i18n = createI18n({ legacy: false, locale: 'en' as (typeof LANGUAGES)[number], fallbackLocale: 'en', messages: { en, de } });
