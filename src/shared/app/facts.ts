import { z } from 'zod';
import type { ErrorId, ErrorText } from './error-texts.ts';
import { ERROR_TEXTS } from './error-texts.ts';
import type { NoticeId } from './notice-texts.ts';
import { NOTICE_TEXTS } from './notice-texts.ts';

/**
 * Something that happened, as data: an id of a catalogue and the values that its sentence needs. It is stored and sent as
 * it is, and becomes a sentence where it is shown, in the reader's language.
 */
export interface Fact {
  /** A key of ERROR_TEXTS or NOTICE_TEXTS, or an id that only another version of the program knows. */
  readonly id: string;
  readonly parameters: FactParameters;
}
/** A warning, a loss, a problem or a note: an id of NOTICE_TEXTS or, within a list of problems, of ERROR_TEXTS. */
export type Notice = Fact;
export type FactValue = string | number | Fact | readonly (string | Fact)[];
export type FactParameters = Readonly<Record<string, FactValue>>;

const valueSchema: z.ZodType<FactValue, FactValue> = z.lazy(() => z.union([z.string(), z.number(), factSchema, z.array(z.union([z.string(), factSchema]))]));
export const parametersSchema: z.ZodType<FactParameters, FactParameters> = z.record(z.string(), valueSchema);
export const factSchema = z.object({ id: z.string().max(200), parameters: parametersSchema });

/** Names of the values in a text: 'folder' of 'There is no project in {folder}.'. */
export type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

/** The texts of a language, and how it writes values. */
export interface Language {
  readonly errors: Readonly<Record<ErrorId, ErrorText>>;
  readonly notices: Readonly<Record<NoticeId, string>>;
  /** How one of the seven classes is called; other labels are shown as they are. */
  readonly label: (label: string) => string;
  readonly number: (value: number) => string;
}

export const ENGLISH: Language = { errors: ERROR_TEXTS, notices: NOTICE_TEXTS, label: (label) => label, number: String };

/** The words of another program. They stand at the end of a text in brackets, are not translated, and the window hides them behind "Details". */
const DETAIL = ' ({detail})';
/** Values with these names are labels. */
const LABELS: ReadonlySet<string> = new Set(['label', 'labels']);

/**
 * Puts values into a text. A bar parts singular and plural, which `count` chooses. Lists are joined: facts as sentences,
 * other values with commas.
 */
export function fill(text: string, parameters: FactParameters, language: Language = ENGLISH, withDetail = true): string {
  const forms = text.split(' | ');
  const form = forms.length > 1 && parameters['count'] !== 1 ? forms[1]! : forms[0]!;
  const shown = (name: string, value: string | number | Fact): string => {
    if (typeof value === 'number') return language.number(value);
    if (typeof value === 'string') return LABELS.has(name) ? language.label(value) : value;
    return sentenceOfFact(value, language, withDetail);
  };
  const template = withDetail && parameters['detail'] !== '' ? form : form.replace(DETAIL, '');
  return template
    .replaceAll(/\{(\w+)\}/g, (hole, name: string) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name]! : hole;
      if (!isList(value)) return shown(name, value);
      return value.map((each) => shown(name, each)).join(value.some((each) => typeof each !== 'string') ? ' ' : ', ');
    })
    .trim();
}

function isList(value: FactValue): value is readonly (string | Fact)[] {
  return Array.isArray(value);
}

/** What happened, and what to do about it ('' for a notice). The id where this version does not know it. */
export function textsOf({ id, parameters }: Fact, language: Language = ENGLISH, withDetail = true): ErrorText {
  if (Object.hasOwn(language.errors, id)) {
    const { message, remedy } = language.errors[id as ErrorId];
    return { message: fill(message, parameters, language, withDetail), remedy: fill(remedy, parameters, language, withDetail) };
  }
  if (Object.hasOwn(language.notices, id)) return { message: fill(language.notices[id as NoticeId], parameters, language, withDetail), remedy: '' };
  return { message: id, remedy: '' };
}

/** A fact in words: what happened, then what to do. */
export function sentenceOfFact(fact: Fact, language: Language = ENGLISH, withDetail = true): string {
  const { message, remedy } = textsOf(fact, language, withDetail);
  return remedy === '' ? message : `${message} ${remedy}`;
}

/** The words of other programs in a fact and in those within it, a line each; '' where there are none. */
export function detailOf({ parameters }: Fact): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => {
      if (name === 'detail' && typeof value === 'string') return [value];
      return (isList(value) ? value : [value]).map((each) => (typeof each === 'object' ? detailOf(each) : ''));
    })
    .filter((detail) => detail !== '')
    .join('\n');
}
