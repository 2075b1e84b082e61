import { StudioError } from '../../shared/app/errors.ts';
import type { ProjectDatabase } from './store/database.ts';
import { newId } from './edits.ts';
import type {
  DecisionTableRow,
  CoderRow,
  LabelRow,
  LayerRow,
  NoteRow,
  ParticipantRow,
  PeakRow,
  SchemeRow,
  SegmentRow,
  SessionRow,
  VideoRow,
} from './store/schema.ts';

/** What a review reads. It is changed through edits.ts alone. */

/** All layers of a video: the runs' first, oldest first in each kind. */
export function layersOf(db: ProjectDatabase, video: string): LayerRow[] {
  return db.rows(db.sql.selectFrom('layer').selectAll().where('video_id', '=', video).orderBy('kind', 'desc').orderBy('created_at'));
}

/** A layer's labels in order of time. @throws StudioError 'edit-stale' where the layer is gone */
export function readLayer(db: ProjectDatabase, layer: string): { segments: SegmentRow[]; peaks: PeakRow[] } {
  if (db.row(db.sql.selectFrom('layer').select('id').where('id', '=', layer)) === undefined) throw new StudioError('edit-stale/layer', {});
  return {
    segments: db.rows(db.sql.selectFrom('segment').selectAll().where('layer_id', '=', layer).orderBy('start_s').orderBy('face_id')),
    peaks: db.rows(db.sql.selectFrom('peak').selectAll().where('layer_id', '=', layer).orderBy('apex_s').orderBy('face_id')),
  };
}

export function notesOf(db: ProjectDatabase, video: string): NoteRow[] {
  return db.rows(db.sql.selectFrom('note').selectAll().where('video_id', '=', video).orderBy('at_s').orderBy('made_at'));
}

export function decisionsOf(db: ProjectDatabase, video: string): DecisionTableRow[] {
  return db.rows(db.sql.selectFrom('decision').selectAll().where('video_id', '=', video).orderBy('start_s').orderBy('made_at'));
}

export const listCoders = (db: ProjectDatabase): CoderRow[] => db.rows(db.sql.selectFrom('coder').selectAll().orderBy('name'));
export const listParticipants = (db: ProjectDatabase): ParticipantRow[] => db.rows(db.sql.selectFrom('participant').selectAll().orderBy('code'));
export const listSessions = (db: ProjectDatabase): SessionRow[] => db.rows(db.sql.selectFrom('session').selectAll().orderBy('held_at').orderBy('name'));

export function listSchemes(db: ProjectDatabase): (SchemeRow & { labels: LabelRow[] })[] {
  const labels = Map.groupBy(db.rows(db.sql.selectFrom('label').selectAll().orderBy('position')), ({ scheme_id }) => scheme_id);
  return db.rows(db.sql.selectFrom('scheme').selectAll().orderBy('name')).map((scheme) => ({ ...scheme, labels: labels.get(scheme.id) ?? [] }));
}

/** The coder of that name, new or known: who has no row yet can make no edit, so this is none. */
export function addCoder(db: ProjectDatabase, name: string): CoderRow {
  return db.transaction(() => {
    const known = db.row(db.sql.selectFrom('coder').selectAll().where('name', '=', name));
    if (known !== undefined) return known;
    const row = { id: newId(), name, added_at: new Date().toISOString(), revision: 1 };
    db.run(db.sql.insertInto('coder').values(row));
    return row;
  });
}

/** Faces that a run followed in a video, with the span of their slots. */
export function facesOf(db: ProjectDatabase, run: string, video: string): { face: number; firstSlot: number; slots: number }[] {
  return db
    .rows(db.sql.selectFrom('timeline').select(['face_id', 'first_slot', 'slots']).where('run_id', '=', run).where('video_id', '=', video).orderBy('face_id'))
    .map(({ face_id, first_slot, slots }) => ({ face: face_id, firstSlot: first_slot, slots }));
}

export function clockOf(db: ProjectDatabase): number {
  return db.row(db.sql.selectFrom('project').select('clock'))!.clock;
}

export function projectName(db: ProjectDatabase): string {
  return db.row(db.sql.selectFrom('project').select('name'))!.name;
}

/** Says whose a layer is: 'model', 'adjudicated', or its coder's name; coders are read once. */
export function layerNames(db: ProjectDatabase): (layer: LayerRow) => string {
  const coders = new Map(listCoders(db).map(({ id, name }) => [id, name]));
  return ({ kind, coder_id }) => (kind === 'coder' ? (coders.get(coder_id ?? '') ?? 'unknown coder') : kind);
}

/** The newest run whose proposals are among a video's layers, oldest first; null where no model has proposed anything. */
export function newestRun(layers: readonly LayerRow[]): string | null {
  return layers.findLast(({ kind }) => kind === 'model')?.run_id ?? null;
}

export interface NamedLayer {
  readonly layer: LayerRow;
  readonly name: string;
}

/** Gives a video's layers as they leave the program: of several runs the newest. @param only names; all of them where there are none */
export function leavingLayers(db: ProjectDatabase, only: readonly string[]): (video: string) => NamedLayer[] {
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

/** Says who is in a video, in which condition and session; '' where nobody has said. Both tables are read once. */
export function subjectsOf(
  db: ProjectDatabase,
): (video: Pick<VideoRow, 'participant_id' | 'session_id'>) => { readonly participant: string; readonly condition: string; readonly session: string } {
  const participants = new Map(listParticipants(db).map((each) => [each.id, each]));
  const sessions = new Map(listSessions(db).map(({ id, name }) => [id, name]));
  return ({ participant_id, session_id }) => {
    const who = participants.get(participant_id ?? '');
    return { participant: who?.code ?? '', condition: who?.condition ?? '', session: sessions.get(session_id ?? '') ?? '' };
  };
}
