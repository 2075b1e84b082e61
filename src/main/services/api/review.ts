import type { AppliedEdit } from '../../../shared/annotation/editable-rows.ts';
import type { FaceMaps } from '../../../shared/domain/mask-maps.ts';
import { warningsOfRun } from '../../../shared/domain/results.ts';
import { withGaps } from '../../../shared/domain/timeline-columns.ts';
import { joinMaps, unpackMaps } from '../../analysis/mask-maps.ts';
import { applyEdit, goToStep, history, redo, undo } from '../../project/edits.ts';
import { nextStep } from '../../project/next-step.ts';
import { listRuns } from '../../project/recorded-results.ts';
import {
  addCoder,
  hasEarlierEdits,
  layersOf,
  listCoders,
  listParticipants,
  listSchemes,
  listSessions,
  decisionsOf,
  notesOf,
  readLayer,
} from '../../project/review.ts';
import { facesWithParticipants } from '../../project/subjects.ts';
import { trialsOf } from '../../project/trials.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { mergeFaces, shownFaces, splitFace } from '../study/face-tracks.ts';
import { refuseInvalidTrials } from '../study/trials.ts';
import type { Studio } from '../studio/studio.ts';
import { api } from './context.ts';
import { blobOf } from './input.ts';
import { facesOf, readColumns, readMaps } from '../../project/tracked-faces.ts';

export const runs = {
  list: api.runs.list.handler(({ context }) =>
    listRuns(context.studio.project.db).map(({ id, record, videos, ended }) => ({
      id,
      model: record.model.id,
      trained: record.model.trained,
      device: record.device,
      warnings: warningsOfRun(record),
      start: record.start,
      end: ended,
      videos,
    })),
  ),
  faces: api.runs.faces.handler(({ input, context }) => facesOf(context.studio.project.db, input.run, input.video)),
  timeline: api.runs.timeline.handler(({ input, context }) => {
    const { times, slots, values } = withGaps(readColumns(context.studio.project.db, input.run, input.video, input.face));
    return { times: blobOf(times), slots: blobOf(slots), values: blobOf(values) };
  }),
  maps: api.runs.maps.handler(({ input, context }) => {
    const parts = readMaps(context.studio.project.db, input.run, input.video, input.face).map(({ packed, isShown }) => ({ maps: unpackMaps(packed), isShown }));
    const { side, slots, places, weights, similarity } = joinMaps(parts) ?? NO_MAPS;
    return { side, slots: blobOf(slots), places: blobOf(places), weights: blobOf(weights), similarity: blobOf(similarity) };
  }),
};

/** A run from before mask weights were kept by place. */
const NO_MAPS: FaceMaps = { side: 0, slots: new Int32Array(), places: new Float32Array(), weights: new Uint8Array(), similarity: new Float32Array() };

export const layers = {
  list: api.layers.list.handler(({ input, context }) => layersOf(context.studio.project.db, input.video)),
  read: api.layers.read.handler(({ input, context }) => readLayer(context.studio.project.db, input.layer)),
  decisions: api.layers.decisions.handler(({ input, context }) => decisionsOf(context.studio.project.db, input.video)),
  notes: api.layers.notes.handler(({ input, context }) => notesOf(context.studio.project.db, input.video)),
};

export const trials = {
  list: api.trials.list.handler(({ input, context }) => trialsOf(context.studio.project.db, input.video)),
};

export const people = {
  coders: api.people.coders.handler(({ context }) => listCoders(context.studio.project.db)),
  addCoder: api.people.addCoder.handler(({ input, context }) => addCoder(context.studio.project.db, input.name)),
  participants: api.people.participants.handler(({ context }) => listParticipants(context.studio.project.db)),
  sessions: api.people.sessions.handler(({ context }) => listSessions(context.studio.project.db)),
  faces: api.people.faces.handler(({ input, context }) => facesWithParticipants(context.studio.project.db, input.video)),
  schemes: api.people.schemes.handler(({ context }) => listSchemes(context.studio.project.db)),
};

export const faces = {
  list: api.faces.list.handler(({ input, context: { studio } }) => ({
    isOfEarlierRun: hasEarlierEdits(studio.project.db, input.video),
    faces: shownFaces(studio.project.db, input.video),
  })),
  merge: api.faces.merge.handler(({ input: { coder, ...of }, context: { studio } }) => {
    const merged = mergeFaces(studio.project.db, { coderId: coder, ...of });
    return { ...merged, edit: published(studio, coder, merged.edit) };
  }),
  split: api.faces.split.handler(({ input: { coder, ...of }, context: { studio } }) => {
    const made = splitFace(studio.project.db, { coderId: coder, ...of });
    return { ...made, edit: published(studio, coder, made.edit) };
  }),
};

export const edits = {
  apply: api.edits.apply.handler(({ input, context: { studio } }) =>
    published(
      studio,
      input.coderId,
      checked(studio.project.db, () => applyEdit(studio.project.db, input)),
    ),
  ),
  undo: api.edits.undo.handler(({ input, context: { studio } }) =>
    published(
      studio,
      input.coder,
      checked(studio.project.db, () => undo(studio.project.db, input.coder)),
    ),
  ),
  redo: api.edits.redo.handler(({ input, context: { studio } }) =>
    published(
      studio,
      input.coder,
      checked(studio.project.db, () => redo(studio.project.db, input.coder)),
    ),
  ),
  goTo: api.edits.goTo.handler(({ input, context: { studio } }) => {
    const { db } = studio.project;
    const applied = db.transaction(() => {
      const all = goToStep(db, input.coder, input.step);
      refuseInvalidTrials(
        db,
        all.flatMap(({ changes }) => changes),
      );
      return all;
    });
    for (const edit of applied) published(studio, input.coder, edit);
    return applied;
  }),
  next: api.edits.next.handler(({ input, context }) => nextStep(context.studio.project.db, input.coder, input.direction)),
  history: api.edits.history.handler(({ input, context }) => history(context.studio.project.db, input.coder, input.most)),
};

/** Runs an edit and checks its trials, in one transaction. @throws StudioError the errors of refuseInvalidTrials; nothing is changed then */
function checked<E extends AppliedEdit | null>(db: ProjectDatabase, edit: () => E): E {
  return db.transaction(() => {
    const applied = edit();
    if (applied !== null) refuseInvalidTrials(db, applied.changes);
    return applied;
  });
}

/** Every window sees the edit at once, the one that made it too. */
export function published<E extends ReturnType<typeof undo>>(studio: Studio, coderId: string, edit: E): E {
  if (edit !== null) studio.publish({ kind: 'edited', coderId, edit });
  return edit;
}
