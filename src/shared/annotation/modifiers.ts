/**
 * Modifiers: further values of a label, such as the intensity of an action unit (A to E) or its side. A coding scheme defines sets of
 * values for a label; a labelled span has at most one value of each set. As in BORIS, the values of a span are joined with '|'.
 */

/** Intensities of FACS, from trace to maximum (Ekman, Friesen and Hager 2002). */
export const FACS_INTENSITY = 'intensity: A, B, C, D, E';

/** Separates the values of the sets in a label. */
const BETWEEN_SETS = '|';

export interface ModifierSet {
  /** '' for a set without a name. */
  readonly name: string;
  readonly values: readonly string[];
}

/** Reads sets of modifiers, such as 'intensity: A, B, C; side: left, right'. Empty values and sets are left out. */
export function modifierSets(text: string): ModifierSet[] {
  return text.split(';').flatMap((part): ModifierSet[] => {
    const colon = part.indexOf(':');
    const values = part
      .slice(colon + 1)
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    return values.length === 0 ? [] : [{ name: colon < 0 ? '' : part.slice(0, colon).trim(), values: [...new Set(values)] }];
  });
}

/** Whether a text can define sets of modifiers. */
export const isModifierText = (text: string): boolean => !text.includes(BETWEEN_SETS);

/** The values of a label, one for each set; '' where it has none. @param modifiers null without modifiers */
export function modifierValues(modifiers: string | null | undefined, sets: number): string[] {
  const values = (modifiers ?? '').split(BETWEEN_SETS);
  return Array.from({ length: Math.max(sets, values.length) }, (_, i) => values[i] ?? '');
}

/**
 * The modifiers of a label with another value in one set; '' takes the value away.
 * @param set index of the set @param sets number of sets @returns null without any value
 */
export function withModifier(modifiers: string | null | undefined, set: number, value: string, sets: number): string | null {
  const values = modifierValues(modifiers, sets).with(set, value);
  return values.every((each) => each === '') ? null : values.join(BETWEEN_SETS);
}

/** The values of a label to be read by people, such as 'C, left'. */
export const modifiersText = (modifiers: string | null | undefined): string =>
  (modifiers ?? '')
    .split(BETWEEN_SETS)
    .filter((value) => value !== '')
    .join(', ');
