import { z } from 'zod';
import type { ErrorId, ErrorText } from './error-texts.ts';
import { ERROR_TEXTS } from './error-texts.ts';
import type { NoticeId } from './notice-texts.ts';
import { NOTICE_TEXTS } from './notice-texts.ts';

/**
 * A message as data: an id of a text catalogue and the values for its placeholders. It is stored and sent in this form, and
 * formatted in the reader's language when it is shown.
 */
export interface Fact {
  /** A key of ERROR_TEXTS or NOTICE_TEXTS, or an unknown id of another version of the program. */
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

/** Names of the placeholders in a text: 'folder' of 'There is no project in {folder}.'. */
export type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

/** The texts of a language, and its formatting of values. */
export interface Language {
  readonly errors: Readonly<Record<ErrorId, ErrorText>>;
  readonly notices: Readonly<Record<NoticeId, string>>;
  /** Translates one of the seven classes; other labels are returned unchanged. */
  readonly label: (label: string) => string;
  readonly number: (value: number) => string;
}

export const ENGLISH: Language = { errors: ERROR_TEXTS, notices: NOTICE_TEXTS, label: (label) => label, number: String };

/** Placeholder for another program's message: always at the end of a text, not translated, shown in the window behind "Details". */
const DETAIL = ' ({detail})';
/** Parameters with these names are labels. */
const LABELS: ReadonlySet<string> = new Set(['label', 'labels']);

/**
 * Fills the placeholders of a text. ' | ' separates singular and plural, selected by `count`. Lists are joined: facts as
 * sentences, strings with commas.
 */
export function fill(text: string, parameters: FactParameters, language: Language = ENGLISH, withDetail = true): string {
  const [singular = text, plural = singular] = text.split(' | ');
  const form = parameters['count'] === 1 ? singular : plural;
  const formatValue = (name: string, value: string | number | Fact): string => {
    if (typeof value === 'number') return language.number(value);
    if (typeof value === 'string') return LABELS.has(name) ? language.label(value) : value;
    return sentenceOfFact(value, language, withDetail);
  };
  const template = withDetail && parameters['detail'] !== '' ? form : form.replace(DETAIL, '');
  return template
    .replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = Object.hasOwn(parameters, name) ? (parameters[name] ?? '') : placeholder;
      if (!isList(value)) return formatValue(name, value);
      return value.map((each) => formatValue(name, each)).join(value.some((each) => typeof each !== 'string') ? ' ' : ', ');
    })
    .trim();
}

function isList(value: FactValue): value is readonly (string | Fact)[] {
  return Array.isArray(value);
}

/** The message and the remedy ('' for a notice). The message of an unknown fact is its id. */
export function textsOf({ id, parameters }: Fact, language: Language = ENGLISH, withDetail = true): ErrorText {
  if (Object.hasOwn(language.errors, id)) {
    const { message, remedy } = language.errors[id as ErrorId];
    return { message: fill(message, parameters, language, withDetail), remedy: fill(remedy, parameters, language, withDetail) };
  }
  if (Object.hasOwn(language.notices, id)) return { message: fill(language.notices[id as NoticeId], parameters, language, withDetail), remedy: '' };
  return { message: id, remedy: '' };
}

/** The message and the remedy of a fact as one text. */
export function sentenceOfFact(fact: Fact, language: Language = ENGLISH, withDetail = true): string {
  const { message, remedy } = textsOf(fact, language, withDetail);
  return remedy === '' ? message : `${message} ${remedy}`;
}

/** The parameter of a fact that lists problems, such as those with rows of a table. */
const LIST = 'problems';

/** The problems that a fact lists, to be shown one a line; none for most facts. */
export function problemsIn({ parameters }: Fact): readonly Fact[] {
  const list = parameters[LIST];
  return list !== undefined && isList(list) ? list.filter((each) => typeof each !== 'string') : [];
}

/** The same fact without its list. */
export const withoutList = ({ id, parameters }: Fact): Fact => ({ id, parameters: { ...parameters, [LIST]: '' } });

/** The message, the listed problems and the remedy of a fact as lines, without empty ones. */
export function linesOfFact(fact: Fact, language: Language = ENGLISH): string[] {
  const problems = problemsIn(fact);
  if (problems.length === 0) return [sentenceOfFact(fact, language)];
  const { message, remedy } = textsOf(withoutList(fact), language);
  return [message, ...problems.map((each) => `  ${sentenceOfFact(each, language)}`), remedy].filter((line) => line !== '');
}

/** Other programs' messages in a fact and in nested facts, one per line; '' if there are none. */
export function detailOf({ parameters }: Fact): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => {
      if (name === 'detail' && typeof value === 'string') return [value];
      return (isList(value) ? value : [value]).map((each) => (typeof each === 'object' ? detailOf(each) : ''));
    })
    .filter((detail) => detail !== '')
    .join('\n');
}
