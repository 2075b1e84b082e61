import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Expression } from '../domain/expressions.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';

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
}

export type DraftProblem = { readonly kind: 'unnamed' } | { readonly kind: 'name' | 'key' | 'action'; readonly text: string };

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
  const { name, key, colour, description, maps_to } = row;
  return { row, name, key, colour, description, maps_to };
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
    key: unused(KEYS, ({ key }) => key) ?? '',
    colour: unused(COLOURS, ({ colour }) => colour) ?? COLOURS[drafts.length % COLOURS.length] ?? DEFAULT_COLOUR,
  };
}

/**
 * The first problem of the drafts: a missing name, a name or a key that is used twice, or a key of an action.
 * @param hasAction whether a key is the key of an action
 */
export function draftProblem(drafts: readonly LabelDraft[], hasAction: (key: string) => boolean): DraftProblem | null {
  const [names, keys] = [new Set<string>(), new Set<string>()];
  for (const { name, key, row } of drafts) {
    const normalised = name.trim().toLowerCase();
    if (normalised === '') return { kind: 'unnamed' };
    if (names.has(normalised)) return { kind: 'name', text: name.trim() };
    names.add(normalised);
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
    const values = { ...draft, name: draft.name.trim(), description: draft.description.trim(), position };
    if (row === null) return [{ table: 'label', kind: 'insert', row: { id: newId(), scheme_id: scheme, ...values } }];
    const set = Object.fromEntries(Object.entries(values).filter(([column, value]) => row[column as keyof LabelRow] !== value));
    return Object.keys(set).length === 0 ? [] : [{ table: 'label', kind: 'update', id: row.id, revision: row.revision, set }];
  });
  return [...deleted, ...changed];
}
