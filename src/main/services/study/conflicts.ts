import type { AnyRow, AppliedEdit, EditableTable } from '../../../shared/annotation/editable-rows.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Conflict, ConflictColumn, ConflictVersion } from '../../../shared/contract/copies.ts';
import { CONFLICT_COLUMNS } from '../../../shared/contract/copies.ts';
import { parseTrackEdits } from '../../../shared/domain/face-tracks.ts';
import { videoNames } from '../../project/library.ts';
import type { ConflictDecision, OpenConflict, RowVersion } from '../../project/merge-conflicts.ts';
import { decideConflict, openConflicts } from '../../project/merge-conflicts.ts';
import { addCoder, layerNames, listCoders, listParticipants, listSessions } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import { refuseInvalidTrials } from './trials.ts';

/** The open conflicts of merged copies, with both versions in words. */
export function describeConflicts(db: ProjectDatabase): Conflict[] {
  const open = openConflicts(db);
  if (open.length === 0) return [];
  const names = videoNames(db);
  const references = referencesOf(db);
  const layerName = layerNamesById(db);
  return open.map(({ id, table, videoId, current, other, canKeepBoth }: OpenConflict) => {
    const [kept, rest] = [factsOf(references, table, current.row), factsOf(references, table, other.row)];
    const layer = (current.row ?? other.row)?.['layer_id'];
    return {
      id,
      table,
      video: names.get(videoId ?? '') ?? null,
      layer: typeof layer === 'string' ? layerName(layer) : null,
      revision: current.row === null ? null : Number(current.row['revision']),
      kept: versionOf(current, kept, rest),
      other: versionOf(other, rest, kept),
      canKeepBoth,
    };
  });
}

type Facts = ReadonlyMap<ConflictColumn, string | number>;

function versionOf({ row, by, at }: RowVersion, facts: Facts, others: Facts): ConflictVersion {
  return { isDeleted: row === null, by, at, facts: [...facts].map(([column, value]) => ({ column, value, differs: others.get(column) !== value })) };
}

/** Columns with the id of another row, and the column that names it. */
const REFERENCES = { participant_id: 'participant', session_id: 'session', coder_id: 'coder' } as const;

/** The columns of a row that a person knows, without empty ones. */
function factsOf(references: ReadonlyMap<string, string>, table: EditableTable, row: AnyRow | null): Facts {
  if (row === null) return new Map();
  const named: AnyRow = { ...row };
  for (const [column, name] of Object.entries(REFERENCES)) if (row[column] !== undefined) named[name] = references.get(`${column} ${row[column]}`) ?? null;
  if (table === 'face_tracks') named['faces'] = facesOf(row['edits']);
  if (table === 'participant') named['attributes'] = attributesOf(row['attributes']);
  // The other times of a signal are those of its file.
  if (table === 'signal') Object.assign(named, { shift_s: row['offset_s'], offset_s: null, start_s: null, end_s: null });
  const facts = CONFLICT_COLUMNS.flatMap((column): [ConflictColumn, string | number][] => {
    const value = named[column];
    return value === undefined || value === null || value === '' ? [] : [[column, value]];
  });
  return new Map(facts);
}

/** '3 → 1, 2 (5.5 s) → 4' for the edits of face tracks: the detected face, the time from which the change applies, and the face shown. */
const facesOf = (edits: string | number | null | undefined): string =>
  parseTrackEdits(String(edits ?? '[]'))
    .map(({ face, fromS, to }) => `${face}${fromS === null ? '' : ` (${fromS} s)`} → ${to}`)
    .join(', ');

/** 'age 23, group A' for the JSON of a participant's attributes. */
function attributesOf(text: string | number | null | undefined): string {
  const attributes = JSON.parse(String(text ?? '{}')) as Record<string, string>;
  return Object.entries(attributes)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** Names of participants, sessions and coders, by the column that refers to them and their id. */
function referencesOf(db: ProjectDatabase): Map<string, string> {
  return new Map([
    ...listParticipants(db).map(({ id, code }): [string, string] => [`participant_id ${id}`, code]),
    ...listSessions(db).map(({ id, name }): [string, string] => [`session_id ${id}`, name]),
    ...listCoders(db).map(({ id, name }): [string, string] => [`coder_id ${id}`, name]),
  ]);
}

function layerNamesById(db: ProjectDatabase): (id: string) => string | null {
  const nameOf = layerNames(db);
  return (id) => {
    const layer = db.row(db.sql.selectFrom('layer').selectAll().where('id', '=', id));
    return layer === undefined ? null : nameOf(layer);
  };
}

/**
 * Decides a conflict as a step of a coder, in one transaction.
 * @throws StudioError the errors of decideConflict in merge-conflicts.ts; 'edit-invalid' for trials that overlap
 */
export function decide(
  db: ProjectDatabase,
  coderId: string,
  decision: { readonly id: string; readonly take: ConflictDecision; readonly revision: number | null },
): AppliedEdit {
  return db.transaction(() => {
    const applied = decideConflict(db, coderId, decision);
    refuseInvalidTrials(db, applied.changes);
    return applied;
  });
}

export const conflictsIn = (folder: string): Promise<Conflict[]> => inProject(folder, describeConflicts);

/** Opens a project and decides a conflict by its id. @param coder name of the person who decides */
export const decideConflictIn = (folder: string, id: string, take: ConflictDecision, coder: string): Promise<void> =>
  inProject(folder, (db) => {
    const conflict = describeConflicts(db).find((each) => each.id === id);
    if (conflict === undefined) throw new StudioError('wrong-usage/conflict-unknown', { id });
    decide(db, addCoder(db, coder).id, { id, take, revision: conflict.revision });
  });
