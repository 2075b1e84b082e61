import { randomUUID } from 'node:crypto';
import type { AnyRow, AppliedEdit, Edit, EditableTable, RowChange, RowEdit } from '../../shared/annotation/editable-rows.ts';
import type { Step } from '../../shared/annotation/steps.ts';
import { step, stepSchema } from '../../shared/annotation/steps.ts';
import { StudioError } from '../../shared/app/errors.ts';
import type { ProjectDatabase } from './store/database.ts';
import type { JournalRow, LayerRow, Tables } from './store/schema.ts';

/**
 * Applies an edit and writes it to the journal, both or neither. What the coder had undone can no longer be redone. A label of
 * the scheme that gets another name gets it wherever it was given, by every coder: it is the same label still.
 * @throws StudioError 'edit-stale' where a row has changed or gone since its revision was read; 'layer-protected' for
 *   rows of a model's layer or of another coder's; 'edit-invalid' for what the tables refuse
 */
export function applyEdit(db: ProjectDatabase, edit: Edit): AppliedEdit {
  return db.transaction(() => {
    const revision = tick(db);
    const renamed = edit.rows.flatMap((row) => (row.table === 'label' && row.kind === 'update' ? givenUnder(db, row.id, row.set.name) : []));
    const changes = edit.rows.map((row) => changeRow(db, edit.coderId, row, revision));
    for (const { table, id, from, label } of renamed) {
      const before = readRow(db, table, id);
      // What the same edit relabels keeps its new label.
      if (before !== null && before['label'] === from) changes.push(writeRow(db, table, id, before, { ...before, label, revision }));
    }
    db.run(db.sql.updateTable('journal').set({ state: 'dropped' }).where('coder_id', '=', edit.coderId).where('state', '=', 'undone'));
    const { id } = db.row(
      db.sql
        .insertInto('journal')
        .values({
          coder_id: edit.coderId,
          kind: edit.step.kind,
          parameters: JSON.stringify(edit.step.parameters),
          changes: JSON.stringify(changes),
          made_at: new Date().toISOString(),
          state: 'done',
        } as JournalRow)
        .returning('id'),
    )!;
    return { entry: id, clock: revision, step: edit.step, changes };
  });
}

/**
 * Takes a coder's last edit back. It is written as new revisions, so that whoever still shows the old rows is told.
 * @returns null where there is nothing to undo
 * @throws StudioError 'edit-conflict' where somebody has changed the same rows since
 */
export function undo(db: ProjectDatabase, coderId: string): AppliedEdit | null {
  return db.transaction(() => {
    const entry = db.row(lastEntry(db, coderId, 'done').orderBy('id', 'desc'));
    return entry === undefined ? null : applyHistoryEntry(db, entry, 'undone');
  });
}

/** Does again what was undone last; the same errors as undo. */
export function redo(db: ProjectDatabase, coderId: string): AppliedEdit | null {
  return db.transaction(() => {
    const entry = db.row(lastEntry(db, coderId, 'undone').orderBy('id', 'asc'));
    return entry === undefined ? null : applyHistoryEntry(db, entry, 'done');
  });
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

/** A step of a newer version, or one that was changed by another program, is shown by its kind. */
function stepOf({ kind, parameters }: Pick<JournalRow, 'kind' | 'parameters'>): Step {
  const read = stepSchema.safeParse({ kind, parameters: JSON.parse(parameters) as unknown });
  return read.success ? read.data : step('other', { text: kind });
}

export const newId = (): string => randomUUID();

const lastEntry = (db: ProjectDatabase, coderId: string, state: JournalRow['state']) =>
  db.sql.selectFrom('journal').selectAll().where('coder_id', '=', coderId).where('state', '=', state).limit(1);

/** Brings an entry's rows to how they were before it ('undone') or after it ('done'). */
function applyHistoryEntry(db: ProjectDatabase, entry: JournalRow, to: 'done' | 'undone'): AppliedEdit {
  const recorded = JSON.parse(entry.changes) as RowChange[];
  const wanted = to === 'done' ? recorded : recorded.map((change) => ({ ...change, before: change.after, after: change.before })).reverse();
  const revision = tick(db);
  const changes = wanted.map((change) => {
    const current = readRow(db, change.table, change.id);
    if (!sameRow(current, change.before)) throw new StudioError(to === 'done' ? 'edit-conflict/redo' : 'edit-conflict/undo', { detail: change.table });
    return writeRow(db, change.table, change.id, current, change.after === null ? null : { ...change.after, revision });
  });
  db.run(db.sql.updateTable('journal').set({ state: to }).where('id', '=', entry.id));
  return { entry: entry.id, clock: revision, step: stepOf(entry), changes };
}

/** The next revision: one for all rows of a step. */
function tick(db: ProjectDatabase): number {
  return db.row(
    db.sql
      .updateTable('project')
      .set(({ eb }) => ({ clock: eb('clock', '+', 1) }))
      .returning('clock'),
  )!.clock;
}

function changeRow(db: ProjectDatabase, coderId: string, edit: RowEdit, revision: number): RowChange {
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

/** The coders' segments and peaks that have a label of a scheme, where it is to have another name. */
function givenUnder(db: ProjectDatabase, labelId: string, name: string | undefined): { table: 'segment' | 'peak'; id: string; from: string; label: string }[] {
  const row = db.row(db.sql.selectFrom('label').select(['scheme_id', 'name']).where('id', '=', labelId));
  if (row === undefined || name === undefined || name === row.name) return [];
  return (['segment', 'peak'] as const).flatMap((table) =>
    db
      .rows(
        db.sql
          .selectFrom(`${table} as given` as 'segment as given')
          .innerJoin('layer', 'layer.id', 'given.layer_id')
          .select('given.id')
          .where('layer.scheme_id', '=', row.scheme_id)
          .where('layer.kind', '!=', 'model')
          .where('given.label', '=', row.name),
      )
      .map(({ id }) => ({ table, id, from: row.name, label: name })),
  );
}

/** What belongs to a row: an edit that deletes it names them too, or they would be gone without a trace in the journal. */
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
  participant: [
    ['session', 'participant_id'],
    ['video', 'participant_id'],
  ],
  coder: 'kept',
  video: 'kept',
};

function refuseUsed(db: ProjectDatabase, table: EditableTable, id: string): void {
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

/** A model's layer is what the model said, and another coder's is theirs. */
function refuseProtected(db: ProjectDatabase, coderId: string, table: EditableTable, row: AnyRow): void {
  const layer =
    table === 'layer'
      ? (row as unknown as LayerRow)
      : table === 'segment' || table === 'peak'
        ? db.row(db.sql.selectFrom('layer').selectAll().where('id', '=', String(row['layer_id'])))
        : undefined;
  if (layer === undefined || layer.kind === 'adjudicated' || layer.coder_id === coderId) return;
  throw new StudioError(layer.kind === 'model' ? 'layer-protected/model' : 'layer-protected/coder', {});
}

function readRow(db: ProjectDatabase, table: EditableTable, id: string): AnyRow | null {
  return (
    (db.row(
      db.sql
        .selectFrom(table as 'segment')
        .selectAll()
        .where('id', '=', id),
    ) as unknown as AnyRow | undefined) ?? null
  );
}

function writeRow(db: ProjectDatabase, table: EditableTable, id: string, before: AnyRow | null, after: AnyRow | null): RowChange {
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

/** SQLite tells constraints apart by its extended codes. */
function constraintError(table: EditableTable, error: unknown): StudioError {
  const { code, message } = error as { code: string; message: string };
  const detail = `${table}: ${message}`;
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') return new StudioError('edit-invalid/duplicate', { detail }, error);
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new StudioError('edit-invalid/reference', { detail }, error);
  if (code === 'SQLITE_CONSTRAINT_CHECK') return new StudioError('edit-invalid/times', { detail }, error);
  return new StudioError('edit-invalid/constraint', { detail }, error);
}

/** The same but for the revision. */
function sameRow(a: AnyRow | null, b: AnyRow | null): boolean {
  if (a === null || b === null) return a === b;
  const columns = new Set([...Object.keys(a), ...Object.keys(b)]);
  columns.delete('revision');
  return [...columns].every((column) => (a[column] ?? null) === (b[column] ?? null));
}
