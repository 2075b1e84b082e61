import { z } from 'zod';
import { chosenObject, limitedList } from '../basics/limited-input.ts';
import { stepSchema } from './steps.ts';

/**
 * The rows that a person can edit: one definition for the store's tables, the contract and the window. Video times are seconds,
 * spans half-open; dates are ISO 8601 in UTC. Unknown columns are rejected, so that a misspelt column is an error and not a
 * silently lost change.
 */
const id = z.string().min(1).max(200);
const revision = z.int().nonnegative();
const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);
const text = z.string().max(100_000);

/** Provenance of every label: who or what made it, when, from which proposal, with which model. */
const provenance = {
  made_by: text,
  made_at: text,
  /** The model's segment or peak that it was made from. */
  proposal_id: id.nullable(),
  model_sha256: text.nullable(),
};

/** What other tools store with a label or a peak; missing in rows of versions before 0.2. */
const remarks = {
  comment: text.nullable().optional(),
  /** See modifiers.ts: the values of all sets, separated by '|'. */
  modifiers: text.nullable().optional(),
};

export const ROW_SCHEMAS = {
  segment: z.strictObject({
    id,
    layer_id: id,
    face_id: z.int().nonnegative(),
    label: text,
    start_s: seconds,
    end_s: seconds,
    confidence: share.nullable(),
    ...remarks,
    ...provenance,
    revision,
  }),
  peak: z.strictObject({
    id,
    layer_id: id,
    face_id: z.int().nonnegative(),
    label: text,
    onset_s: seconds,
    apex_s: seconds,
    offset_s: seconds,
    intensity: share.nullable(),
    prominence: share.nullable(),
    mask_final: share.nullable(),
    ...remarks,
    ...provenance,
    revision,
  }),
  note: z.strictObject({ id, video_id: id, coder_id: id.nullable(), at_s: seconds.nullable(), text, made_at: text, revision }),
  /** See decisions.ts. proposal_id and label are those of a rejected proposal. */
  decision: z.strictObject({
    id,
    video_id: id,
    coder_id: id,
    kind: z.enum(['rejected', 'no_label']),
    proposal_id: id.nullable(),
    label: text.nullable(),
    face_id: z.int().nonnegative(),
    start_s: seconds,
    end_s: seconds,
    made_at: text,
    revision,
  }),
  layer: z.strictObject({
    id,
    video_id: id,
    kind: z.enum(['model', 'coder', 'adjudicated']),
    coder_id: id.nullable(),
    run_id: id.nullable(),
    scheme_id: id,
    created_at: text,
    revision,
  }),
  /**
   * maps_to: the one of the seven classes that the label counts as, or null. grouping: its group in statistics, '' for none. modifiers:
   * its sets of modifiers (see modifiers.ts). Both are missing in rows of earlier versions.
   */
  label: z.strictObject({
    id,
    scheme_id: id,
    name: text,
    colour: text,
    key: text,
    description: text,
    position: z.int(),
    maps_to: text.nullable(),
    grouping: text.optional(),
    modifiers: text.optional(),
    revision,
  }),
  scheme: z.strictObject({ id, name: text, revision }),
  /** attributes: JSON, an object with texts: further columns such as group and age. */
  participant: z.strictObject({ id, code: text, condition: text, note: text, attributes: text, revision }),
  session: z.strictObject({ id, participant_id: id.nullable(), name: text, held_at: text, condition: text, revision }),
  /** The participant of one face of a video; null for a person who does not take part, for example an experimenter. */
  face_participant: z.strictObject({ id, video_id: id, face_id: z.int().positive(), participant_id: id.nullable(), condition: text, revision }),
  /** Face tracks of a run that were merged or split by hand; edits: JSON (shared/domain/face-tracks.ts). */
  face_tracks: z.strictObject({ id, video_id: id, run_id: id, edits: text, revision }),
  /** A span of a video that belongs to the design of the study; without an end, a marker. */
  trial: z.strictObject({
    id,
    video_id: id,
    name: text,
    type: text,
    item: text,
    condition: text,
    start_s: seconds,
    end_s: seconds.nullable(),
    revision,
  }),
  /**
   * Another time series on the video's clock. The times of its samples, start_s and end_s are those of the file; offset_s is added to
   * them. interval_s: median time between samples.
   */
  signal: z.strictObject({
    id,
    video_id: id,
    name: text,
    unit: text,
    source: text,
    offset_s: z.number(),
    samples: z.int(),
    start_s: z.number(),
    end_s: z.number(),
    interval_s: z.number(),
    lowest: z.number().nullable(),
    highest: z.number().nullable(),
    revision,
  }),
  /** is_blind: 1 for a coder who codes without proposals and the labels of others; missing in rows of earlier versions. */
  coder: z.strictObject({ id, name: text, added_at: text, is_blind: z.int().min(0).max(1).optional(), revision }),
  video: z.strictObject({
    id,
    path: text,
    name: text,
    size: z.int(),
    modified_ms: z.int(),
    sha256: text.nullable(),
    folder_id: id.nullable(),
    participant_id: id.nullable(),
    session_id: id.nullable(),
    condition: text,
    duration_s: seconds.nullable(),
    frames: z.int().nullable(),
    fps: z.number().nullable(),
    variable_rate: z.int().nullable(),
    missing: z.int(),
    review: z.enum(['new', 'in_review', 'done']),
    added_at: text,
    /** 1: removed from the project by a person; nothing lists it. Missing in rows of earlier versions. */
    removed: z.int().min(0).max(1).optional(),
    revision,
  }),
} as const;

/** Tables that a coder can edit. Files, runs and timelines cannot be edited. */
export type EditableTable = keyof typeof ROW_SCHEMAS;
export const EDITABLE = Object.keys(ROW_SCHEMAS) as EditableTable[];
export type EditableRows = { [K in EditableTable]: z.infer<(typeof ROW_SCHEMAS)[K]> };

/** A change of one row. An update or a deletion names the revision that it is based on. */
export type RowEdit<T extends EditableTable = EditableTable> = {
  [K in T]:
    | { readonly table: K; readonly kind: 'insert'; readonly row: Omit<EditableRows[K], 'revision'> }
    | {
        readonly table: K;
        readonly kind: 'update';
        readonly id: string;
        readonly revision: number;
        readonly set: Partial<Omit<EditableRows[K], 'id' | 'revision'>>;
      }
    | { readonly table: K; readonly kind: 'delete'; readonly id: string; readonly revision: number };
}[T];

/** Columns that a person can edit in tables with rows of a file; the other columns describe the file. Such rows are never inserted. */
const DECISIONS: Readonly<Partial<Record<EditableTable, Readonly<Record<string, true>>>>> = {
  video: { name: true, participant_id: true, session_id: true, condition: true, review: true, removed: true },
  signal: { name: true, unit: true, offset_s: true },
};
/**
 * The names of these columns, as merges compare them; undefined for tables in which a person can edit all. A removal applies to one copy of
 * the project only: a coder who tidies a copy does not take the video away from the others.
 */
export const decidedColumns = (table: EditableTable): readonly string[] | undefined => {
  const columns = DECISIONS[table];
  return columns && Object.keys(columns).filter((column) => column !== 'removed');
};

/** Edits of face tracks move labels of all coders: they have a procedure of their own (services/study/face-tracks.ts). */
const rowEdits = new Map(
  EDITABLE.filter((table) => table !== 'face_tracks').flatMap((table): [string, z.ZodType][] => {
    const row = ROW_SCHEMAS[table] as z.ZodObject;
    const decisions = DECISIONS[table];
    const set = decisions === undefined ? row.omit({ id: true, revision: true }) : row.pick(decisions);
    const ofTable = { table: z.literal(table) };
    const insert = z.strictObject({ ...ofTable, kind: z.literal('insert'), row: row.omit({ revision: true }) });
    return [
      ...(decisions !== undefined ? [] : [[`${table} insert`, insert] as [string, z.ZodType]]),
      [`${table} update`, z.strictObject({ ...ofTable, kind: z.literal('update'), id, revision, set: set.partial() })],
      [`${table} delete`, z.strictObject({ ...ofTable, kind: z.literal('delete'), id, revision })],
    ];
  }),
);

/** Validates the edit of one row. */
const rowEditSchema = chosenObject(({ table, kind }) => rowEdits.get(`${String(table)} ${String(kind)}`)) as z.ZodType<RowEdit, RowEdit>;

/** One action of a person: one undo step, regardless of how many rows it changes. */
export const editSchema = z.strictObject({
  coderId: id,
  step: stepSchema,
  rows: limitedList(rowEditSchema, 100_000, 1),
});
export type Edit = z.infer<typeof editSchema>;

/** A row of any of these tables. */
export type AnyRow = { [column: string]: string | number | null };
/** Tables with changes in the journal: editable ones, and the conflicts of merged copies, which only a decision changes. */
export type JournalTable = EditableTable | 'merge_conflict';
const JOURNAL_TABLES: readonly JournalTable[] = [...EDITABLE, 'merge_conflict'];
/** A row before and after a change; null if it did not exist. */
export const rowChangeSchema = z.object({
  table: z.enum(JOURNAL_TABLES),
  id,
  before: z.custom<AnyRow>((value) => typeof value === 'object').nullable(),
  after: z.custom<AnyRow>((value) => typeof value === 'object').nullable(),
});
export type RowChange = z.infer<typeof rowChangeSchema>;

export const appliedEditSchema = z.object({
  entry: z.int(),
  /** The project's clock at this step, which is also the new revision of every changed row. */
  clock: z.int(),
  step: stepSchema,
  changes: z.array(rowChangeSchema),
});
export type AppliedEdit = z.infer<typeof appliedEditSchema>;
