import { randomUUID } from 'node:crypto';
import type { AnyRow, AppliedEdit, Edit, EditableTable, JournalTable, RowChange, RowEdit } from '../../shared/annotation/editable-rows.ts';
import type { Step } from '../../shared/annotation/steps.ts';
import { step, stepSchema } from '../../shared/annotation/steps.ts';
import { StudioError } from '../../shared/app/errors.ts';
import type { TrackEdits } from '../../shared/domain/face-tracks.ts';
import { NO_TRACK_EDITS, parseTrackEdits } from '../../shared/domain/face-tracks.ts';
import type { ProjectDatabase } from './store/database.ts';
import { labelMoves } from './move-labels.ts';
import type { JournalRow, LayerRow, Tables } from './store/schema.ts';

/**
 * Applies an edit and adds it to the journal, in one transaction. Undone edits of the coder can no longer be redone. If a
 * label of a coding scheme gets another name, the segments and peaks of all coders get it too.
 * @param of 'all coders' allows changes in the layers of others: their labels follow a face whose number changes
 * @throws StudioError 'edit-stale' if a row was changed or deleted after its revision was read; 'layer-protected' for rows
 *   in the layer of a model or of another coder; 'edit-invalid' if a constraint of the tables is violated
 */
export function applyEdit(db: ProjectDatabase, edit: Edit, of: LabelsOf = 'the coder'): AppliedEdit {
  return recordStep(db, edit, (revision) => {
    const renamed = edit.rows.flatMap((row) => (row.table === 'label' && row.kind === 'update' ? labelledRows(db, row.id, row.set.name) : []));
    const changes = edit.rows.map((row) => changeRow(db, of === 'the coder' ? edit.coderId : null, row, revision));
    for (const { table, id, from, label } of renamed) {
      const before = readRow(db, table, id);
      // A row that the same edit relabels keeps its new label.
      if (before !== null && before['label'] === from) changes.push(writeRow(db, table, id, before, { ...before, label, revision }));
    }
    return changes;
  });
}

/**
 * Changes rows by `work` and adds the step to the journal, in one transaction. `work` checks what it changes.
 * @param work gets the revision of the changed rows and returns the changes, which writeRow makes
 */
export function recordStep(db: ProjectDatabase, { coderId, step: made }: Omit<Edit, 'rows'>, work: (revision: number) => RowChange[]): AppliedEdit {
  return db.transaction(() => {
    const revision = nextRevision(db);
    const changes = work(revision);
    db.run(db.sql.updateTable('journal').set({ state: 'dropped' }).where('coder_id', '=', coderId).where('state', '=', 'undone'));
    const { id } = db.onlyRow(
      db.sql
        .insertInto('journal')
        .values({
          coder_id: coderId,
          kind: made.kind,
          parameters: JSON.stringify(made.parameters),
          changes: JSON.stringify(changes),
          made_at: new Date().toISOString(),
          state: 'done',
        } as JournalRow)
        .returning('id'),
    );
    return { entry: id, clock: revision, step: made, changes };
  });
}

/** Whose labels an edit may change. */
export type LabelsOf = 'the coder' | 'all coders';

/**
 * Undoes the last edit of a coder. The rows get new revisions, so that windows with the old rows are updated.
 * @returns null if there is nothing to undo
 * @throws StudioError 'edit-conflict' if the same rows were changed after the edit
 */
export function undo(db: ProjectDatabase, coderId: string): AppliedEdit | null {
  return db.transaction(() => {
    const entry = db.row(lastEntry(db, coderId, 'done').orderBy('id', 'desc'));
    return entry === undefined ? null : applyHistoryEntry(db, entry, 'undone');
  });
}

/** Redoes the edit that was undone last. @throws StudioError the errors of undo */
export function redo(db: ProjectDatabase, coderId: string): AppliedEdit | null {
  return db.transaction(() => {
    const entry = db.row(lastEntry(db, coderId, 'undone').orderBy('id', 'asc'));
    return entry === undefined ? null : applyHistoryEntry(db, entry, 'done');
  });
}

/**
 * Goes to a step of a coder's history, in one transaction: undoes all later steps, or redoes all undone ones up to it.
 * @returns the edits, in the order in which they were made
 * @throws StudioError the errors of undo; nothing is changed then
 */
export function goToStep(db: ProjectDatabase, coderId: string, id: number): AppliedEdit[] {
  return db.transaction(() => {
    const own = db.sql.selectFrom('journal').selectAll().where('coder_id', '=', coderId);
    const target = db.row(own.where('id', '=', id));
    if (target === undefined || target.state === 'dropped') return [];
    const entries =
      target.state === 'done'
        ? own.where('id', '>', id).where('state', '=', 'done').orderBy('id', 'desc')
        : own.where('id', '<=', id).where('state', '=', 'undone').orderBy('id', 'asc');
    return db.rows(entries).map((entry) => applyHistoryEntry(db, entry, target.state === 'done' ? 'undone' : 'done'));
  });
}

/** The entry that the next `undo` or `redo` of a coder changes; null if there is none. */
export function nextEntry(db: ProjectDatabase, coderId: string, direction: 'undo' | 'redo'): { id: number; step: Step; changes: RowChange[] } | null {
  const entry = db.row(lastEntry(db, coderId, direction === 'undo' ? 'done' : 'undone').orderBy('id', direction === 'undo' ? 'desc' : 'asc'));
  return entry === undefined ? null : { id: entry.id, step: stepOf(entry), changes: JSON.parse(entry.changes) as RowChange[] };
}

/** A coder's history, newest first. */
export function history(db: ProjectDatabase, coderId: string, most: number): HistoryEntry[] {
  return db
    .rows(
      db.sql
        .selectFrom('journal')
        .select(['id', 'kind', 'parameters', 'made_at', 'state'])
        .where('coder_id', '=', coderId)
        .where('state', '!=', 'dropped')
        .orderBy('id', 'desc')
        .limit(most),
    )
    .map((row) => ({ id: row.id, step: stepOf(row), madeAt: row.made_at, state: row.state }));
}

/** A step of a coder's history. */
export interface HistoryEntry {
  readonly id: number;
  readonly step: Step;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly state: JournalRow['state'];
}

/** A step of an unknown kind (from a newer version or another program) is shown by the name of its kind. */
function stepOf({ kind, parameters }: Pick<JournalRow, 'kind' | 'parameters'>): Step {
  const read = stepSchema.safeParse({ kind, parameters: JSON.parse(parameters) as unknown });
  return read.success ? read.data : step('other', { text: kind });
}

export const newId = (): string => randomUUID();

const lastEntry = (db: ProjectDatabase, coderId: string, state: JournalRow['state']) =>
  db.sql.selectFrom('journal').selectAll().where('coder_id', '=', coderId).where('state', '=', state).limit(1);

/** Restores the rows of an entry as they were before it ('undone') or after it ('done'). */
function applyHistoryEntry(db: ProjectDatabase, entry: JournalRow, to: 'done' | 'undone'): AppliedEdit {
  const recorded = JSON.parse(entry.changes) as RowChange[];
  const target = to === 'done' ? recorded : recorded.map((change) => ({ ...change, before: change.after, after: change.before })).reverse();
  const revision = nextRevision(db);
  const changes = target.map((change) => {
    const current = readRow(db, change.table, change.id);
    if (!sameRow(current, change.before)) throw new StudioError(to === 'done' ? 'edit-conflict/redo' : 'edit-conflict/undo', { detail: change.table });
    return writeRow(db, change.table, change.id, current, change.after === null ? null : { ...change.after, revision });
  });
  db.run(db.sql.updateTable('journal').set({ state: to }).where('id', '=', entry.id));
  const moved = followFaceTracks(db, target, revision);
  return { entry: entry.id, clock: revision, step: stepOf(entry), changes: [...changes, ...moved] };
}

/** Labels stay with their faces when an edit of face tracks is undone, redone or taken from another copy. @param changes all rows of the step */
export function followFaceTracks(db: ProjectDatabase, changes: readonly RowChange[], revision: number): RowChange[] {
  const restored = new Set(changes.map(({ id }) => id));
  return changes.flatMap((change) => labelsMovedBy(db, change, restored)).map((row) => changeRow(db, null, row, revision));
}

/** @param restored ids of the rows of the step, which do not move */
function labelsMovedBy(db: ProjectDatabase, { table, before, after }: RowChange, restored: ReadonlySet<string>): RowEdit[] {
  const row = after ?? before;
  if (table !== 'face_tracks' || row === null) return [];
  const editsIn = (each: RowChange['before']): TrackEdits => (each === null ? NO_TRACK_EDITS : parseTrackEdits(String(each['edits'])));
  const change = { run: String(row['run_id']), video: String(row['video_id']), before: editsIn(before), after: editsIn(after) };
  return labelMoves(db, change, (id) => !restored.has(id));
}

/** Advances the clock of the project. @returns the revision for all rows of the edit */
function nextRevision(db: ProjectDatabase): number {
  return db.onlyRow(
    db.sql
      .updateTable('project')
      .set(({ eb }) => ({ clock: eb('clock', '+', 1) }))
      .returning('clock'),
  ).clock;
}

/** @param coderId null allows changes of the labels of all coders */
function changeRow(db: ProjectDatabase, coderId: string | null, edit: RowEdit, revision: number): RowChange {
  const id = edit.kind === 'insert' ? edit.row.id : edit.id;
  const before = readRow(db, edit.table, id);
  if (edit.kind === 'insert') {
    if (before !== null) throw new StudioError('edit-invalid/same-id', { detail: edit.table });
    const row: AnyRow = { ...(edit.row as AnyRow), revision };
    refuseProtected(db, coderId, edit.table, row);
    return writeRow(db, edit.table, id, null, row);
  }
  if (before === null || before['revision'] !== edit.revision)
    throw new StudioError(before === null ? 'edit-stale/deleted' : 'edit-stale/changed', { detail: edit.table });
  refuseProtected(db, coderId, edit.table, before);
  if (edit.kind === 'delete') {
    refuseUsed(db, edit.table, id);
    return writeRow(db, edit.table, id, before, null);
  }
  const after = { ...before, ...(edit.set as AnyRow), id, revision };
  refuseProtected(db, coderId, edit.table, after);
  return writeRow(db, edit.table, id, before, after);
}

/** Segments and peaks of coders with a label that gets another name; none if the name does not change. */
function labelledRows(
  db: ProjectDatabase,
  labelId: string,
  name: string | undefined,
): { table: 'segment' | 'peak'; id: string; from: string; label: string }[] {
  const row = db.row(db.sql.selectFrom('label').select(['scheme_id', 'name']).where('id', '=', labelId));
  if (row === undefined || name === undefined || name === row.name) return [];
  return (['segment', 'peak'] as const).flatMap((table) =>
    db
      .rows(
        db.sql
          .selectFrom(`${table} as labelled` as 'segment as labelled')
          .innerJoin('layer', 'layer.id', 'labelled.layer_id')
          .select('labelled.id')
          .where('layer.scheme_id', '=', row.scheme_id)
          .where('layer.kind', '!=', 'model')
          .where('labelled.label', '=', row.name),
      )
      .map(({ id }) => ({ table, id, from: row.name, label: name })),
  );
}

/** References to each table. An edit must delete the referencing rows explicitly, so that they are in the journal. */
const USED_BY: Readonly<Record<EditableTable, readonly (readonly [table: keyof Tables, column: string])[] | 'kept'>> = {
  segment: [],
  peak: [],
  note: [],
  decision: [],
  label: [],
  layer: [
    ['segment', 'layer_id'],
    ['peak', 'layer_id'],
  ],
  scheme: [
    ['label', 'scheme_id'],
    ['layer', 'scheme_id'],
  ],
  session: [['video', 'session_id']],
  face_participant: [],
  trial: [],
  participant: [
    ['session', 'participant_id'],
    ['video', 'participant_id'],
    ['face_participant', 'participant_id'],
  ],
  // Without its samples a signal could not be restored.
  signal: 'kept',
  coder: 'kept',
  video: 'kept',
  // Without changes the row is an empty list.
  face_tracks: 'kept',
};

/** @throws StudioError 'edit-invalid' if another row refers to this one, or if such rows are never deleted */
export function refuseUsed(db: ProjectDatabase, table: EditableTable, id: string): void {
  const users = USED_BY[table];
  if (users === 'kept') throw new StudioError('edit-invalid/not-deletable', { detail: table });
  for (const [user, column] of users) {
    const found = db.row(
      db.sql
        .selectFrom(user as 'segment')
        .select('id')
        .where(column as 'layer_id', '=', id)
        .limit(1),
    );
    if (found !== undefined) throw new StudioError('edit-invalid/still-used', { detail: `${table}, ${user}` });
  }
}

/** Rejects edits in the layer of a model or of another coder. */
function refuseProtected(db: ProjectDatabase, coderId: string | null, table: EditableTable, row: AnyRow): void {
  const layer =
    table === 'layer'
      ? (row as unknown as LayerRow)
      : table === 'segment' || table === 'peak'
        ? db.row(db.sql.selectFrom('layer').selectAll().where('id', '=', String(row['layer_id'])))
        : undefined;
  if (layer === undefined || layer.kind === 'adjudicated' || layer.coder_id === coderId || (coderId === null && layer.kind === 'coder')) return;
  throw new StudioError(layer.kind === 'model' ? 'layer-protected/model' : 'layer-protected/coder', {});
}

/** A row of any of these tables; null if there is none. */
export function readRow(db: ProjectDatabase, table: JournalTable, id: string): AnyRow | null {
  return (
    (db.row(
      db.sql
        .selectFrom(table as 'segment')
        .selectAll()
        .where('id', '=', id),
    ) as unknown as AnyRow | undefined) ?? null
  );
}

/** Inserts, replaces or deletes a row, in the transaction of recordStep. @throws StudioError 'edit-invalid' if a constraint of the tables is violated */
export function writeRow(db: ProjectDatabase, table: JournalTable, id: string, before: AnyRow | null, after: AnyRow | null): RowChange {
  const name = table as 'segment';
  try {
    if (after === null) db.run(db.sql.deleteFrom(name).where('id', '=', id));
    else if (before === null) db.run(db.sql.insertInto(name).values(after as never));
    else
      db.run(
        db.sql
          .updateTable(name)
          .set(after as never)
          .where('id', '=', id),
      );
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) throw error;
    throw constraintError(table, error);
  }
  return { table, id, before, after };
}

/** Converts an extended error code of SQLite. */
function constraintError(table: JournalTable, error: unknown): StudioError {
  const { code, message } = error as { code: string; message: string };
  const detail = `${table}: ${message}`;
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') return new StudioError('edit-invalid/duplicate', { detail }, error);
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new StudioError('edit-invalid/reference', { detail }, error);
  if (code === 'SQLITE_CONSTRAINT_CHECK') return new StudioError('edit-invalid/times', { detail }, error);
  return new StudioError('edit-invalid/constraint', { detail }, error);
}

/** Whether a row has the recorded values, except for the revision. Columns that a later version added are not recorded. */
export function sameRow(current: AnyRow | null, recorded: AnyRow | null): boolean {
  if (current === null || recorded === null) return current === recorded;
  return Object.entries(recorded).every(([column, value]) => column === 'revision' || (current[column] ?? null) === value);
}
