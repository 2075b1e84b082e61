import type { Expression } from '../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';

export interface Style {
  readonly light: string;
  readonly dark: string;
  readonly dash: 'solid' | 'dashed' | 'dotted';
}

/** Okabe and Ito's colours, told apart by colour-blind eyes, and a line style each: colour is never alone. In the order of EXPRESSIONS. */
export const STYLES: readonly Style[] = [
  { light: '#b87a00', dark: '#e69f00', dash: 'solid' },
  { light: '#0072b2', dark: '#56b4e9', dash: 'solid' },
  { light: '#66707a', dark: '#aab4bd', dash: 'dashed' },
  { light: '#c04a00', dark: '#ff8a4a', dash: 'dashed' },
  { light: '#00805c', dark: '#2fc79a', dash: 'dotted' },
  { light: '#5b4a9e', dark: '#b3a4f2', dash: 'dotted' },
  { light: '#a8487e', dark: '#e697c2', dash: 'solid' },
];

/** How a class looks; another label has none of its own. */
export function styleOf(label: string): Style | undefined {
  return STYLES[EXPRESSIONS.indexOf(label as Expression)];
}

/** A style's colour in either scheme of colours, as CSS has it. */
export function toneOf({ light, dark }: Style): string {
  return `light-dark(${light}, ${dark})`;
}
