import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Expression } from '../domain/expressions.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';

/** The labels of a coding scheme as a person changes them, and what that comes to as edits of rows. */
export type LabelRow = EditableRows['label'];

/** A label that is being written or changed. */
export interface LabelDraft {
  /** The row that it was; null where it is new. */
  readonly row: LabelRow | null;
  readonly name: string;
  /** Pressed to give the label; '' for none. */
  readonly key: string;
  readonly colour: string;
  readonly description: string;
  /** Which of the model's classes it counts as, when a model learns from it; null for none. */
  readonly maps_to: string | null;
}

export type DraftProblem = { readonly kind: 'unnamed' } | { readonly kind: 'name' | 'key' | 'action'; readonly text: string };

/** Colours for further labels (Tol 2021, muted), which colour-blind eyes can tell apart. */
const COLOURS = ['#882255', '#44AA99', '#999933', '#332288', '#AA4499', '#117733', '#661100', '#88CCEE'] as const;
/** Keys that are offered for further labels; 0 shows the whole video. */
const KEYS = ['8', '9'] as const;

/** The model's own classes keep name, colour and meaning: its proposals are told by them. */
export function isModelClass({ name, maps_to }: Pick<LabelRow, 'name' | 'maps_to'>): boolean {
  return name === maps_to && EXPRESSIONS.includes(name as Expression);
}

export function draftOf(row: LabelRow): LabelDraft {
  const { name, key, colour, description, maps_to } = row;
  return { row, name, key, colour, description, maps_to };
}

/** An empty label with a colour, and where there is one a key, that no other has. */
export function newDraft(drafts: readonly LabelDraft[]): LabelDraft {
  const free = <T extends string>(all: readonly T[], of: (draft: LabelDraft) => string): T | undefined =>
    all.find((each) => !drafts.some((draft) => of(draft) === each));
  return {
    ...{ row: null, name: '', description: '', maps_to: null },
    key: free(KEYS, ({ key }) => key) ?? '',
    colour: free(COLOURS, ({ colour }) => colour) ?? COLOURS[drafts.length % COLOURS.length]!,
  };
}

/**
 * What cannot stay: a label without a name, two of one name, two with one key, or a key that does something else.
 * @param hasAction whether a key does something else
 */
export function draftProblem(drafts: readonly LabelDraft[], hasAction: (key: string) => boolean): DraftProblem | null {
  const [names, keys] = [new Set<string>(), new Set<string>()];
  for (const { name, key, row } of drafts) {
    const same = name.trim().toLowerCase();
    if (same === '') return { kind: 'unnamed' };
    if (names.has(same)) return { kind: 'name', text: name.trim() };
    names.add(same);
    if (key === '') continue;
    if (keys.has(key)) return { kind: 'key', text: key };
    if (key !== row?.key && hasAction(key)) return { kind: 'action', text: key };
    keys.add(key);
  }
  return null;
}

/**
 * The edits that lead from the labels as they are to the drafts, in their order. The store gives a label's new name to all that
 * it was given to; what has the name of a label that goes keeps it.
 */
export function labelEdits(scheme: string, before: readonly LabelRow[], drafts: readonly LabelDraft[], newId: () => string): RowEdit<'label'>[] {
  const kept = new Set(drafts.flatMap(({ row }) => (row === null ? [] : [row.id])));
  const gone = before.filter(({ id }) => !kept.has(id)).map(({ id, revision }): RowEdit<'label'> => ({ table: 'label', kind: 'delete', id, revision }));
  const changed = drafts.flatMap(({ row, ...draft }, position): RowEdit<'label'>[] => {
    const values = { ...draft, name: draft.name.trim(), description: draft.description.trim(), position };
    if (row === null) return [{ table: 'label', kind: 'insert', row: { id: newId(), scheme_id: scheme, ...values } }];
    const set = Object.fromEntries(Object.entries(values).filter(([column, value]) => row[column as keyof LabelRow] !== value));
    return Object.keys(set).length === 0 ? [] : [{ table: 'label', kind: 'update', id: row.id, revision: row.revision, set }];
  });
  return [...gone, ...changed];
}
