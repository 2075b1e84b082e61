import type { AnyRow, AppliedEdit, EditableTable, RowChange } from '../../shared/annotation/editable-rows.ts';
import { decidedColumns } from '../../shared/annotation/editable-rows.ts';
import type { Step } from '../../shared/annotation/steps.ts';
import { step } from '../../shared/annotation/steps.ts';
import { StudioError } from '../../shared/app/errors.ts';
import { followFaceTracks, newId, readRow, recordStep, refuseUsed, sameRow, writeRow } from './edits.ts';
import type { ProjectDatabase } from './store/database.ts';
import type { MergeConflictRow } from './store/schema.ts';

/** Rows that two copies of a project changed in different ways (migration 100), and their decision. */

/** A version of a row, and who made it when (ISO 8601); null where the history does not say. */
export interface RowVersion {
  /** null: the row was deleted. */
  readonly row: AnyRow | null;
  readonly by: string | null;
  readonly at: string | null;
}

export interface OpenConflict {
  readonly id: string;
  readonly table: EditableTable;
  readonly rowId: string;
  readonly videoId: string | null;
  /** The row as it is in the project now. */
  readonly current: RowVersion;
  readonly other: RowVersion;
  /** Whether the other version can be added as a further row. */
  readonly canKeepBoth: boolean;
}

/** Conflicts that nobody has decided yet, by video. */
export function openConflicts(db: ProjectDatabase): OpenConflict[] {
  const open = db.rows(db.sql.selectFrom('merge_conflict').selectAll().where('resolved', '=', 0).orderBy('video_id').orderBy('found_at').orderBy('row_id'));
  if (open.length === 0) return [];
  const versions = open.map((conflict) => ({ conflict, current: readRow(db, tableOf(conflict), conflict.row_id), other: rowOf(conflict.other) }));
  const authorOf = authorsOf(
    db,
    versions.map(({ conflict }) => conflict.row_id),
  );
  return versions.map(({ conflict, current, other }) => {
    const table = tableOf(conflict);
    return {
      id: conflict.id,
      table,
      rowId: conflict.row_id,
      videoId: conflict.video_id,
      current: { row: current, ...authorOf(table, conflict.row_id, current) },
      other: { row: other, ...authorOf(table, conflict.row_id, other) },
      canKeepBoth: canKeepBoth(db, table, current, other),
    };
  });
}

/** Number of conflicts that nobody has decided yet. */
export const openConflictCount = (db: ProjectDatabase): number =>
  db.onlyRow(
    db.sql
      .selectFrom('merge_conflict')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('resolved', '=', 0),
  ).count;

/** kept: the project's version stays. other: it is replaced. both: the other version is added. */
export type ConflictDecision = 'kept' | 'other' | 'both';

const STEPS = { kept: 'conflict.keep', other: 'conflict.take', both: 'conflict.both' } as const satisfies Record<ConflictDecision, Step['kind']>;

/**
 * Decides a conflict, as a step of a coder that can be undone. The coder can decide about the labels of all coders.
 * @param revision of the project's version that the coder saw; null if it was deleted
 * @throws StudioError 'wrong-usage' for an unknown conflict; 'edit-stale' if the row was changed since it was read; 'edit-invalid' if the
 *   other version cannot be written
 */
export function decideConflict(
  db: ProjectDatabase,
  coderId: string,
  { id, take, revision }: { readonly id: string; readonly take: ConflictDecision; readonly revision: number | null },
): AppliedEdit {
  return db.transaction(() => {
    const conflict = db.row(db.sql.selectFrom('merge_conflict').selectAll().where('id', '=', id).where('resolved', '=', 0));
    if (conflict === undefined) throw new StudioError('wrong-usage/conflict-unknown', { id });
    const table = tableOf(conflict);
    return recordStep(db, { coderId, step: step(STEPS[take], { table }) }, (newRevision) => {
      const current = readRow(db, table, conflict.row_id);
      if ((current?.['revision'] ?? null) !== revision)
        throw new StudioError(current === null ? 'edit-stale/deleted' : 'edit-stale/changed', { detail: table });
      const before = { ...conflict } as AnyRow;
      const changes = versionChanges(db, conflict, { current, take, revision: newRevision });
      return [
        ...changes,
        ...followFaceTracks(db, changes, newRevision),
        writeRow(db, 'merge_conflict', id, before, { ...before, resolved: 1, revision: newRevision }),
      ];
    });
  });
}

function versionChanges(
  db: ProjectDatabase,
  conflict: MergeConflictRow,
  { current, take, revision }: { current: AnyRow | null; take: ConflictDecision; revision: number },
): RowChange[] {
  const [table, other] = [tableOf(conflict), rowOf(conflict.other)];
  if (take === 'kept') return [];
  if (take === 'both') {
    if (other === null || !canKeepBoth(db, table, current, other)) throw new StudioError('wrong-usage/not-both', {});
    const added = newId();
    return [writeRow(db, table, added, null, { ...other, id: added, revision })];
  }
  if (other !== null) return [writeRow(db, table, conflict.row_id, current, { ...current, ...decidedPart(table, current, other), revision })];
  if (current === null) return [];
  refuseUsed(db, table, conflict.row_id);
  return [writeRow(db, table, conflict.row_id, current, null)];
}

/** The columns that a person decides; the others describe a file on this computer. */
function decidedPart(table: EditableTable, current: AnyRow | null, other: AnyRow): AnyRow {
  const columns = decidedColumns(table);
  if (columns === undefined || current === null) return other;
  return Object.fromEntries(columns.map((column) => [column, other[column] ?? null]));
}

/** Two notes, and two labels, peaks or trials at different times, can both stand. A participant, a video or a face has one version. */
function canKeepBoth(db: ProjectDatabase, table: EditableTable, current: AnyRow | null, other: AnyRow | null): boolean {
  if (current === null || other === null) return false;
  if (table === 'note') return true;
  if (table === 'peak') return current['apex_s'] !== other['apex_s'];
  if (table === 'trial') return current['type'] !== other['type'] || (current['name'] !== other['name'] && !overlap(current, other));
  if (table !== 'segment') return false;
  const neighbours = db.rows(
    db.sql.selectFrom('segment').selectAll().where('layer_id', '=', String(other['layer_id'])).where('face_id', '=', Number(other['face_id'])),
  );
  return !neighbours.some((each) => overlap({ start_s: each.start_s, end_s: each.end_s }, other));
}

/** Half-open spans; a row without an end is a moment. */
function overlap(one: AnyRow, other: AnyRow): boolean {
  const [start, end, otherStart, otherEnd] = [one['start_s'], one['end_s'] ?? one['start_s'], other['start_s'], other['end_s'] ?? other['start_s']].map(Number);
  return start === otherStart || ((start ?? 0) < (otherEnd ?? 0) && (otherStart ?? 0) < (end ?? 0));
}

const tableOf = ({ table_name }: MergeConflictRow): EditableTable => table_name as EditableTable;
const rowOf = (text: string | null): AnyRow | null => (text === null ? null : (JSON.parse(text) as AnyRow));

type Author = Omit<RowVersion, 'row'>;

/** Finds in the journal who made a version of one of these rows, and when. */
function authorsOf(db: ProjectDatabase, rowIds: readonly string[]): (table: EditableTable, id: string, version: AnyRow | null) => Author {
  const coders = new Map(db.rows(db.sql.selectFrom('coder').select(['id', 'name'])).map(({ id, name }) => [id, name]));
  const wanted = new Set(rowIds);
  const made: { change: RowChange; author: Author }[] = [];
  for (const entry of db.rows(db.sql.selectFrom('journal').select(['coder_id', 'changes', 'made_at']).where('state', '=', 'done').orderBy('id', 'desc'))) {
    // Most entries change other rows: they are not parsed.
    if (![...entry.changes.matchAll(/"id":"([^"]*)"/g)].some(([, id]) => wanted.has(id ?? ''))) continue;
    const author = { by: coders.get(entry.coder_id) ?? null, at: entry.made_at };
    for (const change of JSON.parse(entry.changes) as RowChange[]) if (wanted.has(change.id)) made.push({ change, author });
  }
  return (table, id, version) => {
    const found = made.find(({ change }) => change.table === table && change.id === id && sameRow(version, change.after));
    const [by, at] = [version?.['made_by'], version?.['made_at']];
    return found?.author ?? { by: typeof by === 'string' ? by : null, at: typeof at === 'string' ? at : null };
  };
}
