import { StudioError } from '../../shared/app/errors.ts';
import { byName } from '../../shared/basics/name-order.ts';
import { parseTrackEdits } from '../../shared/domain/face-tracks.ts';
import type { ProjectDatabase } from './store/database.ts';
import { newId } from './edits.ts';
import type { LayerRows } from './proposals.ts';
import { rowsOfLayer } from './proposals.ts';
import type { DecisionTableRow, CoderRow, LabelRow, LayerRow, NoteRow, ParticipantRow, SchemeRow, SessionRow } from './store/schema.ts';

/** Queries for the review of labels. All changes are made with edits.ts. */

/** All layers of a video: those of runs first, and the oldest first in each kind. */
export function layersOf(db: ProjectDatabase, video: string): LayerRow[] {
  return db.rows(db.sql.selectFrom('layer').selectAll().where('video_id', '=', video).orderBy('kind', 'desc').orderBy('created_at'));
}

/** The labels of a layer in time order. @throws StudioError 'edit-stale' if the layer does not exist */
export function readLayer(db: ProjectDatabase, layer: string): LayerRows {
  const row = db.row(db.sql.selectFrom('layer').selectAll().where('id', '=', layer));
  if (row === undefined) throw new StudioError('edit-stale/layer', {});
  return rowsOfLayer(db, row);
}

export function notesOf(db: ProjectDatabase, video: string): NoteRow[] {
  return db.rows(db.sql.selectFrom('note').selectAll().where('video_id', '=', video).orderBy('at_s').orderBy('made_at'));
}

export function decisionsOf(db: ProjectDatabase, video: string): DecisionTableRow[] {
  return db.rows(db.sql.selectFrom('decision').selectAll().where('video_id', '=', video).orderBy('start_s').orderBy('made_at'));
}

/** All coders, by name: 2 before 10. */
export const listCoders = (db: ProjectDatabase): CoderRow[] => db.rows(db.sql.selectFrom('coder').selectAll()).sort((a, b) => byName(a.name, b.name));
export const listParticipants = (db: ProjectDatabase): ParticipantRow[] =>
  db.rows(db.sql.selectFrom('participant').selectAll()).sort((a, b) => byName(a.code, b.code));
export const listSessions = (db: ProjectDatabase): SessionRow[] => db.rows(db.sql.selectFrom('session').selectAll().orderBy('held_at').orderBy('name'));

export function listSchemes(db: ProjectDatabase): (SchemeRow & { labels: LabelRow[] })[] {
  const labels = Map.groupBy(db.rows(db.sql.selectFrom('label').selectAll().orderBy('position')), ({ scheme_id }) => scheme_id);
  return db.rows(db.sql.selectFrom('scheme').selectAll().orderBy('name')).map((scheme) => ({ ...scheme, labels: labels.get(scheme.id) ?? [] }));
}

/** Finds or adds a coder. This is not an edit, because an edit needs an existing coder. */
export function addCoder(db: ProjectDatabase, name: string): CoderRow {
  return db.transaction(() => {
    const known = db.row(db.sql.selectFrom('coder').selectAll().where('name', '=', name));
    if (known !== undefined) return known;
    const row = { id: newId(), name, added_at: new Date().toISOString(), revision: 1 };
    db.run(db.sql.insertInto('coder').values(row));
    return row;
  });
}

export function clockOf(db: ProjectDatabase): number {
  return db.onlyRow(db.sql.selectFrom('project').select('clock')).clock;
}

export function projectName(db: ProjectDatabase): string {
  return db.onlyRow(db.sql.selectFrom('project').select('name')).name;
}

/** Returns a function that names a layer: 'model', 'adjudicated' or the name of its coder. Coders are read once. */
export function layerNames(db: ProjectDatabase): (layer: LayerRow) => string {
  const coders = new Map(listCoders(db).map(({ id, name }) => [id, name]));
  return ({ kind, coder_id }) => (kind === 'coder' ? (coders.get(coder_id ?? '') ?? 'unknown coder') : kind);
}

/** The newest run among the layers of a video. @param layers oldest first @returns null without a layer of a model */
export function newestRun(layers: readonly LayerRow[]): string | null {
  return layers.findLast(({ kind }) => kind === 'model')?.run_id ?? null;
}

/** Whether the faces of a video were edited in an earlier run only: the newest one gave its faces numbers of its own. */
export function hasEarlierEdits(db: ProjectDatabase, videoId: string): boolean {
  const run = newestRun(layersOf(db, videoId));
  const edited = db
    .rows(db.sql.selectFrom('face_tracks').select(['run_id', 'edits']).where('video_id', '=', videoId))
    .filter(({ edits }) => parseTrackEdits(edits).length > 0);
  return edited.length > 0 && edited.every(({ run_id }) => run_id !== run);
}

export interface NamedLayer {
  readonly layer: LayerRow;
  readonly name: string;
}

/**
 * Returns a function that lists the layers of a video for an export. Only the newest run is included.
 * @param only names of layers; an empty list means all
 */
export function exportedLayers(db: ProjectDatabase, only: readonly string[]): (video: string) => NamedLayer[] {
  const nameOf = layerNames(db);
  return (video) => {
    const layers = layersOf(db, video);
    const newest = newestRun(layers);
    return layers
      .filter(({ kind, run_id }) => kind !== 'model' || run_id === newest)
      .map((layer) => ({ layer, name: nameOf(layer) }))
      .filter(({ name }) => only.length === 0 || only.includes(name));
  };
}
