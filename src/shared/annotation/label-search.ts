/** What a search compares of a label. */
export interface SearchedLabel {
  /** Label, coder, modifiers, comment and notes, in the languages in which a person can write them. */
  readonly texts: readonly string[];
  /** 0 to 1; null for labels without one. */
  readonly confidence: number | null;
}

type Comparison = '<' | '<=' | '>' | '>=' | '=';
/** A search for labels: all words and all conditions must apply. */
export interface LabelSearch {
  /** Lower case. */
  readonly words: readonly string[];
  readonly confidences: readonly { readonly comparison: Comparison; readonly value: number }[];
}

const CONDITION = /(<=|>=|≤|≥|<|>|=)\s*(\d*[.,]?\d+)\s*(%?)/g;
const SIGNS: Readonly<Record<string, Comparison>> = { '≤': '<=', '≥': '>=' };
/** The window shows two decimals: 0.5 also finds 0.496. */
const HALF_SHOWN = 0.005;

/** Reads what a person writes: 'happi', 'anna < 0.5', '>= 80% smile'. */
export function labelSearch(text: string): LabelSearch {
  const confidences = [...text.matchAll(CONDITION)].map(([, sign = '', value = '', percent]) => ({
    comparison: SIGNS[sign] ?? (sign as Comparison),
    value: Number(value.replace(',', '.')) / (percent === '%' ? 100 : 1),
  }));
  const words = text.replace(CONDITION, ' ').toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return { words, confidences };
}

/** A search without any condition finds nothing. */
export function isFound({ texts, confidence }: SearchedLabel, { words, confidences }: LabelSearch): boolean {
  if (words.length === 0 && confidences.length === 0) return false;
  const lower = texts.map((text) => text.toLocaleLowerCase());
  return (
    words.every((word) => lower.some((text) => text.includes(word))) &&
    confidences.every(({ comparison, value }) => confidence !== null && compares(confidence, comparison, value))
  );
}

function compares(confidence: number, comparison: Comparison, value: number): boolean {
  if (comparison === '=') return Math.abs(confidence - value) <= HALF_SHOWN;
  if (comparison === '<') return confidence < value;
  if (comparison === '<=') return confidence <= value;
  return comparison === '>' ? confidence > value : confidence >= value;
}

/**
 * The place of the next hit (1) or the previous one (-1), after the last hit the first; -1 without hits.
 * @param startS of each hit, ascending @param current place of the selected hit, -1 if none is selected
 */
export function neighbourHit(startS: readonly number[], current: number, playheadS: number, direction: 1 | -1): number {
  const { length } = startS;
  if (length === 0) return -1;
  if (current >= 0) return (current + direction + length) % length;
  if (direction === 1)
    return Math.max(
      0,
      startS.findIndex((each) => each >= playheadS),
    );
  const before = startS.findLastIndex((each) => each <= playheadS);
  return before < 0 ? length - 1 : before;
}
