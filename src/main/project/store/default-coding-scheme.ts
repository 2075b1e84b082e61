import type { Expression } from '../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { LabelRow, SchemeRow } from './schema.ts';

/** The coding scheme of a new project. Its id is the same in all projects, so that layers of different projects can be compared. */
export const DEFAULT_SCHEME: Omit<SchemeRow, 'revision'> = { id: 'seven-expressions', name: 'Seven expressions' };

/** Surprise is neither; neutral is in no group. */
const GROUPS: Readonly<Record<Expression, string>> = {
  happiness: 'positive',
  sadness: 'negative',
  neutral: '',
  anger: 'negative',
  surprise: 'other',
  disgust: 'negative',
  fear: 'negative',
};

/** The colours are from Okabe and Ito (2008) and suitable for colour-blind people. */
const APPEARANCE: Readonly<Record<Expression, { colour: string; description: string }>> = {
  happiness: { colour: '#E69F00', description: 'Lip corners raised, cheeks raised (6+12).' },
  sadness: { colour: '#0072B2', description: 'Inner brows raised, lip corners lowered (1+4+15).' },
  neutral: { colour: '#999999', description: 'No expression.' },
  anger: { colour: '#D55E00', description: 'Brows lowered, lids tight, lips pressed (4+5+7+23).' },
  surprise: { colour: '#56B4E9', description: 'Brows raised, eyes wide, jaw dropped (1+2+5+26).' },
  disgust: { colour: '#009E73', description: 'Nose wrinkled, upper lip raised (9+15+16).' },
  fear: { colour: '#CC79A7', description: 'Brows raised and drawn together, lips stretched (1+2+4+5+20+26).' },
};

export const DEFAULT_LABELS: readonly Omit<LabelRow, 'revision'>[] = EXPRESSIONS.map((name, position) => ({
  id: `seven-expressions/${name}`,
  scheme_id: DEFAULT_SCHEME.id,
  name,
  ...APPEARANCE[name],
  key: String(position + 1),
  position,
  maps_to: name,
  grouping: GROUPS[name],
}));
