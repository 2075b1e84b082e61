import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Expression } from '../domain/expressions.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';
import { isModifierText } from './modifiers.ts';

/** Editing the labels of a coding scheme: drafts, their validation, and the resulting row edits. */
export type LabelRow = EditableRows['label'];

/** A label that is being created or edited. */
export interface LabelDraft {
  /** The stored row; null for a new label. */
  readonly row: LabelRow | null;
  readonly name: string;
  /** Key that assigns the label; '' for none. */
  readonly key: string;
  readonly colour: string;
  readonly description: string;
  /** The model class that the label counts as in fine-tuning; null for none. */
  readonly maps_to: string | null;
  /** Group in statistics (positive, negative, other …); '' for none. */
  readonly grouping: string;
  /** Its sets of modifiers, see modifiers.ts; '' for none. */
  readonly modifiers: string;
}

export type DraftProblem = { readonly kind: 'unnamed' } | { readonly kind: 'long' | 'name' | 'key' | 'action' | 'modifiers'; readonly text: string };

/** Colours for added labels: Tol 2021, muted, distinguishable with colour blindness. */
const DEFAULT_COLOUR = '#882255';
const COLOURS = [DEFAULT_COLOUR, '#44AA99', '#999933', '#332288', '#AA4499', '#117733', '#661100', '#88CCEE'] as const;
/** Keys offered for added labels. Not 0: it shows the whole video. */
const KEYS = ['8', '9'] as const;

/** The model's own classes keep their name, colour and mapping, because proposals are stored with these names. */
export function isModelClass({ name, maps_to }: Pick<LabelRow, 'name' | 'maps_to'>): boolean {
  return name === maps_to && EXPRESSIONS.includes(name as Expression);
}

export function draftOf(row: LabelRow): LabelDraft {
  const { name, key, colour, description, maps_to, grouping = '', modifiers = '' } = row;
  return { row, name, key, colour, description, maps_to, grouping, modifiers };
}

/** An empty label with an unused colour and, if one is left, an unused key. */
export function newDraft(drafts: readonly LabelDraft[]): LabelDraft {
  const unused = <T extends string>(all: readonly T[], valueOf: (draft: LabelDraft) => string): T | undefined =>
    all.find((each) => !drafts.some((draft) => valueOf(draft) === each));
  return {
    row: null,
    name: '',
    description: '',
    maps_to: null,
    grouping: '',
    modifiers: '',
    key: unused(KEYS, ({ key }) => key) ?? '',
    colour: unused(COLOURS, ({ colour }) => colour) ?? COLOURS[drafts.length % COLOURS.length] ?? DEFAULT_COLOUR,
  };
}

/** Characters that the name of a label may have. */
export const LONGEST_NAME = 100;

/**
 * The first problem of the drafts: a missing or too long name, a name or a key that is used twice, a key of an action, or modifiers that cannot be stored.
 * @param hasAction whether a key is the key of an action
 */
export function draftProblem(drafts: readonly LabelDraft[], hasAction: (key: string) => boolean): DraftProblem | null {
  const [names, keys] = [new Set<string>(), new Set<string>()];
  for (const { name, key, row, modifiers } of drafts) {
    const normalised = name.trim().toLowerCase();
    if (normalised === '') return { kind: 'unnamed' };
    if (name.trim().length > LONGEST_NAME) return { kind: 'long', text: name.trim() };
    if (names.has(normalised)) return { kind: 'name', text: name.trim() };
    names.add(normalised);
    if (!isModifierText(modifiers)) return { kind: 'modifiers', text: modifiers };
    if (key === '') continue;
    if (keys.has(key)) return { kind: 'key', text: key };
    if (key !== row?.key && hasAction(key)) return { kind: 'action', text: key };
    keys.add(key);
  }
  return null;
}

/**
 * The edits that turn the stored labels into the drafts, in the order of the drafts. The store also renames all segments and
 * peaks of a renamed label; those of a deleted label keep its name.
 */
export function labelEdits(scheme: string, before: readonly LabelRow[], drafts: readonly LabelDraft[], newId: () => string): RowEdit<'label'>[] {
  const keptIds = new Set(drafts.flatMap(({ row }) => (row === null ? [] : [row.id])));
  const deleted = before.filter(({ id }) => !keptIds.has(id)).map(({ id, revision }): RowEdit<'label'> => ({ table: 'label', kind: 'delete', id, revision }));
  const changed = drafts.flatMap(({ row, ...draft }, position): RowEdit<'label'>[] => {
    const values = {
      ...draft,
      name: draft.name.trim(),
      description: draft.description.trim(),
      grouping: draft.grouping.trim(),
      modifiers: draft.modifiers.trim(),
      position,
    };
    if (row === null) return [{ table: 'label', kind: 'insert', row: { id: newId(), scheme_id: scheme, ...values } }];
    const set = Object.fromEntries(Object.entries(values).filter(([column, value]) => (row[column as keyof LabelRow] ?? '') !== (value ?? '')));
    return Object.keys(set).length === 0 ? [] : [{ table: 'label', kind: 'update', id: row.id, revision: row.revision, set }];
  });
  return [...deleted, ...changed];
}

/** Labels that are added together: a scale or a set of codes. The names of `facs` and `smiles` are those of the literature. */
export const SCHEME_TEMPLATES = {
  valence: ['veryNegative', 'negative', 'neither', 'positive', 'veryPositive'],
  smiles: ['Duchenne smile', 'non-Duchenne smile'],
  facs: [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 18, 20, 23, 24, 25, 26, 27, 28, 43, 45].map((unit) => `AU${unit}`),
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type SchemeTemplate = keyof typeof SCHEME_TEMPLATES;

/** What a template states of a label. */
export interface TemplateLabel {
  readonly name: string;
  readonly description: string;
  readonly grouping: string;
  readonly modifiers: string;
}

/** The drafts with the labels of a template at their end. Labels that are there already are not added again. */
export function withTemplate(drafts: readonly LabelDraft[], labels: readonly TemplateLabel[]): LabelDraft[] {
  const all = [...drafts];
  for (const label of labels) {
    if (all.some(({ name }) => name.trim().toLowerCase() === label.name.toLowerCase())) continue;
    all.push({ ...newDraft(all), ...label });
  }
  return all;
}

/** FACS: names of the action units (Ekman, Friesen and Hager 2002). */
export const ACTION_UNIT_NAMES: Readonly<Record<string, string>> = {
  AU1: 'Inner brow raiser',
  AU2: 'Outer brow raiser',
  AU4: 'Brow lowerer',
  AU5: 'Upper lid raiser',
  AU6: 'Cheek raiser',
  AU7: 'Lid tightener',
  AU9: 'Nose wrinkler',
  AU10: 'Upper lip raiser',
  AU12: 'Lip corner puller',
  AU14: 'Dimpler',
  AU15: 'Lip corner depressor',
  AU17: 'Chin raiser',
  AU18: 'Lip pucker',
  AU20: 'Lip stretcher',
  AU23: 'Lip tightener',
  AU24: 'Lip pressor',
  AU25: 'Lips part',
  AU26: 'Jaw drop',
  AU27: 'Mouth stretch',
  AU28: 'Lip suck',
  AU43: 'Eyes closed',
  AU45: 'Blink',
};
