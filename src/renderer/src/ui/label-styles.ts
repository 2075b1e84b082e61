import type { LabelRow } from '../../../shared/annotation/coding-scheme-edits.ts';
import { isModelClass } from '../../../shared/annotation/coding-scheme-edits.ts';
import type { Expression } from '../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';

export interface Style {
  readonly light: string;
  readonly dark: string;
  readonly dash: 'solid' | 'dashed' | 'dotted';
}

export const NEUTRAL_STYLE: Style = { light: '#66707a', dark: '#aab4bd', dash: 'dashed' };
/** Colours by Okabe and Ito, distinguishable with colour blindness, with a line style in addition. In the order of EXPRESSIONS. */
const STYLES: readonly Style[] = [
  { light: '#b87a00', dark: '#e69f00', dash: 'solid' },
  { light: '#0072b2', dark: '#56b4e9', dash: 'solid' },
  NEUTRAL_STYLE,
  { light: '#c04a00', dark: '#ff8a4a', dash: 'dashed' },
  { light: '#00805c', dark: '#2fc79a', dash: 'dotted' },
  { light: '#5b4a9e', dark: '#b3a4f2', dash: 'dotted' },
  { light: '#a8487e', dark: '#e697c2', dash: 'solid' },
];

/** The style at an index of EXPRESSIONS; the styles repeat after the last one. */
export function styleAt(index: number): Style {
  return STYLES[index % STYLES.length] ?? NEUTRAL_STYLE;
}

/** The style of a class; undefined for other labels. */
export function styleOf(label: string): Style | undefined {
  return STYLES[EXPRESSIONS.indexOf(label as Expression)];
}

/** The CSS colour of a style, for the light and the dark theme. */
export function toneOf({ light, dark }: Style): string {
  return `light-dark(${light}, ${dark})`;
}

/** The CSS colour of a label: that of its class, or for a label of the project's own that of the coding scheme. */
export function colourOfLabel(label: string, scheme: readonly Pick<LabelRow, 'name' | 'maps_to' | 'colour'>[]): string {
  const own = scheme.find(({ name }) => name === label);
  return own !== undefined && !isModelClass(own) ? own.colour : toneOf(styleOf(label) ?? NEUTRAL_STYLE);
}
